"""One finding in the whole product: what is wrong, who owns it, what is done, and whether it then held."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.foundation.access.scoping import ScopedManager
from zhikong.foundation.findings import rules
from zhikong.foundation.findings.models.sealing import SEALED, OpenManager, opaque
from zhikong.foundation.findings.rules import Check, Severity, State
from zhikong.foundation.opaque import KIND

USER = "access.User"
DEPARTMENT = "organisation.Department"


class Series(Protected):
    """The last number given to a finding in a year."""

    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    protection = Protection(audited=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "year"], name="finding_series_once")]


class Finding(Protected):
    """A problem of one department, from being raised to being closed with proof."""

    department = models.ForeignKey(
        DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    department_name = models.CharField(_("科室名称"), max_length=80)  # as it was called when it was raised
    number = models.CharField(_("编号"), max_length=24)
    group_key = models.CharField(_("同批"), max_length=32, blank=True)
    title = models.CharField(_("问题"), max_length=120)
    detail = models.TextField(_("说明"))
    opinion = models.TextField(_("整改意见"), blank=True)
    source_kind = models.CharField(_("来源类别"), max_length=32)
    source_key = models.CharField(_("来源"), max_length=120)
    indicator_id = models.CharField(_("指标"), max_length=80, blank=True)
    month = models.CharField(_("月份"), max_length=7, blank=True)
    severity = models.CharField(
        _("程度"), max_length=8, choices=[(s.value, n) for s, n in rules.SEVERITY_NAMES.items()]
    )
    recurrent = models.BooleanField(_("重复发生"), default=False)
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="later")
    state = models.CharField(
        _("状态"),
        max_length=20,
        choices=[(s.value, n) for s, n in rules.STATE_NAMES.items()],
        default=State.RAISED,
    )
    owner = models.ForeignKey(
        USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("责任人")
    )
    raised_at = models.DateTimeField(_("提出时间"), null=True)  # empty only where it was born of an incident
    raised_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("整改期限"))
    due_reason = models.CharField(_("期限的依据"), max_length=300)
    due_from = models.DateField(null=True)  # with due_working_days: what a new calendar computes due_on from
    due_working_days = models.PositiveSmallIntegerField(null=True)
    escalated = models.PositiveSmallIntegerField(_("已升级级数"), default=0)
    clause_key = models.CharField(_("条款编号"), max_length=120, blank=True)  # <form>:<item>, or a rule's id
    clause_text = models.CharField(_("条款"), max_length=300, blank=True)
    place = models.CharField(_("地点"), max_length=80, blank=True)
    level = models.CharField(
        _("问题级别"), max_length=32, blank=True
    )  # of the policy; empty: the severity's own
    office = models.CharField(_("受理部门"), max_length=32, default="quality_office")  # a role's code
    handler = models.ForeignKey(
        USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("经办人")
    )
    on_the_spot = models.BooleanField(_("当场纠正"), default=False)
    rounds = models.PositiveSmallIntegerField(_("整改轮次"), default=1)
    round_from = models.DateTimeField(null=True)  # when this round began: raised, or reopened last
    extended_times = models.PositiveSmallIntegerField(_("延期次数"), default=0)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    merged_at = models.DateTimeField(null=True)
    merged_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    state_before_merge = models.CharField(max_length=20, blank=True)
    moved_from = models.CharField(_("原科室"), max_length=80, blank=True)  # merged into another meanwhile

    cause = models.TextField(_("原因分析"), blank=True)
    measure = models.TextField(_("整改措施"), blank=True)
    responsible = models.ForeignKey(
        "organisation.Person", null=True, on_delete=models.PROTECT, related_name="+"
    )
    measure_due_on = models.DateField(_("完成日期"), null=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    check_by = models.CharField(_("核实方式"), max_length=16, blank=True)
    items_required = models.PositiveSmallIntegerField(_("复查份数"), default=0)
    check_due_on = models.DateField(_("复查期限"), null=True)
    corrected_at = models.DateTimeField(null=True)
    corrected_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField(_("观察到期"), null=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    closing_verification = models.ForeignKey(
        "Verification", null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects = OpenManager()
    every = ScopedManager()  # with those born of incidents: for sealed.py and nobody else
    protection = Protection(rows="department", pay_never_sees=("source_kind", KIND))

    class Meta:
        verbose_name = _("问题")
        constraints = [
            models.CheckConstraint(condition=opaque(), name="finding_incident_is_opaque"),
            models.CheckConstraint(condition=SEALED | Q(raised_at__isnull=False), name="finding_raised_once"),
            models.UniqueConstraint(fields=["institution", "number"], name="finding_number_once"),
            models.CheckConstraint(
                condition=Q(
                    state="closed",
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                    closing_verification__isnull=False,
                )
                | (~Q(state="closed") & Q(closed_at=None, closed_by=None))
                | (SEALED & Q(closed_at=None, closed_by=None)),
                name="finding_closed_with_person_and_proof",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None) | Q(corrected_by=None) | ~Q(verified_by=F("corrected_by")),
                name="finding_verified_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="observation") | Q(review_on__isnull=False), name="finding_observed_until"
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False, merged_at__isnull=False)
                | (~Q(state="merged") & Q(merged_into=None, merged_at=None, merged_by=None)),
                name="finding_merged_points_on",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="finding_not_merged_into_itself"
            ),
            paired("raised_at", "raised_by", "finding_raised_pair", jobs_too=True),
            paired("approved_at", "approved_by", "finding_approved_pair"),
            paired("accepted_at", "accepted_by", "finding_accepted_pair"),
            paired("corrected_at", "corrected_by", "finding_corrected_pair"),
            paired("verified_at", "verified_by", "finding_verified_pair", jobs_too=True),
        ]
        indexes = [
            models.Index(fields=["institution", "state", "due_on"], name="finding_state_due"),
            models.Index(fields=["department", "indicator_id"], name="finding_department_indicator"),
            models.Index(fields=["source_kind", "source_key"], name="finding_source"),
            models.Index(fields=["department", "clause_key"], name="finding_department_clause"),
            models.Index(fields=["institution", "raised_at"], name="finding_raised"),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    @property
    def is_strict(self) -> bool:
        return rules.is_strict(self.severity, self.recurrent)

    def is_overdue(self, today) -> bool:
        waiting = self.state == State.ACCEPTED and self.corrected_at is not None
        return not waiting and rules.is_overdue(self.state, self.due_on, today)

    def closing(self) -> rules.Closing:
        """The facts that the closing rule judges."""
        proof = self.closing_verification
        return rules.Closing(
            severity=Severity(self.severity),
            recurrent=self.recurrent,
            corrected_by=self.corrected_by_id,
            evidence_by=self._evidence_by(),
            verified=proof
            and rules.Verified(Check(proof.check_by), proof.passed, proof.by_id, proof.items_checked),
            closed_by=self.closed_by_id,
            items_required=self.items_required,
        )

    def _evidence_by(self) -> frozenset[int | None]:
        """Who gave evidence since the correction was reported; an earlier round's does not count."""
        if self.pk is None or self.corrected_at is None:
            return frozenset()
        return frozenset(self.evidence.filter(at__gte=self.corrected_at).values_list("by_id", flat=True))

    def save(self, *args, **kwargs):
        """Refuses to store a closed finding that breaks the closing rules, whoever calls."""
        mine = self.source_kind != KIND  # an incident's is closed by the rules of the incidents (sealed.py)
        if mine and self.state == State.CLOSED and (problem := rules.closing_problem(self.closing())):
            raise ValidationError(problem)
        super().save(*args, **kwargs)
