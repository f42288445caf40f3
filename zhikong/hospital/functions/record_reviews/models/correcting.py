"""What follows from a review: records that went back to be mended, each step of it, appeals."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.record_reviews.models.reviewing import (
    USER,
    Reached,
    ReviewAssignment,
    ReviewCase,
    ReviewMark,
)


class Correction(Reached):
    """A record that went back to its writer: what to mend until when, the addendum, and whether it was accepted."""

    class State(models.TextChoices):
        OPEN = "open", _("待返修")
        MENDED = "mended", _("待复核")
        ACCEPTED = "accepted", _("已合格")

    case = models.ForeignKey(ReviewCase, on_delete=models.PROTECT, related_name="corrections")
    assignment = models.ForeignKey(ReviewAssignment, on_delete=models.PROTECT, related_name="corrections")
    writer = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    due_on = models.DateField(_("期限"))
    asked_at = models.DateTimeField(_("退回时间"))
    asked_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(_("合格时间"), null=True)
    closed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(rows="participants")

    class Meta:
        verbose_name = _("病历返修")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=~Q(state="accepted"), name="correction_open_once"
            ),
            paired("closed_at", "closed_by", "correction_closed_pair", jobs_too=True),
        ]


class CorrectionStep(Protected):
    """One line of a correction's trail; only ever added. addendum: the document that was written afterwards."""

    class Act(models.TextChoices):
        ASKED = "asked", _("退回返修")
        MENDED = "mended", _("完成返修")
        AGAIN = "again", _("复核不合格，再退回")
        ACCEPTED = "accepted", _("复核合格")

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(_("步骤"), max_length=10, choices=Act)
    text = models.TextField(_("说明"), blank=True)
    addendum = models.CharField(_("补记文书"), max_length=64, blank=True)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(
        rows="parent",
        parent_table="record_reviews_correction",
        parent_column="correction_id",
        append_only=True,
        sensitive=("text",),
    )

    class Meta:
        verbose_name = _("返修经过")
        ordering = ["at", "pk"]


class ReviewAppeal(Reached):
    """An appeal against a mark (None: against the whole result); flow_case is its case in foundation.flows.

    reviewer: whose mark it is, so that overturned marks are counted on a person as well as on a rule.
    """

    class Outcome(models.TextChoices):
        OPEN = "", _("仲裁中")
        UPHELD = "upheld", _("维持")
        CORRECTED = "corrected", _("更正")
        WITHDRAWN = "withdrawn", _("撤回")

    case = models.ForeignKey(ReviewCase, on_delete=models.PROTECT, related_name="appeals")
    assignment = models.ForeignKey(ReviewAssignment, on_delete=models.PROTECT, related_name="appeals")
    mark = models.ForeignKey(ReviewMark, null=True, on_delete=models.PROTECT, related_name="appeals")
    reviewer = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    flow_case = models.BigIntegerField(_("申诉流程"), null=True)
    number = models.CharField(_("申诉编号"), max_length=32, blank=True)
    reason = models.TextField(_("理由"))
    due_on = models.DateField(_("答复期限"))
    opened_at = models.DateTimeField(_("申诉时间"))
    opened_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("结论"), max_length=10, choices=Outcome, blank=True, default=Outcome.OPEN)
    decision = models.TextField(_("仲裁意见"), blank=True)
    before = models.DecimalField(_("原得分"), max_digits=6, decimal_places=2, null=True)
    after = models.DecimalField(_("更正后得分"), max_digits=6, decimal_places=2, null=True)
    decided_at = models.DateTimeField(_("仲裁时间"), null=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(rows="participants", sensitive=("reason", "decision"))

    class Meta:
        verbose_name = _("评分申诉")
        constraints = [
            models.UniqueConstraint(fields=["mark"], condition=Q(outcome=""), name="review_appeal_open_once"),
            paired("decided_at", "decided_by", "review_appeal_decided", jobs_too=True),
        ]
        indexes = [models.Index(fields=["flow_case"], name="review_appeal_flow")]
