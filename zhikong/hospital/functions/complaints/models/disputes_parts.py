"""Tables of what a dispute gathers: papers, statements, measures, contacts, holds, and its story."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.complaints.models.disputes import (
    CHILD,
    STORY,
    Audience,
    Dispute,
    DisputeBranch,
    person,
)


class DisputeHearing(Protected):
    """A date: a talk, a mediation, a court hearing, an appraisal meeting, the autopsy."""

    class Kind(models.TextChoices):
        TALK = "talk", _("协商会谈")
        MEDIATION = "mediation", _("调解会议")
        COURT = "court", _("开庭")
        APPRAISAL = "appraisal", _("鉴定会")
        AUTOPSY = "autopsy", _("尸检")
        OTHER = "other", _("其他")

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="hearings")
    branch = models.ForeignKey(DisputeBranch, null=True, on_delete=models.PROTECT, related_name="hearings")
    kind = models.CharField(_("事项"), max_length=12, choices=Kind)
    starts_at = models.DateTimeField(_("时间"))
    place = models.CharField(_("地点"), max_length=120)
    attends = models.CharField(_("出席"), max_length=200)
    head_attends = models.BooleanField(_("科主任参加"), default=False)
    held_at = models.DateTimeField(null=True)
    outcome = models.TextField(_("情况"), blank=True)
    cancelled = models.BooleanField(_("已取消"), default=False)
    made_by = person(_("登记人"))

    protection = CHILD

    class Meta:
        verbose_name = _("纠纷日程")
        indexes = [models.Index(fields=["institution", "starts_at"], name="dispute_hearing_when")]


class DisputePaper(Protected):
    """A document of the case. code: a document of the branch's route in the rules; '' for any other."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="papers")
    branch = models.ForeignKey(DisputeBranch, null=True, on_delete=models.PROTECT, related_name="papers")
    code = models.CharField(max_length=32, blank=True)
    title = models.CharField(_("文件"), max_length=120)
    dated_on = models.DateField(_("文件日期"))
    kept_at = models.CharField(_("原件存放"), max_length=120, blank=True)
    file = models.ForeignKey("files.File", null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("登记时间"))
    added_by = person(_("登记人"))

    protection = STORY

    class Meta:
        verbose_name = _("纠纷文件")
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False) | ~Q(kept_at=""), name="dispute_paper_lies_somewhere"
            )
        ]


class DisputeStatement(Audience):
    """What one person concerned must write: the statement and defence, or the self-analysis after the settlement.

    Readers: the writer alone of those outside; the writer sees the question, not the case.
    """

    class Kind(models.TextChoices):
        STATEMENT = "statement", _("书面陈述和答辩")
        SELF_ANALYSIS = "self_analysis", _("自我分析")

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="statements")
    kind = models.CharField(_("种类"), max_length=16, choices=Kind)
    writer = person(_("书写人"))
    ask = models.TextField(_("需要说明的问题"))
    text = models.TextField(_("陈述"), blank=True)
    awareness = models.TextField(_("认识与今后做法"), blank=True)
    due_at = models.DateTimeField(_("期限"))
    asked_at = models.DateTimeField()
    asked_by = person(_("要求人"))
    written_at = models.DateTimeField(_("提交时间"), null=True)
    accepted_at = models.DateTimeField(_("认可时间"), null=True)
    accepted_by = person(_("认可人"), null=True)

    protection = Protection(rows="participants", sensitive=("ask", "text", "awareness"))

    class Meta:
        verbose_name = _("当事人陈述")
        constraints = [
            models.UniqueConstraint(fields=["dispute", "kind", "writer"], name="dispute_statement_once"),
            models.CheckConstraint(
                condition=Q(written_at=None) | ~Q(text=""), name="dispute_statement_has_words"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(written_at__isnull=False),
                name="dispute_statement_written_first",
            ),
            paired("accepted_at", "accepted_by", "dispute_statement_accepted_pair"),
        ]


