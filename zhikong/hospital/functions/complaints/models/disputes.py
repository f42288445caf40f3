"""Tables of disputes: the dispute, its parties, routes, clocks, dates, papers, statements, measures, holds, story."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

USER = settings.AUTH_USER_MODEL
DEPARTMENT = "organisation.Department"
OFFICES = ["medical_affairs", "complaint_officer", "hospital_leader"]
READERS = [*OFFICES, "quality_office", "department_head"]
CHILD = Protection(rows="parent", parent_table="complaints_dispute", parent_column="dispute_id")
STORY = Protection(
    rows="parent", parent_table="complaints_dispute", parent_column="dispute_id", append_only=True
)


def person(words, **more):
    """A reference to who did something."""
    return models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=words, **more)


def money(words, **more):
    """An amount in fen; null: nobody has said how much."""
    return models.BigIntegerField(words, null=True, blank=True, **more)


class Audience(Protected):
    """Who reads a row besides its department's leaders: people by id, roles by code."""

    department = models.ForeignKey(
        DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    confidential = models.BooleanField(_("保密"), default=True)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    class Meta:
        abstract = True


class DisputeSeries(Protected):
    """The last number given to a kind of paper in a year."""

    kind = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    protection = Protection(audited=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "kind", "year"], name="dispute_series_once")
        ]


