"""Tables of what belongs to a complaint: concerned departments, statements, messages, files, clocks, steps, links."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.complaints.models.intake import DEPARTMENT, Complaint, Guarded, person, stars
from zhikong.hospital.functions.complaints.rules_intake import (
    Step,
)


class OfComplaint(Protected):
    """A row that belongs to a complaint and is seen with it."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="%(class)ss")

    protection = Protection(rows="parent", parent_table="complaints_complaint", parent_column="complaint_id")

    class Meta:
        abstract = True


class ConcernedDepartment(OfComplaint):
    """A department that the complaint is about, and its discussion report (a Sheet)."""

    department = models.ForeignKey(DEPARTMENT, on_delete=models.PROTECT, related_name="+")
    main = models.BooleanField(_("主办"), default=False)
    told_at = models.DateTimeField(_("告知时间"), null=True)
    due_on = models.DateField(_("期限"), null=True)
    sheet_id = models.BigIntegerField(_("科室讨论报告"), null=True)
    reported_at = models.DateTimeField(_("提交时间"), null=True)
    returned = models.CharField(_("退回的理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("被投诉科室")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "department"], name="concerned_department_once")
        ]


class ComplaintStatement(Guarded):
    """What a member of staff is asked to state in writing, and what he stated (书面陈述和答辩材料).

    He sees his own statement and the questions, not the complainant; questions: one for each point complained of.
    answers: one for each question, in their order.
    """

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="statements")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    writer = person(_("当事人"))
    matter = models.TextField(_("要说明的事"))
    questions = models.JSONField(_("逐条问题"), default=list)
    asked_at = models.DateTimeField(_("要求陈述的时间"))
    asked_by = person(_("要求人"))
    due_on = models.DateField(_("期限"))
    course = models.TextField(_("经过"), blank=True)
    answers = models.JSONField(_("逐条说明"), default=list)
    submitted_at = models.DateTimeField(_("提交时间"), null=True)
    returned = models.CharField(_("退回的理由"), max_length=300, blank=True)

    protection = Protection(
        rows="participants", sensitive=("matter", "questions", "course", "answers", "returned")
    )

    class Meta:
        verbose_name = _("书面陈述")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "writer"], name="complaint_statement_once")
        ]


class ComplaintMessage(OfComplaint):
    """What the complainant and the hospital wrote to each other on the page without login."""

    from_complainant = models.BooleanField(_("投诉人"))
    text = models.TextField(_("内容"))
    at = models.DateTimeField(_("时间"))
    by = person(_("填写人"), null=True)
    seen_at = models.DateTimeField(_("看过的时间"), null=True)

    protection = Protection(
        rows="parent", parent_table="complaints_complaint", parent_column="complaint_id", sensitive=("text",)
    )

    class Meta:
        verbose_name = _("投诉往来")


class ComplaintFile(OfComplaint):
    """A picture or paper of a complaint; pictures of complainants are painted anew before they are kept."""

    file = models.ForeignKey("files.File", on_delete=models.PROTECT, related_name="+")
    from_complainant = models.BooleanField(_("投诉人"), default=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("投诉附件")
        constraints = [models.UniqueConstraint(fields=["complaint", "file"], name="complaint_file_once")]


class ComplaintClock(OfComplaint):
    """By when what is due: one row for each clock of the pack that applies, with the sentence that explains it."""

    clock = models.CharField(_("时限"), max_length=48)
    title = models.CharField(_("要做的事"), max_length=80)
    due_at = models.DateTimeField(_("期限"))
    reason = models.CharField(_("期限的依据"), max_length=300)
    mark = models.CharField(_("依据的核实程度"), max_length=16)
    stops_at = models.CharField(_("哪一步完成"), max_length=16, default="")
    statutory = models.BooleanField(_("规定的时限"), default=False)
    done_at = models.DateTimeField(_("完成时间"), null=True)

    class Meta:
        verbose_name = _("投诉时限")
        constraints = [models.UniqueConstraint(fields=["complaint", "clock"], name="complaint_clock_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at=None), name="complaint_clock_due")]


class Handover(OfComplaint):
    """The complaint goes from one person to another; who gave it away carries it until it is accepted."""

    from_user = person(_("移交人"), null=True)
    to_user = person(_("接收人"), null=True)
    to_role = models.CharField(_("接收岗位"), max_length=32, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    at = models.DateTimeField(_("移交时间"))
    accepted_at = models.DateTimeField(_("接收时间"), null=True)
    accepted_by = person(_("接收人"), null=True)

    class Meta:
        verbose_name = _("投诉移交")
        constraints = [paired("accepted_at", "accepted_by", "complaint_handover_pair")]


class ComplaintStep(OfComplaint):
    """What happened, by whom and when; shown: also to the complainant, in plain words."""

    step = models.CharField(_("步骤"), max_length=24, choices=Step.choices)
    text = models.TextField(_("说明"), blank=True)
    at = models.DateTimeField(_("时间"))
    by = person(_("办理人"), null=True)

    protection = Protection(
        rows="parent", parent_table="complaints_complaint", parent_column="complaint_id",
        append_only=True, sensitive=("text",),
    )  # fmt: skip

    class Meta:
        verbose_name = _("投诉办理记录")
        indexes = [models.Index(fields=["complaint", "at"], name="complaint_steps")]


class FollowUpCall(OfComplaint):
    """The call after the answer: was he reached, is he satisfied with how it was handled."""

    called_at = models.DateTimeField(_("回访时间"))
    called_by = person(_("回访人"))
    reached = models.BooleanField(_("已接通"))
    satisfaction = stars(_("对处理的满意程度"))
    words = models.TextField(_("回访记录"), blank=True)

    protection = Protection(
        rows="parent", parent_table="complaints_complaint", parent_column="complaint_id", sensitive=("words",)
    )

    class Meta:
        verbose_name = _("回访")


class Refund(OfComplaint):
    """Money given back because of a complaint, in fen."""

    amount_fen = models.BigIntegerField(_("金额（分）"), validators=[MinValueValidator(1)])
    paid_on = models.DateField(_("退费日期"))
    voucher = models.CharField(_("凭证号"), max_length=60)
    reason = models.CharField(_("退费项目"), max_length=200)
    by = person(_("登记人"))
    at = models.DateTimeField(_("登记时间"))

    class Meta:
        verbose_name = _("退费")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="complaint_refund_positive"),
            models.UniqueConstraint(fields=["institution", "voucher"], name="complaint_refund_voucher_once"),
        ]

    @property
    def yuan(self) -> str:
        """The amount in yuan, to the fen."""
        return f"{self.amount_fen // 100}.{self.amount_fen % 100:02d}"


class ComplaintLink(OfComplaint):
    """A thing elsewhere that belongs to the complaint, by an opaque reference; each place decides who may open it."""

    class Kind(models.TextChoices):
        INCIDENT = "incident", _("不良事件")
        FINDING = "finding", _("整改")
        AGENDA = "agenda", _("委员会议题")
        DISCIPLINE = "discipline", _("责任认定建议")

    kind = models.CharField(_("种类"), max_length=12, choices=Kind)
    reference = models.CharField(_("编号"), max_length=64)
    at = models.DateTimeField(_("时间"))
    by = person(_("登记人"), null=True)

    class Meta:
        verbose_name = _("关联")
        constraints = [
            models.UniqueConstraint(fields=["complaint", "kind", "reference"], name="complaint_link_once")
        ]