class DisputeMeasure(Protected):
    """A measure after the case: an ordinary finding of the common loop that this dispute asked for."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="measures")
    finding_id = models.BigIntegerField()
    number = models.CharField(max_length=24)
    title = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    asked_by = person(_("提出人"))
    effect = models.TextField(_("效果"), blank=True)
    held_effect = models.BooleanField(null=True)
    proven_at = models.DateTimeField(_("认定时间"), null=True)
    proven_by = person(_("认定人"), null=True)

    protection = CHILD

    class Meta:
        verbose_name = _("事后监管措施")
        constraints = [
            models.UniqueConstraint(fields=["dispute", "finding_id"], name="dispute_measure_once"),
            paired("proven_at", "proven_by", "dispute_measure_proven_pair"),
            models.CheckConstraint(
                condition=Q(proven_at=None) | (~Q(effect="") & Q(held_effect__isnull=False)),
                name="dispute_measure_proven_in_words",
            ),
        ]


class DisputeContact(Protected):
    """The office told somebody outside, or heard from them: the log of the grand mediation (大调解)."""

    class With(models.TextChoices):
        MEDIATORS = "mediators", _("医调委")
        HEALTH = "health", _("卫生健康部门")
        POLICE = "police", _("公安")
        COURT = "court", _("法院")
        INSURER = "insurer", _("保险公司")
        PATIENT = "patient", _("患方")
        LEADER = "leader", _("分管院长")
        OTHER = "other", _("其他")

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="contacts")
    party = models.CharField(_("对方"), max_length=12, choices=With)
    who = models.CharField(_("联系人"), max_length=80, blank=True)
    at = models.DateTimeField(_("时间"))
    way = models.CharField(_("方式"), max_length=40, blank=True)
    text = models.TextField(_("内容"))
    by = person(_("登记人"))

    protection = Protection(
        rows="parent", parent_table="complaints_dispute", parent_column="dispute_id", sensitive=("who", "text"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("对外联系")


class DisputeLink(Audience):
    """What the dispute hangs together with, by number: an adverse event, a refund, a review. For the offices only:
    a department must not learn from a dispute who reported what."""

    class Kind(models.TextChoices):
        EVENT = "event", _("不良事件")
        REFUND = "refund", _("退费")
        REVIEW = "review", _("病历评审")
        OTHER = "other", _("其他")

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(_("种类"), max_length=12, choices=Kind)
    number = models.CharField(_("编号"), max_length=60)
    amount_fen = models.BigIntegerField(_("金额"), null=True)
    text = models.CharField(_("说明"), max_length=200, blank=True)
    at = models.DateTimeField()
    by = person(_("登记人"))

    protection = Protection(rows="participants", append_only=True)

    class Meta:
        verbose_name = _("关联事项")


class DisputeHold(Protected):
    """Legal hold: while one is open nothing of the case is destroyed, whatever the retention says."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(_("理由"), max_length=300)
    placed_at = models.DateTimeField()
    placed_by = person(_("决定人"))
    released_at = models.DateTimeField(null=True)
    released_by = person(_("解除人"), null=True)
    release_reason = models.CharField(max_length=300, blank=True)

    protection = CHILD

    class Meta:
        verbose_name = _("法律保留")
        constraints = [
            paired("released_at", "released_by", "dispute_hold_released_pair"),
            models.CheckConstraint(
                condition=~Q(reason="") & (Q(released_at=None) | ~Q(release_reason="")),
                name="dispute_hold_has_reason",
            ),
        ]


class DisputeStep(Protected):
    """One line of the story; lines are only added, until the retention is over and their words go."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = person(_("人"), null=True)
    act = models.CharField(max_length=32)
    title = models.CharField(max_length=80)
    text = models.TextField(blank=True)

    protection = Protection(
        rows="parent", parent_table="complaints_dispute", parent_column="dispute_id", sensitive=("text",),
    )  # fmt: skip

    class Meta:
        verbose_name = _("纠纷经过")
        indexes = [models.Index(fields=["dispute", "at"], name="dispute_story")]
