"""Discharged records under review: the record, each review of it, each deduction, what went back to be mended, appeals.

A record is seen by its department and by whoever was assigned to review it, whatever their department (participants).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.record_reviews import rules_reviewing as rules

USER = "access.User"
DEPARTMENT = "organisation.Department"


class Stage(models.TextChoices):
    """Where a record stands, and at which stage a review was made; `second` and `contest` do not move the record."""

    SELF = "self", _("书写者自查")
    DEPARTMENT = "department", _("科室评审")
    HOSPITAL = "hospital", _("院级评审")
    SECOND = "second", _("盲法复评")
    CONTEST = "contest", _("评比评分")
    FINAL = "final", _("评审结束")


class Reached(Protected):
    """Rows that participants see: who was let in, and everybody whose roles reach the department."""

    department = models.ForeignKey(
        DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    confidential = models.BooleanField(_("保密"), default=False)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    class Meta:
        abstract = True


class ReviewSetting(Protected):
    """How this hospital reviews; one row, made when somebody first changes a value."""

    form_id = models.CharField(_("评分表"), max_length=60, default="inpatient_record_score")
    self_check = models.BooleanField(_("书写者先自查"), default=True)
    department_check = models.BooleanField(_("科室 100% 评审"), default=True)
    self_days = models.PositiveSmallIntegerField(_("自查期限（工作日）"), default=1)
    department_days = models.PositiveSmallIntegerField(_("科室评审期限（工作日）"), default=2)
    hospital_days = models.PositiveSmallIntegerField(_("院级评审期限（工作日）"), default=5)
    correction_days = models.PositiveSmallIntegerField(_("返修期限（工作日）"), default=3)
    appeal_days = models.PositiveSmallIntegerField(_("申诉期限（工作日）"), default=5)
    archive_days = models.PositiveSmallIntegerField(_("归档期限（工作日）"), default=2)
    escalated = ArrayField(models.CharField(max_length=20), default=list, verbose_name=_("自动上报的等级"))

    class Meta:
        verbose_name = _("病历评审设置")
        constraints = [models.UniqueConstraint(fields=["institution"], name="review_setting_once")]


class ReviewCase(Reached):
    """One discharged record. writer, attending: staff numbers. low, high, grade: of the last stage that is done.

    result: the review whose score counts. archive_due: the day by which the record has to be archived.
    """

    stay_id = models.CharField(_("住院编号"), max_length=64)
    month = models.CharField(_("出院月份"), max_length=7)
    patient_key = models.CharField(_("患者假名"), max_length=64, blank=True)
    discharged_at = models.DateTimeField(_("出院时间"))
    writer = models.CharField(_("书写医师工号"), max_length=32, blank=True)
    attending = models.CharField(_("主治医师工号"), max_length=32, blank=True)
    diagnosis = models.CharField(_("主要诊断编码"), max_length=20, blank=True)
    stage = models.CharField(_("阶段"), max_length=12, choices=Stage, default=Stage.DEPARTMENT)
    result = models.ForeignKey("ReviewAssignment", null=True, on_delete=models.PROTECT, related_name="+")
    low = models.DecimalField(_("最低分"), max_digits=6, decimal_places=2, null=True)
    high = models.DecimalField(_("最高分"), max_digits=6, decimal_places=2, null=True)
    grade = models.CharField(_("等级"), max_length=40, blank=True)
    escalated_at = models.DateTimeField(_("上报时间"), null=True)
    archive_due = models.DateField(_("归档期限"))
    archived_at = models.DateTimeField(_("归档时间"), null=True)
    archived_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("进入评审的时间"))

    protection = Protection(rows="participants")

    class Meta:
        verbose_name = _("待评病历")
        constraints = [
            models.UniqueConstraint(fields=["institution", "stay_id"], name="review_case_once"),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(low__lte=F("high")), name="review_case_range"
            ),
            paired("archived_at", "archived_by", "review_case_archived", jobs_too=True),
        ]
        indexes = [
            models.Index(fields=["institution", "month", "stage"], name="review_case_queue"),
            models.Index(
                fields=["institution", "archive_due"],
                name="review_case_archive",
                condition=Q(archived_at=None),
            ),
        ]

    def __str__(self):
        return self.stay_id

    @property
    def label(self) -> str:
        """The stay's number as titles bear it; never a name."""
        return rules.short(self.stay_id)


