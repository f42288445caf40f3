"""Tables of the risk register: risks, what holds them down, how they were judged over time; failure mode analyses."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

USER = settings.AUTH_USER_MODEL
DEPARTMENT = "organisation.Department"


def judged(words, most: int = 5, **more):
    """A judgement on a scale from 1; null: not judged."""
    return models.PositiveSmallIntegerField(
        words, validators=[MinValueValidator(1), MaxValueValidator(most)], null=True, blank=True, **more
    )


def person(words, **more):
    """A reference to who did something."""
    return models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=words, **more)


class RiskSeries(Protected):
    """The last number given to a risk or an analysis in a year."""

    kind = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    protection = Protection(audited=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "kind", "year"], name="risk_series_once")
        ]


class Risk(Protected):
    """Something that could go wrong. department None: the whole hospital.

    likelihood, severity: without controls (固有). residual_*: with those in effect; None: not judged yet.
    source_kind, source_key: what made somebody think of it, such as a finding.
    """

    class State(models.TextChoices):
        OPEN = "open", _("管控中")
        ACCEPTED = "accepted", _("已批准接受")
        CLOSED = "closed", _("已关闭")

    department = models.ForeignKey(
        DEPARTMENT, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    department_name = models.CharField(
        max_length=80, blank=True
    )  # as it was called when the risk was written down
    number = models.CharField(_("编号"), max_length=24)
    title = models.CharField(_("风险"), max_length=120)
    category = models.CharField(_("类别"), max_length=24)
    scenario = models.TextField(_("可能怎样发生，后果是什么"))
    current = models.TextField(_("现有控制"), blank=True)
    source_kind = models.CharField(max_length=32, blank=True)
    source_key = models.CharField(max_length=120, blank=True)
    clause_key = models.CharField(max_length=160, blank=True)
    owner = person(_("负责人"))
    likelihood = judged(_("可能性"))
    severity = judged(_("严重性"))
    residual_likelihood = judged(_("剩余可能性"))
    residual_severity = judged(_("剩余严重性"))
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.OPEN)
    review_on = models.DateField(_("下次复评"))
    made_at = models.DateTimeField(_("登记时间"))
    made_by = person(_("登记人"))
    accepted_at = models.DateTimeField(null=True)
    accepted_by = person(_("批准人"), null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = person(_("关闭人"), null=True)

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("风险")
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="risk_number_once"),
            paired("accepted_at", "accepted_by", "risk_accepted_pair"),
            paired("closed_at", "closed_by", "risk_closed_pair"),
            models.CheckConstraint(
                condition=(Q(state="closed") & Q(closed_at__isnull=False))
                | (~Q(state="closed") & Q(closed_at=None)),
                name="risk_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(residual_likelihood=None) | Q(residual_likelihood__lte=F("likelihood")),
                name="risk_residual_not_above",
            ),
        ]
        indexes = [models.Index(fields=["institution", "state", "review_on"], name="risk_state_review")]

    def __str__(self):
        return f"{self.number} {self.title}"

    @property
    def inherent(self) -> tuple[int | None, int | None]:
        return self.likelihood, self.severity

    @property
    def now_at(self) -> tuple[int | None, int | None]:
        """Where the risk stands today: residual where it was judged, inherent otherwise."""
        if self.residual_likelihood is None or self.residual_severity is None:
            return self.inherent
        return self.residual_likelihood, self.residual_severity


class RiskPart(Protected):
    """A row that belongs to a risk and is seen with it."""

    risk = models.ForeignKey(Risk, on_delete=models.PROTECT, related_name="%(class)ss")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    by = person(_("登记人"), null=True)

    protection = Protection(rows="department")

    class Meta:
        abstract = True


class Control(RiskPart):
    """What holds the risk down, from strongest to weakest kind."""

    class Kind(models.TextChoices):
        ELIMINATE = "eliminate", _("消除（取消这一做法）")
        REPLACE = "replace", _("替代（换成更安全的）")
        ENGINEER = "engineer", _("工程与系统（强制、互锁、提示）")
        PROCEDURE = "procedure", _("制度与流程（双人核对、清单）")
        TRAINING = "training", _("培训与提醒")

    kind = models.CharField(_("种类"), max_length=12, choices=Kind)
    text = models.CharField(_("措施"), max_length=300)
    responsible = person(_("责任人"))
    due_on = models.DateField(_("完成日期"))
    in_effect_at = models.DateTimeField(_("落实时间"), null=True)
    in_effect_by = person(_("落实登记人"), null=True)
    proof = models.CharField(_("落实的依据"), max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(_("停用时间"), null=True)
    withdrawn_by = person(_("停用人"), null=True)

    class Meta:
        verbose_name = _("控制措施")
        constraints = [
            paired("in_effect_at", "in_effect_by", "control_in_effect_pair"),
            paired("withdrawn_at", "withdrawn_by", "control_withdrawn_pair"),
        ]

    @property
    def works(self) -> bool:
        return self.in_effect_at is not None and self.withdrawn_at is None


class RiskStep(RiskPart):
    """One line of a risk's story, with how it was judged then; only ever added."""

    class Act(models.TextChoices):
        WRITE = "write", _("登记")
        CHANGE = "change", _("修改")
        CONTROL = "control", _("登记措施")
        EFFECT = "effect", _("措施落实")
        WITHDRAW = "withdraw", _("措施停用")
        REVIEW = "review", _("复评")
        ACCEPT = "accept", _("批准接受")
        REOPEN = "reopen", _("重新管控")
        CLOSE = "close", _("关闭")
        LINK = "link", _("关联")
        OWNER = "owner", _("更换负责人")

    act = models.CharField(_("步骤"), max_length=12, choices=Act)
    text = models.TextField(_("说明"), blank=True)
    likelihood = judged(_("可能性"))
    severity = judged(_("严重性"))
    residual_likelihood = judged(_("剩余可能性"))
    residual_severity = judged(_("剩余严重性"))

    protection = Protection(rows="department", append_only=True)

    class Meta:
        verbose_name = _("风险经过")


