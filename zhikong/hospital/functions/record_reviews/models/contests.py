"""The contest of records, what is exhibited of it, and who walks along to learn."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.record_reviews.models.sampling import Sample, person

USER = settings.AUTH_USER_MODEL


class Contest(Protected):
    """A comparison of records between departments (病历评比展评): a quota sample, several blind reviewers, a ranking.

    per_record: reviewers of each record. ranking: what was published, as it stood then. Source: 001-F, 四（二）.
    """

    class State(models.TextChoices):
        SCORING = "scoring", _("评分中")
        RANKED = "ranked", _("已排名，待公示")
        OBJECTION = "objection", _("公示中")
        CLOSED = "closed", _("已结束")

    title = models.CharField(_("名称"), max_length=80)
    sample = models.OneToOneField(Sample, on_delete=models.PROTECT, related_name="contest")
    jury = models.ManyToManyField(USER, through="ContestJuror", related_name="+")
    per_record = models.PositiveSmallIntegerField(_("每份病历的评委数"), default=3)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    objection_days = models.PositiveSmallIntegerField(_("公示期（工作日）"), default=5)
    state = models.CharField(_("状态"), max_length=16, choices=State, default=State.SCORING)
    ranking = models.JSONField(_("排名"), default=list)
    made_at = models.DateTimeField(_("建立时间"))
    made_by = person(_("建立人"), null=True)
    ranked_at = models.DateTimeField(_("排名时间"), null=True, blank=True)
    ranked_by = person(_("排名人"), null=True, blank=True)
    published_at = models.DateTimeField(_("公示时间"), null=True, blank=True)
    published_by = person(_("批准公示人"), null=True, blank=True)
    objection_until = models.DateField(_("公示截止"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    closed_by = person(_("结束人"), null=True, blank=True)

    class Meta:
        verbose_name = _("病历评比")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="contest_period"),
            paired("ranked_at", "ranked_by", "contest_ranked", jobs_too=True),
            paired("published_at", "published_by", "contest_published", jobs_too=True),
            paired("closed_at", "closed_by", "contest_closed", jobs_too=True),
        ]

    def __str__(self):
        return self.title


class ContestJuror(Protected):
    """One member of a contest's jury."""

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="jurors")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("评委"))

    class Meta:
        verbose_name = _("评委")
        constraints = [models.UniqueConstraint(fields=["contest", "user"], name="contest_juror_once")]

    def __str__(self):
        return str(self.user_id)


