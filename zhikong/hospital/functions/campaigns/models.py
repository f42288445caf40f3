"""A campaign: its stages, what is to be done by whom, who takes part, what was counted, spent, won and learnt."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

USER, DEPARTMENT = "access.User", "organisation.Department"


class Campaign(Protected):
    """One campaign of a year. Dates may be open. What is told of it is open to everyone in the hospital who works on it.

    source_*: the plan or the preset that it comes from; source_key: ``plan_item:<pk>`` or ``preset:<id>@<year>``.
    inspection_*: the programme or visit by which it is inspected, by address and its title then.
    """

    class State(models.TextChoices):
        PREPARING = "preparing", _("筹备")
        RUNNING = "running", _("进行中")
        INSPECTED = "inspected", _("已督查")
        SUMMARISED = "summarised", _("已总结")
        COMMENDED = "commended", _("已表彰")
        KEPT = "kept", _("已固化")
        WITHDRAWN = "withdrawn", _("已撤销")

    name = models.CharField(_("活动名称"), max_length=120)
    theme = models.CharField(_("主题"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("年度"))
    starts_on = models.DateField(_("开始"), null=True, blank=True)
    ends_on = models.DateField(_("结束"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.PREPARING)
    office = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    preset_id = models.CharField(max_length=80, blank=True)
    preset_hash = models.CharField(max_length=80, blank=True)
    source_document = models.CharField(_("来源"), max_length=160, blank=True)
    source_clause = models.CharField(_("条款"), max_length=200, blank=True)
    source_key = models.CharField(max_length=80, blank=True)
    source_url = models.CharField(max_length=300, blank=True)
    inspection_title = models.CharField(_("督查"), max_length=160, blank=True)
    inspection_url = models.CharField(_("督查的页面"), max_length=300, blank=True)
    inspected_on = models.DateField(_("督查日期"), null=True, blank=True)
    inspection_result = models.TextField(_("督查结果"), blank=True)
    summary = models.TextField(_("总结"), blank=True)
    summarised_at = models.DateTimeField(null=True)
    summarised_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    commendation = models.TextField(_("表彰"), blank=True)
    commended_at = models.DateTimeField(null=True)
    commended_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_reason = models.CharField(_("撤销理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("专项活动")
        ordering = ["-year", F("starts_on").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "source_key"],
                condition=~Q(source_key="") & ~Q(state="withdrawn"),
                name="campaign_of_source_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                name="campaign_ends_after_start",
            ),
            paired("summarised_at", "summarised_by", "campaign_summarised_pair"),
            paired("commended_at", "commended_by", "campaign_commended_pair"),
            paired("withdrawn_at", "withdrawn_by", "campaign_withdrawn_pair"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaigns:campaign", args=[self.pk])


class Stage(Protected):
    """A stage; stages may overlap and may have no dates."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="stages")
    order = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("阶段"), max_length=80)
    starts_on = models.DateField(_("开始"), null=True, blank=True)
    ends_on = models.DateField(_("结束"), null=True, blank=True)

    class Meta:
        verbose_name = _("活动阶段")
        ordering = ["order", "pk"]

    def __str__(self):
        return self.name