class RiskLink(RiskPart):
    """What the risk has shown itself in: a finding, a visit, a drill, later an incident."""

    kind = models.CharField(_("种类"), max_length=32)
    key = models.CharField(max_length=120)
    label = models.CharField(_("名称"), max_length=160)

    protection = Protection(rows="department", append_only=True)

    class Meta:
        verbose_name = _("风险关联")
        constraints = [models.UniqueConstraint(fields=["risk", "kind", "key"], name="risk_link_once")]


class FailureAnalysis(Protected):
    """A worksheet of failure modes and effects (FMEA) of one process."""

    department = models.ForeignKey(
        DEPARTMENT, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    department_name = models.CharField(max_length=80, blank=True)
    number = models.CharField(_("编号"), max_length=24)
    title = models.CharField(_("分析的流程"), max_length=120)
    scope = models.TextField(_("范围：从哪一步到哪一步"), blank=True)
    team = models.CharField(_("成员"), max_length=300, blank=True)
    leader = person(_("组长"))
    made_at = models.DateTimeField(_("建立时间"))
    made_by = person(_("建立人"))
    closed_at = models.DateTimeField(_("完成时间"), null=True)
    closed_by = person(_("完成人"), null=True)

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("失效模式分析")
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="failure_analysis_number_once"),
            paired("closed_at", "closed_by", "failure_analysis_closed_pair"),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"


class FailureMode(Protected):
    """One row of the worksheet. S, O, D from 1 to 10 before and after the measure; None: not judged."""

    analysis = models.ForeignKey(FailureAnalysis, on_delete=models.CASCADE, related_name="modes")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(_("顺序"), default=0)
    step = models.CharField(_("步骤"), max_length=120)
    mode = models.CharField(_("怎样失效"), max_length=200)
    effect = models.CharField(_("后果"), max_length=200)
    cause = models.CharField(_("原因"), max_length=200, blank=True)
    control = models.CharField(_("现有控制"), max_length=200, blank=True)
    severity = judged(_("严重度 S"), 10)
    occurrence = judged(_("发生度 O"), 10)
    detection = judged(_("探测度 D"), 10)
    measure = models.CharField(_("改进措施"), max_length=300, blank=True)
    responsible = person(_("责任人"), null=True, blank=True)
    due_on = models.DateField(_("完成日期"), null=True, blank=True)
    severity_after = judged(_("改进后 S"), 10)
    occurrence_after = judged(_("改进后 O"), 10)
    detection_after = judged(_("改进后 D"), 10)
    risk = models.ForeignKey(Risk, null=True, blank=True, on_delete=models.PROTECT, related_name="modes")

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("失效模式")
        ordering = ["order", "pk"]
