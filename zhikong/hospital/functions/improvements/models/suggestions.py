"""The suggestion box: what employees propose, and what the office answered (QCC-05)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.improvements.models.projects import DEPARTMENT, Project, user


class Suggestion(Protected):
    """A proposal of an employee. What is typed here always bears the account that typed it, and says so.

    A proposal without a name exists on paper only: the office copies it (paper), and there is no author to store.
    name_hidden: colleagues see the proposal without its author; the office sees who it was, and may thank.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待答复")
        ANSWERED = "answered", _("已答复")
        ADOPTED = "adopted", _("已采纳")
        PROJECT = "project", _("已转为改进项目")
        FINDING = "finding", _("已转为质量问题")
        DECLINED = "declined", _("未采纳")

    number = models.CharField(_("编号"), max_length=24)
    title = models.CharField(_("建议"), max_length=80)
    text = models.TextField(_("现状与做法"))
    benefit = models.TextField(_("预期好处"), blank=True)
    department = models.ForeignKey(
        DEPARTMENT,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("涉及科室"),
    )
    paper = models.BooleanField(_("来自纸质意见箱"), default=False)
    name_hidden = models.BooleanField(_("不向同事显示姓名"), default=False)
    made_at = models.DateTimeField(_("提出时间"))
    made_by = user(_("录入人"))
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.OPEN)
    due_on = models.DateField(_("答复期限"))
    due_reason = models.CharField(_("期限的依据"), max_length=300)
    answer = models.TextField(_("答复"), blank=True)
    thanks = models.CharField(_("致谢"), max_length=200, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = user(_("答复人"))
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="suggestions"
    )
    finding_id = models.BigIntegerField(_("质量问题"), null=True, blank=True)

    protection = Protection(rows="institution")

    class Meta:
        verbose_name = _("员工建议")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="suggestion_number_once"),
            paired("answered_at", "answered_by", "suggestion_answered_pair"),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None)
                | (~Q(state="open") & Q(answered_at__isnull=False)),
                name="suggestion_state",
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"
