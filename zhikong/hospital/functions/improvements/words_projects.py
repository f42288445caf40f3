"""Words of projects on pages and papers."""

from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.improvements.models.projects import Project

S = Project.State
STATES = [
    (one.value, one.label) for one in (S.PROPOSED, S.APPROVED, S.DOING, S.CHECKING, S.STANDARDISED, S.CLOSED)
]
PHASES = {"plan": _("计划 P"), "do": _("实施 D"), "check": _("确认 C"), "act": _("处置 A")}
ACTS = {
    "proposed": _("提出立项"),
    "described": _("修改基本信息"),
    "team": _("调整小组"),
    "linked": _("关联事项"),
    "approved": _("批准立项"),
    "declined": _("未批准立项"),
    "stopped": _("终止项目"),
    "closed": _("结题"),
    "finished": _("完成步骤"),
    "passed_over": _("说明后跳过步骤"),
    "reopened": _("重新打开步骤"),
    "measure": _("对策"),
    "attached": _("添加附件"),
    "watched": _("登记跟踪数据"),
}
