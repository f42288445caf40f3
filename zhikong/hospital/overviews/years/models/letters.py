"""Responsibility letters (责任状, ORG-27): content that both sides sign, the checks of it, the hospital's template."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

USER, DEPARTMENT = "access.User", "organisation.Department"


class LetterTemplate(Protected):
    """The hospital's own Word template, tried out before it is kept. The newest one counts; issued letters keep theirs."""

    name = models.CharField(_("文件名"), max_length=160)
    content = models.BinaryField(_("模板"))
    digest = models.CharField(max_length=64)
    kept_at = models.DateTimeField(_("保存时间"))
    kept_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("停用时间"), null=True)
    ended_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(sensitive=("content",))

    class Meta:
        verbose_name = _("责任状模板")
        get_latest_by = ["kept_at", "pk"]
        constraints = [paired("ended_at", "ended_by", "letter_template_ended_pair", jobs_too=True)]


class Letter(Protected):
    """One department's letter of one year. `content`: what is promised, as plain JSON; both signatures stand on `digest`.

    lines: number, kind target|duty|quota|task, text, and of a target its indicator, low, high and unit.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        ISSUED = "issued", _("待签署")
        SIGNED = "signed", _("双方已签")
        REFUSED = "refused", _("已拒签")
        WITHDRAWN = "withdrawn", _("已收回")

    class Side(models.TextChoices):
        LEADER = "leader", _("医院")
        HEAD = "head", _("科室")

    year = models.PositiveSmallIntegerField(_("年度"))
    department = models.ForeignKey(
        DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    department_name = models.CharField(_("科室名称"), max_length=80)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    content = models.JSONField(_("内容"), default=dict)
    digest = models.CharField(_("内容校验码"), max_length=64)
    template = models.ForeignKey(LetterTemplate, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("起草时间"))
    made_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("下发时间"), null=True)
    issued_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    leader_at = models.DateTimeField(_("医院签署时间"), null=True)
    leader_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    head_at = models.DateTimeField(_("科室签署时间"), null=True)
    head_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    refused_at = models.DateTimeField(_("拒签时间"), null=True)
    refused_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    refused_side = models.CharField(_("拒签方"), max_length=8, choices=Side, blank=True)
    reason = models.CharField(_("理由"), max_length=300, blank=True)  # of a refusal or of taking it back

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("责任状")
        ordering = ["-year", "department_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "year", "department"],
                condition=Q(state__in=["draft", "issued", "signed"]),
                name="letter_once_a_year",
            ),
            paired("issued_at", "issued_by", "letter_issued_pair", jobs_too=True),
            paired("leader_at", "leader_by", "letter_leader_pair"),
            paired("head_at", "head_by", "letter_head_pair"),
            paired("refused_at", "refused_by", "letter_refused_pair"),
            models.CheckConstraint(
                condition=Q(leader_by=None) | Q(head_by=None) | ~Q(leader_by=F("head_by")),
                name="letter_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | (Q(leader_at__isnull=False) & Q(head_at__isnull=False)),
                name="letter_signed_by_both",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(issued_at__isnull=False), name="letter_issued_first"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["refused", "withdrawn"]) | ~Q(reason=""), name="letter_ended_with_reason"
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.year} {self.department_name}"

    def signed_by(self, side: str):
        """(person, moment) of one side's signature; (None, None) while it is missing."""
        return (self.leader_by, self.leader_at) if side == self.Side.LEADER else (self.head_by, self.head_at)


class LetterCheck(Protected):
    """A look at a signed letter in mid-year or at its end: each line kept, not kept or not computable, with the figure."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="checks")
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateTimeField(_("数据时点"))
    last_month = models.CharField(_("截至月份"), max_length=7)
    lines = models.JSONField(_("逐条结果"), default=list)
    made_at = models.DateTimeField(_("核对时间"))
    made_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(rows="department", append_only=True)

    class Meta:
        verbose_name = _("责任状核对")
        ordering = ["-made_at", "-pk"]

    def count(self, verdict: str) -> int:
        return sum(line["verdict"] == verdict for line in self.lines)

    @property
    def kept(self) -> int:
        return self.count("kept")

    @property
    def broken(self) -> int:
        return self.count("broken")

    @property
    def unknown(self) -> int:
        return self.count("unknown")
