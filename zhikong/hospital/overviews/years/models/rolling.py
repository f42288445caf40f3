"""One year into the next: what is proposed for each target and duty, what people chose, and what was written."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, paired

USER, DEPARTMENT = "access.User", "organisation.Department"


class RollOver(Protected):
    """The preparation of one year. `as_of`: the moment whose figures, definitions and targets are read.

    Applied in one transaction, undone as a whole; an undone one makes room for a new preparation of the same year.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("拟订中")
        APPLIED = "applied", _("已生效")
        UNDONE = "undone", _("已撤销")

    year = models.PositiveSmallIntegerField(_("年度"))
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.DRAFT)
    as_of = models.DateTimeField(_("数据时点"))
    data_version = models.CharField(_("数据版本"), max_length=64, blank=True)
    first_month = models.CharField(_("首月"), max_length=7)
    last_month = models.CharField(_("末月"), max_length=7)
    begun_at = models.DateTimeField(_("拟订时间"))
    begun_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(_("生效时间"), null=True)
    applied_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(_("撤销时间"), null=True)
    undone_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    undone_reason = models.CharField(_("撤销理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("年度结转")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "year"], condition=~Q(state="undone"), name="roll_over_once_a_year"
            ),
            paired("applied_at", "applied_by", "roll_over_applied_pair", jobs_too=True),
            paired("undone_at", "undone_by", "roll_over_undone_pair", jobs_too=True),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(applied_at__isnull=False), name="roll_over_applied_when"
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | (Q(undone_at__isnull=False) & ~Q(undone_reason="")),
                name="roll_over_undone_with_reason",
            ),
        ]

    def __str__(self):
        return str(self.year)


class RollOverLine(Protected):
    """One target, duty, committee, theme or campaign on its way into the next year.

    now, result, proposed: plain JSON as shown; of a target `{"low","high"}` as decimal strings, and the result with
    definition version, hash, rows and data version. can_propose false: `why` says what is missing.
    """

    class Kind(models.TextChoices):
        TARGET = "target", _("目标值")
        DUTY = "duty", _("周期职责")
        BODY = "body", _("委员会")
        THEME = "theme", _("每月主题")
        CAMPAIGN = "campaign", _("活动")

    class Choice(models.TextChoices):
        OPEN = "open", _("待定")
        ACCEPTED = "accepted", _("接受")
        CHANGED = "changed", _("修改")
        DROPPED = "dropped", _("不再沿用")

    roll_over = models.ForeignKey(RollOver, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    number = models.PositiveSmallIntegerField(_("序号"))
    key = models.CharField(_("标识"), max_length=80)
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    place_name = models.CharField(_("科室或组织"), max_length=80, blank=True)
    title = models.CharField(_("名称"), max_length=160)
    unit = models.CharField(_("单位"), max_length=16, blank=True)
    now = models.JSONField(_("现行"), default=dict)
    result = models.JSONField(_("本年结果"), default=dict)
    rule = models.CharField(_("规则"), max_length=16, blank=True)
    can_propose = models.BooleanField(_("能提出建议"), default=True)
    proposed = models.JSONField(_("建议"), default=dict)
    why = models.CharField(_("依据"), max_length=400)
    choice = models.CharField(_("决定"), max_length=10, choices=Choice, default=Choice.OPEN)
    chosen = models.JSONField(_("采用"), default=dict)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    chosen_at = models.DateTimeField(null=True)
    chosen_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    written = models.JSONField(_("写入"), default=dict)

    class Meta:
        verbose_name = _("年度结转事项")
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["roll_over", "kind", "key", "department"], nulls_distinct=False, name="roll_over_line_once"
            ),
            paired("chosen_at", "chosen_by", "roll_over_line_chosen_pair", jobs_too=True),
            models.CheckConstraint(
                condition=Q(choice__in=["open", "accepted"]) | ~Q(note=""), name="roll_over_line_change_says_why"
            ),
        ]  # fmt: skip
