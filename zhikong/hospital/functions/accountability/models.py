"""A file on somebody's responsibility, with its own grounds, evidence, hearing, conclusion and appeal; the points ledger.

No column and no table points at an adverse event, and the database refuses grounds that cite a report (decision 2).
"""

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.accountability.rules import MOST_POINTS, Outcome, Source, State

USER, DEPARTMENT, PERSON = "access.User", "organisation.Department", "organisation.Person"
STATES = [
    (State.PROPOSED, _("待决定是否立案")),
    (State.REFUSED, _("不予立案")),
    (State.OPENED, _("已立案，待陈述")),
    (State.HEARD, _("已听取意见")),
    (State.CONCLUDED, _("已作出结论")),
    (State.APPEALED, _("申诉中")),
    (State.FINAL, _("申诉已答复")),
]
SOURCES = [
    (Source.INSPECTION, _("检查结论")),
    (Source.COMPLAINT, _("投诉核实结论")),
    (Source.COURT, _("司法或鉴定文书")),
    (Source.AUDIT, _("审计或上级检查")),
]
OUTCOMES = [
    (Outcome.NONE, _("不予追究")),
    (Outcome.REMINDER, _("提醒谈话")),
    (Outcome.CRITICISM, _("批评教育")),
    (Outcome.DISCIPLINE, _("按制度处理")),
]
ACTS = [
    ("propose", _("提出立案")),
    ("open", _("决定立案")),
    ("refuse", _("不予立案")),
    ("evidence", _("补充证据")),
    ("statement", _("当事人陈述")),
    ("silence", _("陈述期满未陈述")),
    ("conclude", _("作出结论")),
    ("appeal", _("申诉")),
    ("answer", _("答复申诉")),
]
NO_REPORT = r"/incidents?/|不良事件(系统)?(的)?报告|报告人|上报人|BL-[0-9A-F]{12}"


def random_code() -> str:
    return secrets.token_hex(6)


class Secret(Protected):
    """A row for the person concerned and for those who open and keep files; nobody else's, whatever the department."""

    department = models.ForeignKey(
        DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    confidential = models.BooleanField(default=True)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    class Meta:
        abstract = True


class AccountabilityFile(Secret):
    """One person, one matter. Opened by another than who proposed it, concluded by another than who opened it."""

    code = models.CharField(_("编号"), max_length=12, default=random_code)
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("当事人"))
    title = models.CharField(_("事由"), max_length=80)
    source = models.CharField(_("依据的类别"), max_length=16, choices=SOURCES)
    source_reference = models.CharField(_("文书名称和编号"), max_length=120)
    grounds = models.TextField(_("立案理由"))
    declared = models.BooleanField(_("不以不良事件报告为依据"))
    state = models.CharField(_("状态"), max_length=12, choices=STATES, default=State.PROPOSED)
    proposed_at = models.DateTimeField(_("提出时间"))
    proposed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("立案决定时间"), null=True)
    opened_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    opening_text = models.TextField(_("立案决定"), blank=True)
    statement = models.TextField(_("当事人陈述"), blank=True)
    heard_at = models.DateTimeField(_("陈述时间"), null=True)
    conclusion = models.TextField(_("结论"), blank=True)
    outcome = models.CharField(_("处理"), max_length=12, choices=OUTCOMES, blank=True)
    points = models.PositiveSmallIntegerField(_("安全积分"), default=0)
    concluded_at = models.DateTimeField(_("结论时间"), null=True)
    concluded_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    appeal = models.TextField(_("申诉"), blank=True)
    appealed_at = models.DateTimeField(_("申诉时间"), null=True)
    answer = models.TextField(_("申诉答复"), blank=True)
    revoked = models.BooleanField(_("撤销处理"), default=False)
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    answered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(
        rows="participants",
        sensitive=(
            "title",
            "grounds",
            "source_reference",
            "opening_text",
            "statement",
            "conclusion",
            "appeal",
            "answer",
        ),
    )

    class Meta:
        verbose_name = _("责任认定")
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="accountability_code_once"),
            models.CheckConstraint(
                condition=Q(declared=True, confidential=True), name="accountability_declared"
            ),
            models.CheckConstraint(
                condition=Q(source__in=[one.value for one in Source]), name="accountability_source_allowed"
            ),
            models.CheckConstraint(
                condition=~Q(grounds__regex=NO_REPORT)
                & ~Q(source_reference__regex=NO_REPORT)
                & ~Q(title__regex=NO_REPORT),
                name="accountability_cites_no_report",
            ),
            models.CheckConstraint(
                condition=Q(opened_by=None) | ~Q(opened_by=F("proposed_by")),
                name="accountability_opened_by_another",
            ),
            models.CheckConstraint(
                condition=Q(concluded_by=None) | ~Q(concluded_by=F("opened_by")),
                name="accountability_concluded_by_another",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("concluded_by")),
                name="accountability_answered_by_another",
            ),
            models.CheckConstraint(condition=Q(points__lte=MOST_POINTS), name="accountability_points_most"),
            paired("opened_at", "opened_by", "accountability_opened_pair", jobs_too=True),
            paired("concluded_at", "concluded_by", "accountability_concluded_pair", jobs_too=True),
            paired("answered_at", "answered_by", "accountability_answered_pair", jobs_too=True),
        ]

    def __str__(self):
        return self.title


class _OfFile(Protected):
    file = models.ForeignKey(AccountabilityFile, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(
        rows="parent", parent_table="accountability_accountabilityfile", parent_column="file_id", append_only=True,
        sensitive=("text",),
    )  # fmt: skip

    class Meta:
        abstract = True


class Evidence(_OfFile):
    """What shows it, gathered for this file: a document, a statement, a record, with where it lies."""

    class Kind(models.TextChoices):
        DOCUMENT = "document", _("文书")
        RECORD = "record", _("病历或记录")
        STATEMENT = "statement", _("他人陈述")
        OPINION = "opinion", _("专家意见")

    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    text = models.TextField(_("证明什么"))
    reference = models.CharField(_("出处和编号"), max_length=160)

    class Meta:
        verbose_name = _("责任认定证据")
        constraints = [
            models.CheckConstraint(
                condition=~Q(text__regex=NO_REPORT) & ~Q(reference__regex=NO_REPORT),
                name="accountability_evidence_cites_no_report",
            )
        ]


class Step(_OfFile):
    """One line of the file's story."""

    act = models.CharField(_("步骤"), max_length=16, choices=ACTS)
    text = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("责任认定经过")


class Points(Secret):
    """A line of the safety points ledger: only a concluded file writes one; it ends by itself."""

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("姓名"))
    file = models.OneToOneField(AccountabilityFile, on_delete=models.PROTECT, related_name="entry")
    points = models.PositiveSmallIntegerField(_("分值"))
    given_on = models.DateField(_("记分日期"))
    expires_on = models.DateField(_("失效日期"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True)

    protection = Protection(rows="participants")

    class Meta:
        verbose_name = _("安全积分")
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gte=1, points__lte=MOST_POINTS), name="safety_points_range"
            ),
            models.CheckConstraint(condition=Q(expires_on__gt=F("given_on")), name="safety_points_end"),
        ]
