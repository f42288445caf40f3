"""Tables of results: every answer of a concluded visit as a count, and the notices that tell what was found."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.inspections.models.programmes import DEPARTMENT, Programme, Round, who
from zhikong.hospital.functions.inspections.models.visits import Visit
from zhikong.hospital.functions.inspections.rules_results import ANSWER_NAMES, STAGE_NAMES

ANSWERS = [(answer.value, name) for answer, name in ANSWER_NAMES.items()]
STAGES = [(stage.value, name) for stage, name in STAGE_NAMES.items()]


class InspectionAnswer(Protected):
    """What one item of one sheet of a concluded visit came to: conforming of applicable.

    Derived from the sheet and replaced when the sheet is corrected; the contract's table inspection_answers holds the
    same rows (published_at says since when), so that an indicator and these pages cannot differ. An item that does
    not apply or was left open has applicable 0: unknown is not zero. points, full: what it won, where it is scored.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="answers")
    sheet = models.ForeignKey("forms.Sheet", on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(
        DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    lead = who(_("组长"), null=True)
    inspected_on = models.DateField(_("检查日期"))
    form_id = models.CharField(_("检查表"), max_length=60)
    form_version = models.PositiveIntegerField(_("版本"))
    section = models.CharField(_("部分"), max_length=60, blank=True)
    item = models.CharField(_("条款"), max_length=70)
    answer = models.CharField(_("答案"), max_length=8, choices=ANSWERS)
    conforming = models.PositiveIntegerField(_("符合项次"))
    applicable = models.PositiveIntegerField(_("应符合项次"))
    points = models.DecimalField(_("得分"), max_digits=7, decimal_places=2, null=True)
    full = models.DecimalField(_("满分"), max_digits=7, decimal_places=2, null=True)
    stage = models.CharField(_("环节或终末"), max_length=8, choices=STAGES)
    published_at = models.DateTimeField(_("并入数据的时间"), null=True)

    protection = Protection(
        rows="department", audited=False
    )  # derived from sheets, whose changes are audited

    class Meta:
        verbose_name = _("检查结果")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "item"], name="inspection_answer_once"),
            models.CheckConstraint(
                condition=Q(conforming__lte=F("applicable")), name="inspection_answer_within"
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "form_id", "item", "inspected_on"], name="answers_of_clause"),
            models.Index(fields=["department", "inspected_on"], name="answers_of_department"),
            models.Index(fields=["visit"], name="answers_of_visit"),
        ]

    def __str__(self):
        return f"{self.form_id}:{self.item}"

    @property
    def clause_key(self) -> str:
        return f"{self.form_id}:{self.item}"


class NoticeNumber(Protected):
    """The last number given to a notice in a year."""

    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    protection = Protection(audited=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "year"], name="notice_numbers_once")]


class InspectionNotice(Protected):
    """督查通报: what was inspected, how it came out, what is demanded by when. Drafted by itself, edited, issued.

    Of one visit, of a round, or of a programme's period. words: what people edit, by part (rules_results.PARTS);
    figures: scores and problems as they stood when it was drawn up, with the ids they came from; left_out: ids of
    findings that are not told. An issued notice is never changed; a wrong one is withdrawn and another is issued.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草稿")
        ISSUED = "issued", _("已印发")
        WITHDRAWN = "withdrawn", _("已撤回")

    visit = models.ForeignKey(Visit, null=True, on_delete=models.PROTECT, related_name="notices")
    round = models.ForeignKey(Round, null=True, on_delete=models.PROTECT, related_name="notices")
    programme = models.ForeignKey(Programme, null=True, on_delete=models.PROTECT, related_name="notices")
    first_on = models.DateField(_("从"))
    last_on = models.DateField(_("至"))
    number = models.CharField(_("文号"), max_length=40, blank=True)
    title = models.CharField(_("标题"), max_length=120)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    words = models.JSONField(_("文字"), default=dict)
    figures = models.JSONField(_("数据"), default=dict)
    left_out = models.JSONField(default=list)
    names_people = models.BooleanField(_("写明责任人姓名"), default=True)
    drafted_at = models.DateTimeField(_("起草时间"))
    drafted_by = who(_("起草人"), null=True)
    changed_at = models.DateTimeField(_("最后修改"))
    changed_by = who(_("修改人"), null=True)
    issued_at = models.DateTimeField(_("印发时间"), null=True)
    issued_by = who(_("印发人"), null=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)
    withdrawn_by = who(_("撤回人"), null=True)
    withdrawn_reason = models.CharField(_("撤回理由"), max_length=300, blank=True)

    # a notice is for the whole hospital once it is issued; who sees a draft is asked in queries
    protection = Protection()

    class Meta:
        verbose_name = _("督查通报")
        ordering = ["-drafted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "number"], condition=~Q(number=""), name="inspection_notice_number"
            ),
            paired("issued_at", "issued_by", "inspection_notice_issued", jobs_too=True),
            paired("withdrawn_at", "withdrawn_by", "inspection_notice_withdrawn"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(issued_at__isnull=False) & ~Q(number=""),
                name="inspection_notice_issued_when",
            ),
        ]

    def __str__(self):
        return self.title


class NoticeReading(Protected):
    """A department that a notice went to, and who confirmed there that it was read."""

    notice = models.ForeignKey(InspectionNotice, on_delete=models.PROTECT, related_name="readings")
    department = models.ForeignKey(
        DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    read_at = models.DateTimeField(_("签收时间"), null=True)
    read_by = who(_("签收人"), null=True)
    note = models.CharField(_("回复"), max_length=300, blank=True)

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("通报签收")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "department"], name="notice_reading_once"),
            paired("read_at", "read_by", "notice_reading_whose"),
        ]