class Exhibit(Protected):
    """A record, or parts of it, shown to the whole hospital without the person: good, with problems, or a bad document.

    parts: [{"title", "text"}] already without identifiers; publishing refuses while a check still finds one.
    """

    class Kind(models.TextChoices):
        GOOD = "good", _("优秀病历")
        PROBLEM = "problem", _("问题突出病历")
        DOCUMENT = "document", _("不良医疗文件")

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        SUBMITTED = "submitted", _("待审批")
        PUBLISHED = "published", _("展示中")
        WITHDRAWN = "withdrawn", _("已撤下")

    kind = models.CharField(_("类别"), max_length=16, choices=Kind)
    contest = models.ForeignKey(
        Contest, null=True, blank=True, on_delete=models.PROTECT, related_name="exhibits"
    )
    stay_id = models.CharField(_("住院编号"), max_length=64)
    month = models.CharField(_("出院月份"), max_length=7, blank=True)
    department = models.ForeignKey(
        "organisation.Department", on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    show_department = models.BooleanField(_("展示科室名称"), default=False)
    title = models.CharField(_("标题"), max_length=80)
    parts = models.JSONField(_("展示内容"), default=list)
    remark = models.TextField(_("点评"), blank=True)
    state = models.CharField(_("状态"), max_length=16, choices=State, default=State.DRAFT)
    made_at = models.DateTimeField(_("建立时间"))
    made_by = person(_("建立人"), null=True)
    submitted_at = models.DateTimeField(_("送审时间"), null=True, blank=True)
    submitted_by = person(_("送审人"), null=True, blank=True)
    approved_at = models.DateTimeField(_("批准时间"), null=True, blank=True)
    approved_by = person(_("批准人"), null=True, blank=True)
    objection_until = models.DateField(_("异议截止"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True, blank=True)
    withdrawn_by = person(_("撤下人"), null=True, blank=True)
    reason = models.CharField(_("退回或撤下的理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("病历展示")
        ordering = ["-pk"]
        constraints = [
            paired("submitted_at", "submitted_by", "exhibit_submitted", jobs_too=True),
            paired("approved_at", "approved_by", "exhibit_approved", jobs_too=True),
            paired("withdrawn_at", "withdrawn_by", "exhibit_withdrawn", jobs_too=True),
        ]

    def __str__(self):
        return self.title


class ExhibitComment(Protected):
    """What somebody says of an exhibited record (病历点评); hidden ones stay in the record of what was said."""

    exhibit = models.ForeignKey(Exhibit, on_delete=models.PROTECT, related_name="comments")
    text = models.CharField(_("点评"), max_length=500)
    written_at = models.DateTimeField(_("时间"))
    written_by = person(_("点评人"))
    hidden_at = models.DateTimeField(_("隐藏时间"), null=True, blank=True)
    hidden_by = person(_("隐藏人"), null=True, blank=True)

    class Meta:
        verbose_name = _("点评")
        ordering = ["pk"]
        constraints = [paired("hidden_at", "hidden_by", "exhibit_comment_hidden")]

    def __str__(self):
        return self.text[:40]


class TrainingRound(Protected):
    """One round of record inspection that doctors walk along to learn (跟查代训). Source: 004-P2."""

    class State(models.TextChoices):
        PLANNED = "planned", _("已安排")
        HELD = "held", _("已完成")
        CANCELLED = "cancelled", _("已取消")

    held_on = models.DateField(_("日期"))
    theme = models.CharField(_("主题"), max_length=64, blank=True)
    place = models.CharField(_("地点或病区"), max_length=80, blank=True)
    leader = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("带教督导员"))
    sample = models.ForeignKey(
        Sample, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("所查抽样")
    )
    state = models.CharField(_("状态"), max_length=16, choices=State, default=State.PLANNED)
    note = models.TextField(_("小结"), blank=True)
    made_at = models.DateTimeField(_("安排时间"))
    made_by = person(_("安排人"), null=True)
    closed_at = models.DateTimeField(_("登记时间"), null=True, blank=True)
    closed_by = person(_("登记人"), null=True, blank=True)

    class Meta:
        verbose_name = _("跟查代训")
        ordering = ["-held_on", "-pk"]
        constraints = [paired("closed_at", "closed_by", "training_round_closed", jobs_too=True)]

    def __str__(self):
        return f"{self.held_on}"


class TrainingSeat(Protected):
    """One doctor in a round, why, and whether he was there."""

    class Why(models.TextChoices):
        JUNIOR = "junior", _("低年资医师")
        PROBLEMS = "problems", _("病历书写问题医师")
        OTHER = "other", _("自愿或其他")

    class Came(models.TextChoices):
        OPEN = "open", _("未登记")
        YES = "yes", _("参加")
        NO = "no", _("缺席")

    round = models.ForeignKey(TrainingRound, on_delete=models.PROTECT, related_name="seats")
    person = models.ForeignKey(
        "organisation.Person", on_delete=models.PROTECT, related_name="+", verbose_name=_("医师")
    )
    department = models.ForeignKey(
        "organisation.Department", on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    why = models.CharField(_("安排原因"), max_length=16, choices=Why)
    evidence = models.CharField(_("依据"), max_length=200, blank=True)
    came = models.CharField(_("参加情况"), max_length=8, choices=Came, default=Came.OPEN)
    remark = models.CharField(_("表现或收获"), max_length=300, blank=True)

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("跟查代训学员")
        ordering = ["round", "pk"]
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="training_seat_once")]

    def __str__(self):
        return str(self.person_id)
