"""What became of a plan: one adoption as a whole, and everything that it made, changed, found or could not make."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, paired
from zhikong.hospital.overviews.adopting.rules.steps import KIND_WORDS, OUTCOME_WORDS, Outcome

USER, DOCUMENT, ITEM = "access.User", "plans.PlanDocument", "plans.PlanItem"


class Adoption(Protected):
    """One plan put to work in one transaction. counts: outcome → number of things.

    previous: the adoption of the plan's earlier version that was still standing. Undone as a whole or, where some things
    have been used since, in part; then it stays partly undone with what could not be taken back.
    """

    class State(models.TextChoices):
        DONE = "done", _("已采纳")
        PARTLY = "partly", _("部分撤销")
        UNDONE = "undone", _("已撤销")

    document = models.ForeignKey(
        DOCUMENT, on_delete=models.PROTECT, related_name="adoptions", verbose_name=_("计划")
    )
    title = models.CharField(_("计划名称"), max_length=200)
    year = models.PositiveSmallIntegerField(_("年度"))
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.DONE)
    counts = models.JSONField(_("数量"), default=dict)
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField(_("采纳时间"))
    adopted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(_("撤销时间"), null=True)
    undone_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    undone_reason = models.CharField(_("撤销理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("计划采纳")
        ordering = ["-adopted_at", "-pk"]
        constraints = [
            paired("undone_at", "undone_by", "adoption_undone_pair", jobs_too=True),
            models.CheckConstraint(
                condition=Q(state="done", undone_at=None) | (Q(undone_at__isnull=False) & ~Q(state="done")),
                name="adoption_undone_when",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None) | ~Q(undone_reason=""), name="adoption_undone_with_reason"
            ),
        ]

    def __str__(self):
        return self.title


class AdoptedThing(Protected):
    """One thing of an adoption with the sentence that asked for it.

    kind and key name the thing in the app that owns it (an indicator and its department, a duty, a body …); data: what
    undoing needs to know. start, end: the sentence's place in the plan's text. Only things with `made` were written.
    """

    adoption = models.ForeignKey(Adoption, on_delete=models.PROTECT, related_name="things")
    item = models.ForeignKey(ITEM, null=True, on_delete=models.PROTECT, related_name="became")
    kind = models.CharField(_("类别"), max_length=16, choices=list(KIND_WORDS.items()))
    outcome = models.CharField(_("结果"), max_length=12, choices=list(OUTCOME_WORDS.items()))
    key = models.CharField(_("编号"), max_length=160, blank=True)
    title = models.CharField(_("名称"), max_length=200)
    why = models.TextField(_("说明"), blank=True)
    was = models.CharField(_("原来"), max_length=200, blank=True)
    becomes = models.CharField(_("现在"), max_length=200, blank=True)
    url = models.CharField(_("网址"), max_length=200, blank=True)
    data = models.JSONField(default=dict)
    made = models.BooleanField(_("已写入"), default=False)
    sentence = models.TextField(_("原文"), blank=True)
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True)
    undone_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("采纳的事项")
        ordering = ["pk"]
        indexes = [models.Index(fields=["institution", "kind", "key"], name="adopted_thing_by_key")]
        constraints = [
            paired("undone_at", "undone_by", "adopted_thing_undone_pair", jobs_too=True),
            models.CheckConstraint(
                condition=Q(made=True) | Q(undone_at=None), name="adopted_thing_undone_if_made"
            ),
            models.CheckConstraint(
                condition=Q(made=False) | Q(outcome__in=(Outcome.NEW, Outcome.CHANGED)),
                name="adopted_thing_made_or_changed",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def standing(self) -> bool:
        """Written by the adoption and not taken back."""
        return self.made and self.undone_at is None
