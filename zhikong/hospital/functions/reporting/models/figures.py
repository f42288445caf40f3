"""Sheets of reported figures: what is being filled, what was accepted, and the story of each sheet."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.reporting import rules
from zhikong.hospital.functions.reporting.rules import Act, Cell, State

USER, DEPARTMENT = "access.User", "organisation.Department"
month_format = RegexValidator(r"^\d{4}-(0[1-9]|1[0-2])$", _("月份应写作 2026-10 这样的形式。"))


class FigureSheet(Protected):
    """One department's set of one month. version counts the corrections: 1 is the first acceptance."""

    department = models.ForeignKey(
        DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    department_name = models.CharField(_("科室名称"), max_length=80)  # as it was called at the month's end
    set_id = models.CharField(_("填报项目集"), max_length=64)
    set_version = models.PositiveIntegerField(_("项目集版本"))
    set_hash = models.CharField(max_length=64)
    month = models.CharField(_("月份"), max_length=7, validators=[month_format])
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=[(s.value, n) for s, n in rules.STATE_NAMES.items()],
        default=State.DRAFT,
    )
    version = models.PositiveSmallIntegerField(_("第几版"), default=1)
    reason = models.TextField(_("退回或更正的原因"), blank=True)
    due_on = models.DateField(_("期限"))
    due_reason = models.CharField(_("期限的依据"), max_length=300)
    due_from = models.DateField(null=True)  # with due_working_days: what a new calendar computes due_on from
    due_working_days = models.PositiveSmallIntegerField(null=True)
    opened_at = models.DateTimeField(_("建立时间"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    submitted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(_("接收时间"), null=True)
    accepted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("填报单")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "department", "set_id", "month"], name="figure_sheet_once"
            ),
            paired("submitted_at", "submitted_by", "figure_sheet_submitted_pair", jobs_too=True),
            paired("accepted_at", "accepted_by", "figure_sheet_accepted_pair"),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(accepted_at__isnull=False), name="figure_sheet_accepted_by"
            ),
        ]
        indexes = [models.Index(fields=["institution", "month", "state"], name="figure_sheet_month")]

    def __str__(self):
        return f"{self.department_name} {self.month}"

    @property
    def is_open(self) -> bool:
        """True while the department may type."""
        return State(self.state) in rules.WITH_DEPARTMENT

    def is_late(self, today) -> bool:
        return self.is_open and self.due_on < today


class FigureEntry(Protected):
    """A row of the grid as it stands now. What was accepted is copied into AcceptedFigure and never changes there."""

    sheet = models.ForeignKey(FigureSheet, on_delete=models.CASCADE, related_name="entries")
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(_("项目"), max_length=64)
    numerator = models.BigIntegerField(_("分子"), null=True)
    denominator = models.BigIntegerField(_("分母"), null=True)
    nothing = models.BooleanField(_("本月无"), default=False)
    explanation = models.CharField(_("说明"), max_length=500, blank=True)
    evidence = models.CharField(_("依据"), max_length=200, blank=True)
    typed_at = models.DateTimeField(_("填写时间"))
    typed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    edits = models.PositiveIntegerField(default=0)

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("填报数（填写中）")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "item"], name="figure_entry_once"),
            models.CheckConstraint(
                condition=(Q(numerator=None) | Q(numerator__gte=0))
                & (Q(denominator=None) | Q(denominator__gte=0)),
                name="figure_entry_not_negative",
            ),
        ]

    def cell(self, files: int = 0) -> Cell:
        return Cell(self.numerator, self.denominator, self.nothing, self.explanation, self.evidence, files)


class FigureFile(Protected):
    """A file that shows where a figure comes from. One that is taken away stays on record with who and when."""

    sheet = models.ForeignKey(FigureSheet, on_delete=models.PROTECT, related_name="files")
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(_("项目"), max_length=64)
    file = models.ForeignKey("files.File", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField(_("第几版"))
    added_at = models.DateTimeField(_("附上时间"))
    added_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("填报依据附件")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "item", "file"], name="figure_file_once"),
            paired("removed_at", "removed_by", "figure_file_removed_pair"),
        ]


class AcceptedFigure(Protected):
    """A number that was accepted: with the sheet's version it stays for ever; a correction adds a later version."""

    sheet = models.ForeignKey(FigureSheet, on_delete=models.PROTECT, related_name="accepted")
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    month = models.CharField(_("月份"), max_length=7)
    item = models.CharField(_("项目"), max_length=64)
    version = models.PositiveSmallIntegerField(_("第几版"))
    numerator = models.BigIntegerField(_("分子"), null=True)
    denominator = models.BigIntegerField(_("分母"), null=True)
    nothing = models.BooleanField(_("本月无"), default=False)
    explanation = models.CharField(_("说明"), max_length=500, blank=True)
    evidence = models.CharField(_("依据"), max_length=200, blank=True)
    reason = models.TextField(_("更正原因"), blank=True)
    reported_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(_("接收时间"))
    accepted_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    protection = Protection(rows="department", append_only=True)

    class Meta:
        verbose_name = _("已接收的填报数")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "item", "version"], name="accepted_figure_once"),
            models.CheckConstraint(
                condition=Q(nothing=True) | Q(numerator__isnull=False), name="accepted_figure_has_number"
            ),
        ]
        indexes = [models.Index(fields=["institution", "month"], name="accepted_figure_month")]


class SheetStep(Protected):
    """One line of a sheet's story: who did what, when, in which words."""

    sheet = models.ForeignKey(FigureSheet, on_delete=models.PROTECT, related_name="steps")
    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(
        _("步骤"), max_length=12, choices=[(a.value, n) for a, n in rules.ACT_NAMES.items()]
    )
    state = models.CharField(_("之后的状态"), max_length=12)
    version = models.PositiveSmallIntegerField(_("第几版"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("内容"), blank=True)

    protection = Protection(rows="department", append_only=True)

    class Meta:
        verbose_name = _("填报单经过")

    @property
    def name(self):
        return rules.ACT_NAMES[Act(self.act)]
