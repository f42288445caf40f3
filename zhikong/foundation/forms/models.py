"""Sheets: what was filled by whom, every change of an answer, and the steps from being opened to being accepted."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.foundation.forms import rules
from zhikong.foundation.forms.building.models import DraftStep
from zhikong.foundation.forms.rules import EDITABLE, State

USER = "access.User"
DEPARTMENT = "organisation.Department"


class Series(Protected):
    """The last number given to a sheet of a form in a year."""

    definition_id = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    protection = Protection(audited=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "definition_id", "year"], name="sheet_series_once")
        ]


class GradeChoice(Protected):
    """The hospital's choice: sheets of this form that are opened from now on are graded by this policy."""

    definition_id = models.CharField(_("表单"), max_length=60)
    policy_id = models.CharField(_("等级方案"), max_length=60)
    chosen_at = models.DateTimeField(_("选定时间"))
    chosen_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("评分表的等级方案")
        constraints = [
            models.UniqueConstraint(fields=["institution", "definition_id"], name="grade_choice_once")
        ]


class Sheet(Protected):
    """One filled form. It keeps the version of the form on which it was opened, whatever is published meanwhile.

    answers: clean values by item (answers.py says which). asked, filled: items that ask something, and how many
    are answered. points of `full` are what applies and is answered; `total` is converted to the form's full score
    and after vetoes. policy_hash: the grade policy with which it was opened; '' grades by the form's own.
    unknown: item -> why it was handed in without an answer; the score is then low to high, total is None.
    filler: who was given the sheet to fill, whatever their roles.
    """

    definition_id = models.CharField(_("表单"), max_length=60)
    definition_version = models.PositiveIntegerField(_("版本"))
    definition_hash = models.CharField(max_length=64)
    title = models.CharField(_("表名"), max_length=120)
    number = models.CharField(_("编号"), max_length=32)
    department = models.ForeignKey(
        DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    department_name = models.CharField(_("科室名称"), max_length=80, blank=True)  # as it was called then
    person = models.ForeignKey("organisation.Person", null=True, on_delete=models.PROTECT, related_name="+")
    patient_key = models.CharField(_("患者假名"), max_length=64, blank=True)
    case_id = models.BigIntegerField(_("案件"), null=True)
    period = models.CharField(_("期间"), max_length=10, blank=True)
    source_kind = models.CharField(_("来源类别"), max_length=32, blank=True)
    source_key = models.CharField(_("来源"), max_length=120, blank=True)
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=[(s.value, n) for s, n in rules.STATE_NAMES.items()],
        default=State.DRAFT,
    )
    answers = models.JSONField(_("答案"), default=dict)
    revision = models.PositiveIntegerField(default=0)
    asked = models.PositiveSmallIntegerField(_("应填"), default=0)
    filled = models.PositiveSmallIntegerField(_("已填"), default=0)
    points = models.DecimalField(_("得分"), max_digits=8, decimal_places=2, null=True)
    full = models.DecimalField(_("应得分"), max_digits=8, decimal_places=2, null=True)
    total = models.DecimalField(_("总分"), max_digits=8, decimal_places=2, null=True)
    grade = models.CharField(_("等级"), max_length=40, blank=True)
    passed = models.BooleanField(_("合格"), null=True)
    vetoes = models.PositiveSmallIntegerField(_("否决项数"), default=0)
    policy_hash = models.CharField(_("等级方案"), max_length=64, blank=True)
    low = models.DecimalField(_("最低分"), max_digits=8, decimal_places=2, null=True)
    high = models.DecimalField(_("最高分"), max_digits=8, decimal_places=2, null=True)
    unknown = models.JSONField(_("未知条目"), default=dict)
    filler = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(_("新建时间"))
    opened_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(_("最后修改"))
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    submitted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("审核时间"), null=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    # who opened it or was let in, whatever the department; a confidential one is for them and for some roles only
    confidential = models.BooleanField(_("保密"), default=False)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    # answers may hold what somebody wrote about a patient: the trail says that they changed, SheetEdit says how
    protection = Protection(rows="participants", sensitive=("answers",))

    class Meta:
        verbose_name = _("表")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "definition_id", "number"], name="sheet_number_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "accepted"]) | Q(submitted_at__isnull=False),
                name="sheet_submitted_when",
            ),
            paired("submitted_at", "submitted_by", "sheet_submitted_pair", jobs_too=True),
            paired("decided_at", "decided_by", "sheet_decided_pair", jobs_too=True),
        ]
        indexes = [
            models.Index(fields=["institution", "definition_id", "-opened_at"], name="sheet_register"),
            models.Index(fields=["department", "definition_id", "period"], name="sheet_period"),
            models.Index(fields=["source_kind", "source_key"], name="sheet_source"),
            models.Index(fields=["opened_by", "state"], name="sheet_opened_by"),
            models.Index(fields=["case_id"], name="sheet_case", condition=Q(case_id__isnull=False)),
        ]

    def __str__(self):
        return f"{self.title} {self.number}"

    @property
    def is_editable(self) -> bool:
        return State(self.state) in EDITABLE


class Part(Protected):
    """A row that belongs to a sheet, is seen with it, and is only ever added."""

    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class SheetEdit(Part):
    """One change of one answer. revision: of the sheet after the change; value None: the answer was taken away."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="edits")
    item = models.CharField(max_length=70)
    value = models.JSONField(null=True)
    revision = models.PositiveIntegerField()

    protection = Protection(
        rows="parent",
        parent_table="forms_sheet",
        parent_column="sheet_id",
        append_only=True,
        sensitive=("value",),
    )

    class Meta:
        verbose_name = _("答案的修改")
        indexes = [models.Index(fields=["sheet", "item", "-revision"], name="sheet_edit_latest")]


class SheetStep(Part):
    """One line of the story: opened, submitted, returned with the reason, accepted; with the answers as handed in."""

    sheet = models.ForeignKey(Sheet, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(
        _("步骤"), max_length=12, choices=[(a.value, n) for a, n in rules.ACT_NAMES.items()]
    )
    text = models.TextField(_("内容"), blank=True)
    answers = models.JSONField(null=True)
    total = models.DecimalField(max_digits=8, decimal_places=2, null=True)

    protection = Protection(
        rows="parent",
        parent_table="forms_sheet",
        parent_column="sheet_id",
        append_only=True,
        sensitive=("answers",),
    )

    class Meta:
        verbose_name = _("表的经过")


__all__ = ["DraftStep", "GradeChoice", "Part", "Series", "Sheet", "SheetEdit", "SheetStep"]
