"""Verdicts on closed records, their counts, the runs that made them, and the hospital's own settings of rules."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection


class RuleSetting(Protected):
    """What a hospital sets otherwise than the rule says, from a day on; the newest row of a rule is in force.

    An empty field leaves the rule's own word. limit: as rules write it, such as ``6 h``. A row with every field empty
    takes earlier settings back. Rows are never changed: who asks for a past day gets the settings of that day.
    """

    class Severity(models.TextChoices):
        ERROR = "error", _("错误")
        WARNING = "warning", _("提醒")

    rule = models.CharField(_("规则"), max_length=64)
    version = models.PositiveIntegerField(_("设置时的规则版本"))
    valid_from = models.DateField(_("自何日起"))
    active = models.BooleanField(_("启用"), null=True, blank=True)
    limit = models.CharField(_("时限"), max_length=32, blank=True)
    severity = models.CharField(_("严重程度"), max_length=8, choices=Severity, blank=True)
    points = models.DecimalField(_("扣分"), max_digits=4, decimal_places=1, null=True, blank=True)
    interrupts = models.BooleanField(_("允许打断书写"), null=True, blank=True)
    hard_stop = models.BooleanField(_("强制拦截"), null=True, blank=True)
    reason = models.CharField(_("理由"), max_length=300)
    set_at = models.DateTimeField(_("设置时间"))
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("设置人")
    )  # fmt: skip

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("规则的本院设置")
        ordering = ["rule", "-valid_from", "-pk"]
        indexes = [
            models.Index(fields=["institution", "rule", "-valid_from"], name="records_setting_of_rule")
        ]

    def __str__(self):
        return f"{self.rule} {self.valid_from:%Y-%m-%d}"


class PresetChoice(Protected):
    """Which set of rules the hospital follows from a day on: the national ones, or the stricter ones of the seeds."""

    class Preset(models.TextChoices):
        NATIONAL = "national", _("国家规范")
        SEEDS = "seeds", _("从严（本院制度）")

    preset = models.CharField(_("规则组"), max_length=16, choices=Preset)
    valid_from = models.DateField(_("自何日起"))
    reason = models.CharField(_("理由"), max_length=300)
    set_at = models.DateTimeField(_("设置时间"))
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("设置人")
    )  # fmt: skip

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("规则组的选择")
        ordering = ["-valid_from", "-pk"]

    def __str__(self):
        return f"{self.preset} {self.valid_from:%Y-%m-%d}"


class Screening(Protected):
    """One month of discharged records judged by the rules in force: everything needed to judge it again alike.

    key: of the month's rows, the rules and the settings; equal key, equal verdicts. rules: id -> [version, hash].
    overrides: id -> what the hospital set. undelivered: event types that the institution has never delivered.
    unmet, broken: rule -> why no record could be judged by it, or how it crashed. digest: of every verdict stored.
    """

    month = models.CharField(_("出院月份"), max_length=7)
    key = models.CharField(_("指纹"), max_length=64)
    publication = models.PositiveIntegerField(_("发布序号"))
    data_version = models.CharField(_("数据版本"), max_length=16)
    ruled_on = models.DateField(_("按哪一天的规则"))
    judged_at = models.DateTimeField(_("判断时刻"))
    rules = models.JSONField(default=dict)
    overrides = models.JSONField(default=dict)
    undelivered = models.JSONField(default=list)
    unmet = models.JSONField(default=dict)
    broken = models.JSONField(default=dict)
    stays = models.PositiveIntegerField(_("出院病历份数"), default=0)
    visits = models.PositiveIntegerField(_("门急诊病历份数"), default=0)
    failed = models.PositiveIntegerField(_("不通过"), default=0)
    not_assessable = models.PositiveIntegerField(_("无法评估"), default=0)
    errors = models.PositiveIntegerField(_("规则出错"), default=0)
    digest = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("完成时间"))

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("终末病历筛查")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["institution", "month", "-id"], name="records_screening_month")]

    def __str__(self):
        return f"{self.month} {self.pk}"


class RecordVerdict(Protected):
    """A rule's verdict on a closed record where it is not a pass: failed, not assessable, or the rule crashed.

    The rows are derived: the facts and the rules' versions of the screening give them again, so changes are not audited
    row by row. Times are the facts' wall times in the institution's zone.
    """

    class Verdict(models.TextChoices):
        FAIL = "fail", _("不通过")
        NOT_ASSESSABLE = "not_assessable", _("无法评估")
        ERROR = "error", _("规则出错")

    stay_id = models.CharField(_("住院编号"), max_length=64)
    rule = models.CharField(_("规则"), max_length=64)
    version = models.PositiveIntegerField(_("规则版本"))
    verdict = models.CharField(_("结果"), max_length=16, choices=Verdict)
    reason = models.TextField(_("原因"), blank=True)
    due_at = models.DateTimeField(_("应完成时间"), null=True, blank=True)
    at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    anchor = models.CharField(_("起算事项"), max_length=128, blank=True)
    anchor_at = models.DateTimeField(_("起算时间"), null=True, blank=True)
    subject = models.CharField(_("所判事项"), max_length=128, blank=True)
    responsible = models.CharField(_("责任人工号"), max_length=64, blank=True)
    department = models.ForeignKey(
        "organisation.Department", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )  # fmt: skip
    place = models.CharField(_("科室代码"), max_length=64, blank=True)
    month = models.CharField(_("出院月份"), max_length=7)
    day = models.DateField(_("出院日"))
    visit = models.BooleanField(_("门急诊病历"), default=False)
    span_document = models.CharField(max_length=64, blank=True)
    span_section = models.CharField(max_length=64, blank=True)
    span_start = models.PositiveIntegerField(null=True)
    span_end = models.PositiveIntegerField(null=True)
    screening = models.ForeignKey(
        Screening, on_delete=models.PROTECT, related_name="+", verbose_name=_("筛查"), db_index=False
    )

    protection = Protection(rows="department", audited=False)

    class Meta:
        verbose_name = _("病历缺陷")
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "stay_id", "rule"], name="records_verdict_once_for_a_stay"
            )
        ]
        indexes = [
            models.Index(fields=["institution", "verdict", "-day", "-id"], name="records_verdict_newest"),
            models.Index(fields=["institution", "rule", "verdict", "-day", "-id"], name="records_verdict_of_rule"),
            models.Index(
                fields=["institution", "department", "verdict", "-day", "-id"], name="records_verdict_of_place"
            ),
            models.Index(fields=["institution", "responsible", "-day", "-id"], name="records_verdict_of_writer"),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.stay_id} {self.rule}"


class RuleTally(Protected):
    """How many records of a month and a department a rule passed, failed, or could not judge. Whole numbers that add up."""

    rule = models.CharField(_("规则"), max_length=64)
    version = models.PositiveIntegerField(_("规则版本"))
    department = models.ForeignKey(
        "organisation.Department", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )  # fmt: skip
    place = models.CharField(_("科室代码"), max_length=64, blank=True)
    month = models.CharField(_("出院月份"), max_length=7)
    passed = models.PositiveIntegerField(_("通过"), default=0)
    failed = models.PositiveIntegerField(_("不通过"), default=0)
    not_applicable = models.PositiveIntegerField(_("不适用"), default=0)
    not_assessable = models.PositiveIntegerField(_("无法评估"), default=0)
    error = models.PositiveIntegerField(_("规则出错"), default=0)
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="+", db_index=False)

    protection = Protection(rows="department", audited=False)

    class Meta:
        verbose_name = _("规则结果计数")
        ordering = ["rule", "month"]
        indexes = [models.Index(fields=["institution", "month", "rule"], name="records_tally_month_rule")]

    def __str__(self):
        return f"{self.rule} {self.place} {self.month}"


class WriterTally(Protected):
    """The same by responsible person, month and department: the on-time rate of a doctor (REC-34)."""

    rule = models.CharField(_("规则"), max_length=64)
    responsible = models.CharField(_("责任人工号"), max_length=64)
    department = models.ForeignKey(
        "organisation.Department", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )  # fmt: skip
    place = models.CharField(_("科室代码"), max_length=64, blank=True)
    month = models.CharField(_("出院月份"), max_length=7)
    passed = models.PositiveIntegerField(_("通过"), default=0)
    failed = models.PositiveIntegerField(_("不通过"), default=0)
    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="+", db_index=False)

    protection = Protection(rows="department", audited=False)

    class Meta:
        verbose_name = _("书写者结果计数")
        ordering = ["responsible", "rule"]
        indexes = [models.Index(fields=["institution", "month", "responsible"], name="records_writer_month")]

    def __str__(self):
        return f"{self.responsible} {self.rule} {self.month}"


class AnalysisNote(Protected):
    """What people write into the month's analysis: causes and next measures. The newest of a month is shown."""

    month = models.CharField(_("月份"), max_length=7)
    causes = models.TextField(_("原因分析"), max_length=4000, blank=True)
    measures = models.TextField(_("下一步措施"), max_length=4000, blank=True)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("填写人"),
    )

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("病历质量分析的文字")
        ordering = ["-pk"]

    def __str__(self):
        return self.month


class SealedRecord(Protected):
    """A record sealed before both parties (REC-38); the flow of sealing writes it. Everybody may know that it is sealed.

    The reason and the parties stand in the confidential case, not here.
    """

    stay_id = models.CharField(_("住院编号"), max_length=64)
    case = models.ForeignKey("flows.Case", on_delete=models.PROTECT, related_name="+", verbose_name=_("案件"))
    sealed_at = models.DateTimeField(_("封存时间"))
    unsealed_at = models.DateTimeField(_("启封时间"), null=True, blank=True)

    protection = Protection()

    class Meta:
        verbose_name = _("封存的病历")
        constraints = [models.UniqueConstraint(fields=["case"], name="records_sealed_once_for_a_case")]
        indexes = [
            models.Index(
                fields=["institution", "stay_id"],
                condition=models.Q(unsealed_at=None),
                name="records_sealed_now",
            )
        ]

    def __str__(self):
        return self.stay_id