class Item(Protected):
    """One measure (事项): what is done, whose it is, until when, and how it stands."""

    class State(models.TextChoices):
        OPEN = "open", _("未开始")
        DOING = "doing", _("进行中")
        DONE = "done", _("已完成")
        DROPPED = "dropped", _("不再进行")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="items")
    stage = models.ForeignKey(
        Stage, null=True, blank=True, on_delete=models.PROTECT, related_name="items", verbose_name=_("阶段")
    )
    order = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("事项"), max_length=160)
    measure = models.TextField(_("措施"), blank=True)
    department = models.ForeignKey(
        DEPARTMENT,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("责任科室"),
    )
    due_on = models.DateField(_("材料期限"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.OPEN)
    effect = models.TextField(_("进展和效果"), blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("活动事项")
        ordering = ["order", "pk"]
        constraints = [paired("done_at", "done_by", "campaign_item_done_pair")]

    def __str__(self):
        return self.title


class Place(Protected):
    """A department or an institution outside that stands in the scope; whether it takes part."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="places")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("科室或机构"), max_length=120)
    joined = models.BooleanField(_("已参加"), default=False)

    class Meta:
        verbose_name = _("活动范围")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "name"], name="campaign_place_once"),
        ]


class Material(Protected):
    """What was handed in: evidence of an item, a department's own plan, a highlight, an experience card."""

    class Kind(models.TextChoices):
        EVIDENCE = "evidence", _("事项材料")
        PLAN = "plan", _("科室实施方案")
        HIGHLIGHT = "highlight", _("亮点")
        CARD = "card", _("经验卡片")

    class State(models.TextChoices):
        SENT = "sent", _("待审")
        ACCEPTED = "accepted", _("已采用")
        RETURNED = "returned", _("已退回")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="materials")
    item = models.ForeignKey(Item, null=True, on_delete=models.PROTECT, related_name="materials")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("内容"), blank=True)
    file_ids = ArrayField(models.BigIntegerField(), default=list)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.SENT)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(_("审核意见"), max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("活动材料")
        ordering = ["-sent_at", "-pk"]
        constraints = [paired("answered_at", "answered_by", "campaign_material_answered_pair")]


class Quota(Protected):
    """A number to reach: on each day (on: only that day), at each place, or in the whole campaign."""

    class Per(models.TextChoices):
        DAY = "day", _("每天")
        PLACE = "place", _("每处")
        PLACE_DAY = "place_day", _("每处每天")
        WHOLE = "whole", _("活动期间合计")

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="quotas")
    name = models.CharField(_("名称"), max_length=80)
    per = models.CharField(_("怎样计"), max_length=10, choices=Per)
    least = models.PositiveIntegerField(_("不少于"))
    unit = models.CharField(_("单位"), max_length=20, default="人次")
    on = models.DateField(_("只计这一天"), null=True, blank=True)
    about = models.BooleanField(_("约数"), default=False)

    class Meta:
        verbose_name = _("活动指标")
        ordering = ["pk"]

    def __str__(self):
        return self.name


class Count(Protected):
    """What a place reported for a day; a later report of the same place and day replaces it."""

    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, related_name="counts")
    on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=80)
    count = models.PositiveIntegerField(_("数量"))
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("活动数量")
        ordering = ["on", "place"]
        constraints = [
            models.UniqueConstraint(fields=["quota", "on", "place"], name="campaign_count_once"),
        ]


class Contest(Protected):
    """A contest with its rules, and who won what."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="contests")
    name = models.CharField(_("竞赛或评选"), max_length=80)
    rules = models.TextField(_("规则"), blank=True)
    on = models.DateField(_("日期"), null=True, blank=True)
    full_marks = models.PositiveSmallIntegerField(_("满分"), default=100)

    class Meta:
        verbose_name = _("活动竞赛")
        ordering = [F("on").asc(nulls_last=True), "pk"]

    def __str__(self):
        return self.name


class Result(Protected):
    """One participant's result in a contest."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="results")
    name = models.CharField(_("科室或个人"), max_length=80)
    score = models.DecimalField(_("得分"), max_digits=6, decimal_places=2, null=True, blank=True)
    award = models.CharField(_("奖项"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("竞赛结果")
        ordering = [F("score").desc(nulls_last=True), "pk"]
        constraints = [models.UniqueConstraint(fields=["contest", "name"], name="campaign_result_once")]


class Money(Protected):
    """A line of the budget, in fen."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="moneys")
    title = models.CharField(_("用途"), max_length=80)
    planned_fen = models.BigIntegerField(_("预算"), default=0)
    spent_fen = models.BigIntegerField(_("支出"), default=0)

    class Meta:
        verbose_name = _("活动经费")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_fen__gte=0, spent_fen__gte=0), name="campaign_money_whole"
            )
        ]


class Lesson(Protected):
    """What is kept for good: the lesson, and the rule or duty that it was written into."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="lessons")
    text = models.CharField(_("经验"), max_length=300)
    fixed_in = models.CharField(_("写入的制度或职责"), max_length=160, blank=True)
    url = models.CharField(_("链接"), max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("活动经验")
        ordering = ["pk"]


class Event(Protected):
    """The story of a campaign."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("内容"))

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("活动经过")
        ordering = ["-at", "-pk"]
