"""Plans, samples and their rows: which records were drawn, by which rule, with which chance."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

USER = settings.AUTH_USER_MODEL


def person(words, **more):
    """A reference to who did something."""
    return models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=words, **more)


class SamplePlan(Protected):
    """From which records, how many and by what rule samples are drawn; a sample keeps a copy of the rule.

    times_per_month: draws on so many days that only the seed knows (0: by hand). departments, disease_codes: narrow
    the frame; empty means all. per_group: places of each department; total: of the whole hospital (proportional, risk).
    """

    class Frame(models.TextChoices):
        DISCHARGED = "discharged", _("出院病历")
        ARCHIVED = "archived", _("已归档病历")
        RUNNING = "running", _("在院运行病历")

    class Method(models.TextChoices):
        QUOTA = "quota", _("每科定额（前几位病种、路径优先、医师覆盖）")
        RANDOM = "random", _("每科随机若干份")
        PROPORTIONAL = "proportional", _("按科室出院人数分配")
        DOCTORS = "doctors", _("每位主治医师随机若干份")
        DISEASES = "diseases", _("每个病种随机若干份")
        RISK = "risk", _("按风险权重抽取")

    title = models.CharField(_("名称"), max_length=80)
    frame = models.CharField(_("抽样范围"), max_length=16, choices=Frame, default=Frame.DISCHARGED)
    first_month = models.CharField(_("起始月份"), max_length=7, blank=True)
    last_month = models.CharField(_("截止月份"), max_length=7, blank=True)
    method = models.CharField(_("抽样方法"), max_length=16, choices=Method, default=Method.RANDOM)
    per_group = models.PositiveSmallIntegerField(_("每组份数"), default=5)
    total = models.PositiveSmallIntegerField(_("总份数"), default=30)
    diseases = models.PositiveSmallIntegerField(_("限前几位病种"), default=0)
    doctors = models.BooleanField(_("每位医师至少一份"), default=False)
    preferred = models.BooleanField(_("临床路径病历优先"), default=False)
    refill = models.BooleanField(_("不足时用其他病种补足"), default=True)
    departments = models.JSONField(_("科室"), default=list, blank=True)
    disease_codes = models.JSONField(_("诊断编码"), default=list, blank=True)
    second_percent = models.PositiveSmallIntegerField(_("双人盲评比例"), default=20)
    form_id = models.CharField(_("评分表"), max_length=64, blank=True)
    due_days = models.PositiveSmallIntegerField(_("评审期限（工作日）"), default=5)
    times_per_month = models.PositiveSmallIntegerField(_("每月不定期抽查次数"), default=0)
    seed = models.CharField(_("随机种子"), max_length=32)
    made_at = models.DateTimeField(_("建立时间"))
    made_by = person(_("建立人"), null=True)
    ended_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    ended_by = person(_("停用人"), null=True, blank=True)

    class Meta:
        verbose_name = _("抽样方案")
        ordering = ["ended_at", "-pk"]
        constraints = [paired("ended_at", "ended_by", "sample_plan_ended")]

    def __str__(self):
        return self.title


class Sample(Protected):
    """One draw. What it was drawn from can be proved: data version, hash of the frame, seed and rule.

    surprise_on: the unannounced day it was drawn for. replaces: the sample that it was drawn anew for, with `reason`.
    """

    class State(models.TextChoices):
        DRAWN = "drawn", _("已抽取")
        ASSIGNED = "assigned", _("评审中")
        CANCELLED = "cancelled", _("已作废")

    plan = models.ForeignKey(SamplePlan, on_delete=models.PROTECT, related_name="samples")
    number = models.CharField(_("编号"), max_length=24)
    title = models.CharField(_("名称"), max_length=80)
    months = models.JSONField(_("月份"), default=list)
    rule = models.JSONField(_("规则"), default=dict)
    seed = models.CharField(_("随机种子"), max_length=64)
    data_version = models.CharField(_("数据版本"), max_length=16)
    frame_hash = models.CharField(_("抽样框指纹"), max_length=64)
    frame_size = models.PositiveIntegerField(_("抽样框病历数"))
    reach = models.PositiveIntegerField(_("可能抽到的病历数"))
    short = models.JSONField(_("不足的科室"), default=dict)
    state = models.CharField(_("状态"), max_length=16, choices=State, default=State.DRAWN)
    surprise_on = models.DateField(_("不定期抽查日"), null=True, blank=True)
    drawn_at = models.DateTimeField(_("抽取时间"))
    drawn_by = person(_("抽取人"), null=True)
    assigned_at = models.DateTimeField(_("分派时间"), null=True, blank=True)
    assigned_by = person(_("分派人"), null=True, blank=True)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    reason = models.CharField(_("重抽理由"), max_length=300, blank=True)
    cancelled_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    cancelled_by = person(_("作废人"), null=True, blank=True)

    class Meta:
        verbose_name = _("抽样")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="sample_number"),
            models.UniqueConstraint(fields=["plan", "surprise_on"], name="sample_once_a_surprise_day"),
            paired("assigned_at", "assigned_by", "sample_assigned", jobs_too=True),
            paired("cancelled_at", "cancelled_by", "sample_cancelled"),
        ]

    def __str__(self):
        return self.number


class SampleRow(Protected):
    """One record of a sample, or one that stands by. chance: of inclusion; stratum: within which it was drawn.

    second: a second reviewer reads it blind. stands_for: the row whose record could not be reviewed.
    """

    class State(models.TextChoices):
        DRAWN = "drawn", _("抽中")
        RESERVE = "reserve", _("备用")
        REPLACED = "replaced", _("已替换")

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="rows")
    position = models.PositiveIntegerField(_("序号"))
    stay_id = models.CharField(_("住院编号"), max_length=64)
    month = models.CharField(_("出院月份"), max_length=7, blank=True)
    discharged_on = models.DateField(_("出院日期"), null=True, blank=True)
    department = models.ForeignKey(
        "organisation.Department", on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    doctor = models.CharField(_("主治医师工号"), max_length=32, blank=True)
    disease = models.CharField(_("主要诊断"), max_length=32, blank=True)
    preferred = models.BooleanField(_("临床路径"), default=False)
    risk = models.FloatField(_("风险权重"), default=1.0)
    chance = models.FloatField(_("抽中概率"), default=0.0)
    step = models.CharField(_("入选步骤"), max_length=16, blank=True)
    stratum = models.CharField(_("层"), max_length=64, blank=True)
    state = models.CharField(_("状态"), max_length=16, choices=State)
    second = models.BooleanField(_("双人盲评"), default=False)
    stands_for = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="stood_in_by"
    )
    reason = models.CharField(_("替换理由"), max_length=300, blank=True)
    changed_at = models.DateTimeField(_("替换时间"), null=True, blank=True)
    changed_by = person(_("替换人"), null=True, blank=True)

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("抽样病历")
        ordering = ["sample", "state", "position"]
        constraints = [
            models.UniqueConstraint(fields=["sample", "stay_id"], name="sample_row_once"),
            paired("changed_at", "changed_by", "sample_row_changed"),
        ]

    def __str__(self):
        return self.stay_id

    @property
    def pair(self) -> str:
        """The key under which two readings of this record are compared."""
        return f"{self.sample_id}/{self.pk}"


class SettledDifference(Protected):
    """What was agreed on where two reviewers of one record differed; the two readings themselves stay as they are."""

    row = models.ForeignKey(SampleRow, on_delete=models.PROTECT, related_name="settled")
    item = models.CharField(_("条目"), max_length=64)
    outcome = models.CharField(_("结论"), max_length=300)
    settled_at = models.DateTimeField(_("商定时间"))
    settled_by = person(_("商定人"))

    protection = Protection(rows="parent", parent_table="record_reviews_samplerow", parent_column="row_id")

    class Meta:
        verbose_name = _("评审差异的商定")
        ordering = ["row", "item"]
        constraints = [models.UniqueConstraint(fields=["row", "item"], name="settled_difference_once")]

    def __str__(self):
        return f"{self.row_id} {self.item}"
