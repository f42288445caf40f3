"""The contest of projects: entries, judges by lot, readings on the score sheet, the published ranking."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.improvements.models.projects import USER, Project, user


class Competition(Protected):
    """A contest (改进项目竞赛). seed: of the lot by which judges were drawn. ranking: as it was published."""

    class State(models.TextChoices):
        ENTRY = "entry", _("报名中")
        SCORING = "scoring", _("评分中")
        RANKED = "ranked", _("已排名，待公布")
        PUBLISHED = "published", _("已公布")

    title = models.CharField(_("名称"), max_length=80)
    year = models.PositiveSmallIntegerField(_("年度"))
    form_id = models.CharField(_("评分表"), max_length=60, default="qcc_contest_score")
    per_entry = models.PositiveSmallIntegerField(_("每个项目的评委数"), default=5)
    trim = models.PositiveSmallIntegerField(_("两端各去掉的评分数"), default=1)
    prizes = models.JSONField(_("奖项"), default=list)  # [["一等奖", 1], ["二等奖", 2], …]
    seed = models.CharField(_("抽签种子"), max_length=32, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.ENTRY)
    due_on = models.DateField(_("评分截止"))
    ranking = models.JSONField(_("排名"), default=list)
    made_at = models.DateTimeField(_("建立时间"))
    made_by = user(_("建立人"))
    drawn_at = models.DateTimeField(_("抽签时间"), null=True, blank=True)
    drawn_by = user(_("抽签人"))
    ranked_at = models.DateTimeField(_("排名时间"), null=True, blank=True)
    ranked_by = user(_("排名人"))
    published_at = models.DateTimeField(_("公布时间"), null=True, blank=True)
    published_by = user(_("批准公布人"))

    protection = Protection(rows="institution")

    class Meta:
        verbose_name = _("改进项目竞赛")
        ordering = ["-pk"]
        constraints = [
            paired("drawn_at", "drawn_by", "competition_drawn_pair"),
            paired("ranked_at", "ranked_by", "competition_ranked_pair"),
            paired("published_at", "published_by", "competition_published_pair"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="competition_published"
            ),
        ]

    def __str__(self):
        return self.title


class Entry(Protected):
    """A project that takes part; name and department stand here as they were, for readers of the result."""

    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="entries")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="entries")
    title = models.CharField(_("项目"), max_length=120)
    circle_name = models.CharField(_("圈名"), max_length=40, blank=True)
    department_name = models.CharField(_("科室"), max_length=80)
    entered_at = models.DateTimeField(_("报名时间"))
    entered_by = user(_("报名人"))

    protection = Protection(rows="institution")

    class Meta:
        verbose_name = _("参赛项目")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["competition", "project"], name="competition_entry_once")
        ]


class Judge(Protected):
    """Somebody in the pool from which judges are drawn."""

    competition = models.ForeignKey(Competition, on_delete=models.PROTECT, related_name="judges")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("评委"))
    department = models.ForeignKey(
        "organisation.Department",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("科室"),
    )

    protection = Protection(rows="institution")

    class Meta:
        verbose_name = _("评委")
        constraints = [models.UniqueConstraint(fields=["competition", "user"], name="competition_judge_once")]


class Reading(Protected):
    """One judge's score of one entry; seen by the judge and by who runs the contest, not by the scored."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="readings")
    judge = models.ForeignKey(Judge, on_delete=models.PROTECT, related_name="readings")
    sheet = models.OneToOneField("forms.Sheet", null=True, on_delete=models.PROTECT, related_name="+")
    score = models.DecimalField(_("得分"), max_digits=6, decimal_places=2, null=True)
    scored_at = models.DateTimeField(_("评分时间"), null=True, blank=True)
    recused = models.CharField(_("回避理由"), max_length=200, blank=True)
    department = models.ForeignKey(
        "organisation.Department", null=True, on_delete=models.PROTECT, related_name="+"
    )
    confidential = models.BooleanField(default=True)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(rows="participants")

    class Meta:
        verbose_name = _("评委评分")
        constraints = [models.UniqueConstraint(fields=["entry", "judge"], name="competition_reading_once")]
