"""A self-assessment against a standard: its clauses with own and checked rating, evidence, gaps, and mock surveys."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

USER, DEPARTMENT = "access.User", "organisation.Department"


class Rating(models.TextChoices):
    A = "A", _("A 优秀")
    B = "B", _("B 良好")
    C = "C", _("C 合格")
    D = "D", _("D 不合格")
    E = "E", _("E 不适用")


class Review(Protected):
    """One self-assessment. standard_id and hash name the packaged standard; empty: the hospital's own table."""

    title = models.CharField(_("自评名称"), max_length=120)
    year = models.PositiveSmallIntegerField(_("年度"))
    standard_id = models.CharField(max_length=80, blank=True)
    standard_hash = models.CharField(max_length=80, blank=True)
    source = models.CharField(_("标准来源"), max_length=200)
    due_on = models.DateField(_("自评期限"), null=True, blank=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("等级评审自评")
        ordering = ["-year", "-pk"]
        constraints = [paired("closed_at", "closed_by", "accreditation_review_closed_pair")]

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("accreditation:review", args=[self.pk])


class Clause(Protected):
    """A chapter, section or clause of a review. Only clauses are rated; the office's rating stands beside the own one."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="clauses")
    order = models.PositiveIntegerField()
    code = models.CharField(_("编号"), max_length=24)
    title = models.CharField(_("名称"), max_length=300)
    kind = models.CharField(
        _("层级"), max_length=8, choices=[("chapter", _("章")), ("section", _("节")), ("clause", _("条"))]
    )
    chapter = models.CharField(max_length=24)
    core = models.BooleanField(_("核心条款"), default=False)
    points = models.JSONField(default=dict)
    mark = models.CharField(max_length=12, blank=True)
    indicator = models.CharField(max_length=80, blank=True)
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    rating = models.CharField(_("自评"), max_length=1, choices=Rating, blank=True)
    reason = models.TextField(_("理由"), blank=True)
    rated_at = models.DateTimeField(null=True)
    rated_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    checked = models.CharField(_("核查"), max_length=1, choices=Rating, blank=True)
    check_reason = models.TextField(_("核查意见"), blank=True)
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    reopened_reason = models.CharField(_("退回理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("评审条款")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["review", "code"], name="accreditation_clause_once"),
            models.CheckConstraint(
                condition=Q(kind="clause") | Q(rating="", checked=""), name="accreditation_only_clauses_rated"
            ),
            models.CheckConstraint(
                condition=Q(checked="") | ~Q(rating=""), name="accreditation_checked_after_rating"
            ),
            paired("rated_at", "rated_by", "accreditation_rated_pair"),
            paired("checked_at", "checked_by", "accreditation_checked_pair"),
        ]

    def __str__(self):
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("accreditation:clause", args=[self.pk])

    @property
    def stands(self) -> str:
        """The rating that counts: the office's, else the department's."""
        return self.checked or self.rating


class Evidence(Protected):
    """What a clause rests on: the address of a thing in the system, or a file, with its title and date as they were then."""

    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(_("类别"), max_length=16)
    key = models.CharField(max_length=80, blank=True)
    title = models.CharField(_("证据"), max_length=160)
    dated_on = models.DateField(_("日期"))
    url = models.CharField(_("链接"), max_length=300, blank=True)
    file_ids = ArrayField(models.BigIntegerField(), default=list)
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("评审证据")
        ordering = ["-dated_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["clause", "kind", "key"],
                condition=Q(removed_at__isnull=True) & ~Q(key=""),
                name="accreditation_evidence_once",
            ),
            paired("removed_at", "removed_by", "accreditation_evidence_removed_pair"),
        ]


class Survey(Protected):
    """A mock survey: a drawn sample of clauses that surveyors rate without the own rating. seed: how it was drawn."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="surveys")
    name = models.CharField(_("模拟评审"), max_length=80)
    on = models.DateField(_("日期"))
    seed = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("模拟评审")
        ordering = ["-on", "-pk"]

    def __str__(self):
        return self.name


class Look(Protected):
    """One clause in a mock survey, and what the surveyor found."""

    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="looks")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="looks")
    surveyor = models.CharField(_("评审员"), max_length=40, blank=True)
    rating = models.CharField(_("评审员评"), max_length=1, choices=Rating, blank=True)
    remark = models.TextField(_("说明"), blank=True)
    at = models.DateTimeField(null=True)
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("模拟评审条款")
        ordering = ["clause__order"]
        constraints = [
            models.UniqueConstraint(fields=["survey", "clause"], name="accreditation_look_once"),
            paired("at", "by", "accreditation_look_pair"),
        ]


class Event(Protected):
    """The story of a clause."""

    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("内容"))

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("评审条款经过")
        ordering = ["-at", "-pk"]