class ReviewAssignment(Reached):
    """One review of one record by one person (None: whoever of the stage takes it). sample, pair: keys of SAMPLING.

    unknown: item -> why it is not known; such points are neither won nor lost, the score is low to high.
    """

    class State(models.TextChoices):
        ASSIGNED = "assigned", _("待评审")
        DOING = "doing", _("评审中")
        DONE = "done", _("已完成")
        WITHDRAWN = "withdrawn", _("已撤回")

    case = models.ForeignKey(ReviewCase, on_delete=models.PROTECT, related_name="reviews")
    stage = models.CharField(_("阶段"), max_length=12, choices=Stage)
    reviewer = models.ForeignKey(
        USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("评审人")
    )
    blind = models.BooleanField(_("盲评"), default=False)
    sample = models.CharField(_("抽样"), max_length=64, blank=True)
    pair = models.CharField(_("双人评分"), max_length=64, blank=True)
    form_id = models.CharField(_("评分表"), max_length=60)
    sheet = models.OneToOneField("forms.Sheet", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.ASSIGNED)
    low = models.DecimalField(_("最低分"), max_digits=6, decimal_places=2, null=True)
    high = models.DecimalField(_("最高分"), max_digits=6, decimal_places=2, null=True)
    grade = models.CharField(_("等级"), max_length=40, blank=True)
    vetoes = models.PositiveSmallIntegerField(_("否决项数"), default=0)
    unknown = models.JSONField(_("未知条目"), default=dict)
    due_on = models.DateField(_("期限"), null=True)
    assigned_at = models.DateTimeField(_("分派时间"))
    assigned_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(_("开始时间"), null=True)
    last_saved_at = models.DateTimeField(_("最后保存"), null=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    finished_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    remark = models.TextField(_("评语"), blank=True)

    protection = Protection(rows="participants")

    class Meta:
        verbose_name = _("病历评审")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "stage", "reviewer", "sample"],
                name="review_assignment_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished_at__isnull=False, high__isnull=False),
                name="review_done_scored",
            ),
            paired("finished_at", "finished_by", "review_finished_pair", jobs_too=True),
        ]
        indexes = [
            models.Index(fields=["institution", "reviewer", "state"], name="review_of_person"),
            models.Index(fields=["institution", "stage", "state"], name="review_of_stage"),
            models.Index(fields=["sample"], name="review_of_sample", condition=~Q(sample="")),
        ]


class ReviewMark(Protected):
    """One deduction on one item, or the reviewer's word on a machine finding. The evidence is a span of a section.

    kind: found by a person, proposed by a rule. verdict: of a proposal, accepted or refuted; a refuted one costs
    nothing. defect: equal for what is one and the same fault; several marks of one defect count once.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("评审人发现")
        MACHINE = "machine", _("机器发现")

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("采纳")
        REFUTED = "refuted", _("否定")

    assignment = models.ForeignKey(ReviewAssignment, on_delete=models.PROTECT, related_name="marks")
    item = models.CharField(_("条目"), max_length=60, blank=True)
    points = models.DecimalField(_("扣分"), max_digits=5, decimal_places=2)
    text = models.TextField(_("缺陷说明"))
    kind = models.CharField(_("来源"), max_length=8, choices=Kind, default=Kind.PERSON)
    verdict = models.CharField(_("结论"), max_length=8, choices=Verdict, default=Verdict.ACCEPTED)
    rule = models.CharField(_("规则"), max_length=80, blank=True)
    rule_version = models.PositiveIntegerField(_("规则版本"), default=0)
    aspect = models.CharField(_("方面"), max_length=12, blank=True)
    defect = models.CharField(_("缺陷标识"), max_length=160, blank=True)
    document = models.CharField(_("文书"), max_length=64, blank=True)
    section = models.CharField(_("部分"), max_length=80, blank=True)
    span_start = models.PositiveIntegerField(_("起"), null=True)
    span_end = models.PositiveIntegerField(_("止"), null=True)
    quote = models.TextField(_("原文"), blank=True)
    created_at = models.DateTimeField(_("时间"))
    created_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("撤销时间"), null=True)
    withdrawn_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    returned = models.ForeignKey("Correction", null=True, on_delete=models.PROTECT, related_name="marks")

    # quote and text speak of a patient: the trail says that they changed, not what they were
    protection = Protection(
        rows="parent",
        parent_table="record_reviews_reviewassignment",
        parent_column="assignment_id",
        sensitive=("quote", "text"),
    )

    class Meta:
        verbose_name = _("评审缺陷")
        constraints = [
            paired("withdrawn_at", "withdrawn_by", "review_mark_withdrawn", jobs_too=True),
            models.CheckConstraint(
                condition=Q(span_start__isnull=True) | Q(span_end__gt=F("span_start")),
                name="review_mark_span",
            ),
        ]
        indexes = [models.Index(fields=["rule"], name="review_mark_rule", condition=~Q(rule=""))]


__all__ = [
    "ReviewAssignment",
    "ReviewCase",
    "ReviewMark",
    "ReviewSetting",
    "Stage",
]