class Dispute(Audience):
    """A dispute over care (医疗纠纷). department: where the care was given.

    origin: what it was born of. report_class, grade, cause, responsibility: codes of the rules in force; '' not judged.
    happened_on: the day of the care; known_at: when the hospital learned of the dispute, from which clocks run.
    claimed_fen: what the patient's side asks; None: no sum named. died_at: moment of death, if the patient died.
    outcome: how it was settled; settled_at before closed_at: in between the measures are watched over.
    purged_at: names and words were destroyed after the retention; the row stays for the figures.
    """

    class Origin(models.TextChoices):
        COMPLAINT = "complaint", _("投诉转来")
        NOTICE = "notice", _("直接得知")
        COURT = "court", _("法院文书")
        AUTHORITY = "authority", _("上级转办")

    class State(models.TextChoices):
        HANDLING = "handling", _("处理中")
        SETTLED = "settled", _("已了结，监管中")
        CLOSED = "closed", _("已结案")

    class Outcome(models.TextChoices):
        AGREED = "agreed", _("协商和解")
        MEDIATED = "mediated", _("人民调解")
        ADMINISTRATIVE = "administrative", _("行政调解")
        JUDGED = "judged", _("法院裁判")
        EXPLAINED = "explained", _("解释后接受")
        WITHDRAWN = "withdrawn", _("患方放弃")

    department_name = models.CharField(max_length=80)
    number = models.CharField(_("编号"), max_length=24)
    origin = models.CharField(_("来源"), max_length=12, choices=Origin)
    complaint = models.ForeignKey(
        "complaints.Complaint",
        null=True,
        on_delete=models.PROTECT,
        related_name="disputes",
        verbose_name=_("投诉"),
    )
    title = models.CharField(_("事由"), max_length=120)
    summary = models.TextField(_("经过"), blank=True)
    demand = models.TextField(_("患方诉求"), blank=True)
    claimed_fen = money(_("索赔金额"))
    stay_id = models.CharField(_("住院编号"), max_length=64, blank=True)
    happened_on = models.DateField(_("诊疗日期"), null=True)
    known_at = models.DateTimeField(_("得知时间"))
    report_class = models.CharField(_("类别"), max_length=24, blank=True)
    grade = models.CharField(_("等级"), max_length=8, blank=True)
    cause = models.CharField(_("主要原因"), max_length=24, blank=True)
    responsibility = models.CharField(_("责任程度"), max_length=24, blank=True)
    died_at = models.DateTimeField(_("死亡时间"), null=True)
    frozen = models.BooleanField(_("遗体已冻存"), default=False)
    officer = person(_("承办人"))
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.HANDLING)
    outcome = models.CharField(_("了结方式"), max_length=16, choices=Outcome, blank=True)
    outcome_text = models.TextField(_("了结情况"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    answered_by = person(_("答复人"), null=True)
    answer = models.TextField(_("答复"), blank=True)
    discussion_sheet = models.BigIntegerField(_("科室讨论报告"), null=True)
    opened_at = models.DateTimeField(_("立案时间"))
    opened_by = person(_("立案人"))
    settled_at = models.DateTimeField(_("了结时间"), null=True)
    settled_by = person(_("了结人"), null=True)
    closed_at = models.DateTimeField(_("结案时间"), null=True)
    closed_by = person(_("结案人"), null=True)
    retain_until = models.DateField(_("保存到"), null=True)
    held = models.BooleanField(_("法律保留"), default=False)
    purged_at = models.DateTimeField(_("销毁时间"), null=True)
    purged_by = person(_("销毁人"), null=True)

    protection = Protection(
        rows="participants", sensitive=("title", "summary", "demand", "outcome_text", "answer")
    )

    class Meta:
        verbose_name = _("医疗纠纷")
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="dispute_number_once"),
            models.UniqueConstraint(
                fields=["institution", "complaint"],
                condition=Q(complaint__isnull=False),
                name="dispute_once_for_a_complaint",
            ),
            paired("answered_at", "answered_by", "dispute_answered_pair"),
            paired("settled_at", "settled_by", "dispute_settled_pair"),
            paired("closed_at", "closed_by", "dispute_closed_pair"),
            paired("purged_at", "purged_by", "dispute_purged_pair"),
            models.CheckConstraint(
                condition=Q(state="handling", settled_at=None, closed_at=None, outcome="")
                | (Q(state="settled", settled_at__isnull=False, closed_at=None) & ~Q(outcome=""))
                | (
                    Q(
                        state="closed",
                        settled_at__isnull=False,
                        closed_at__isnull=False,
                        retain_until__isnull=False,
                    )
                    & ~Q(outcome="")
                ),
                name="dispute_state_has_its_times",
            ),
            models.CheckConstraint(
                condition=Q(purged_at=None) | Q(held=False, state="closed"), name="dispute_held_is_not_purged"
            ),
            models.CheckConstraint(
                condition=Q(claimed_fen=None) | Q(claimed_fen__gte=0), name="dispute_claim_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["institution", "state", "known_at"], name="dispute_state_known")]

    def __str__(self):
        return f"{self.number} {self.title}"


class DisputeParty(Protected):
    """Somebody of the case. contact: telephone, number of the identity paper and address, sealed with a key that lies
    outside the database; tag binds the envelope to this row."""

    class Role(models.TextChoices):
        PATIENT = "patient", _("患者")
        RELATIVE = "relative", _("近亲属")
        AGENT = "agent", _("代理人")
        STAFF = "staff", _("当事医务人员")
        HOSPITAL = "hospital", _("医院代表")
        OTHER = "other", _("其他")

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(_("身份"), max_length=12, choices=Role)
    name = models.CharField(_("姓名"), max_length=60)
    relation = models.CharField(_("与患者的关系或职务"), max_length=60, blank=True)
    account = person(_("账号"), null=True)
    tag = models.CharField(max_length=32)
    contact = models.BinaryField(default=b"")
    proof = models.CharField(_("委托或身份材料"), max_length=120, blank=True)

    protection = Protection(
        rows="parent", parent_table="complaints_dispute", parent_column="dispute_id",
        sensitive=("name", "contact", "tag", "proof"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("纠纷当事人")


class DisputeBranch(Protected):
    """One route that the dispute took (协商, 调解, 行政, 诉讼); one is open at a time.

    body: who conducts it. accepted_on: the day of acceptance or of the notice served, from which its clocks run.
    agreed_fen: the sum of the agreement or judgment; 0 is a result, None is none.
    """

    class State(models.TextChoices):
        OPEN = "open", _("进行中")
        AGREED = "agreed", _("有结果")
        FAILED = "failed", _("不成")
        WITHDRAWN = "withdrawn", _("撤回")

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="branches")
    route = models.CharField(_("途径"), max_length=24)
    instance = models.CharField(_("审级或次数"), max_length=24, blank=True)
    body = models.CharField(_("机构"), max_length=80, blank=True)
    reference = models.CharField(_("对方案号"), max_length=60, blank=True)
    opened_on = models.DateField(_("开始日期"))
    accepted_on = models.DateField(_("受理或送达日期"), null=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.OPEN)
    ended_on = models.DateField(_("结束日期"), null=True)
    result = models.TextField(_("结果"), blank=True)
    agreed_fen = money(_("确定的金额"))
    opened_by = person(_("登记人"))

    protection = CHILD

    class Meta:
        verbose_name = _("解决途径")
        constraints = [
            models.UniqueConstraint(
                fields=["dispute"], condition=Q(state="open"), name="dispute_one_open_branch"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_on=None) | (~Q(state="open") & Q(ended_on__isnull=False)),
                name="dispute_branch_ends_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(agreed_fen__gte=0), name="dispute_agreed_branch_has_sum"
            ),
        ]


class DisputeClock(Protected):
    """Something that must happen by a moment. reason: the sentence of law or house; due_at itself is still in time.

    stopped: the clock has become pointless (another class, a route that ended); text of the proof says why.
    """

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="clocks")
    branch = models.ForeignKey(DisputeBranch, null=True, on_delete=models.PROTECT, related_name="clocks")
    code = models.CharField(max_length=32)
    title = models.CharField(_("事项"), max_length=80)
    starts_at = models.DateTimeField(_("起算"))
    due_at = models.DateTimeField(_("期限"))
    reason = models.CharField(_("依据"), max_length=300)
    mark = models.CharField(max_length=12, default="memory")
    met_at = models.DateTimeField(_("完成时间"), null=True)
    met_by = person(_("完成人"), null=True)
    stopped = models.BooleanField(_("不再适用"), default=False)
    proof = models.CharField(_("凭据"), max_length=300, blank=True)
    proof_file = models.ForeignKey("files.File", null=True, on_delete=models.PROTECT, related_name="+")
    warned_at = models.DateTimeField(null=True)

    protection = CHILD

    class Meta:
        verbose_name = _("纠纷的期限")
        constraints = [
            paired("met_at", "met_by", "dispute_clock_met_pair", jobs_too=True),
            models.CheckConstraint(
                condition=Q(met_at=None, stopped=False) | ~Q(proof=""), name="dispute_clock_ends_with_proof"
            ),
            models.UniqueConstraint(
                fields=["dispute", "branch", "code"],
                condition=Q(met_at=None, stopped=False),
                nulls_distinct=False,
                name="dispute_clock_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "due_at"],
                condition=Q(met_at=None, stopped=False),
                name="dispute_clock_due",
            )
        ]
