"""Tables of intake: complaints, who complains (sealed), what was asked and said, and by when what is due."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.complaints.rules_intake import (
    AnswerWay,
    Branch,
    Channel,
    State,
    Verdict,
    Who,
)

USER = settings.AUTH_USER_MODEL
DEPARTMENT = "organisation.Department"


def person(words, **more):
    """A reference to who did something."""
    return models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=words, **more)


def stars(words):
    """One to five; null: not rated."""
    return models.PositiveSmallIntegerField(
        words, null=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )


class Guarded(Protected):
    """Seen by those who take part (``readers``), and with one of ``reader_roles`` within the reader's departments.

    A row whose department is not known yet is for readers of the whole hospital and for who takes part.
    """

    confidential = models.BooleanField(_("保密"), default=True)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(rows="participants")

    class Meta:
        abstract = True


class VoicePoint(Protected):
    """A QR code that hangs somewhere: scanning it opens the page without login for this place."""

    token = models.CharField(_("二维码"), max_length=16)
    department = models.ForeignKey(
        DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    place = models.CharField(_("张贴位置"), max_length=80, blank=True)
    made_at = models.DateTimeField(_("生成时间"))
    made_by = person(_("生成人"), null=True)
    ended_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        verbose_name = _("投诉二维码")
        constraints = [models.UniqueConstraint(fields=["institution", "token"], name="voice_point_once")]


class Complaint(Guarded):
    """One complaint. number is random: it tells nothing of order or count; key_hash opens the page without login.

    department: whom it is about, as far as known; further ones are ConcernedDepartment. first_recipient: who took it
    first and carries it until somebody accepted it (首接负责制); handler: who carries it now.
    category: id of the pack's complaint_categories; communication: what was found, not what was said first.
    patient_key, stay_id: the patient it is about, as a pseudonym. amounts are in fen. case_id: the case of the flow
    ``complaint_desk`` of earlier releases that it was taken over from. retain_until: day after which it may be
    destroyed unless ``held``.
    """

    number = models.CharField(_("编号"), max_length=16)
    key_hash = models.CharField(max_length=64, blank=True)
    key_tries = models.PositiveSmallIntegerField(default=0)
    key_locked_until = models.DateTimeField(null=True)

    channel = models.CharField(_("途径"), max_length=24, choices=Channel.choices)
    point = models.ForeignKey(VoicePoint, null=True, on_delete=models.PROTECT, related_name="+")
    letter_number = models.CharField(_("来文编号"), max_length=60, blank=True)
    letter_due_on = models.DateField(_("来文限办日期"), null=True)
    received_at = models.DateTimeField(_("接到时间"))
    first_recipient = person(_("首接人"), null=True)
    first_department = models.ForeignKey(
        DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("首接科室")
    )
    handler = person(_("经办人"), null=True)

    who = models.CharField(_("投诉人"), max_length=12, choices=Who.choices)
    department = models.ForeignKey(
        DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("被投诉科室")
    )
    department_name = models.CharField(_("科室名称"), max_length=80, blank=True)  # as it was called then
    withheld = models.BooleanField(_("涉及科室负责人，科室回避"), default=False)
    category = models.CharField(_("类别"), max_length=48, blank=True)
    serious = models.BooleanField(_("重大"), default=False)
    several = models.BooleanField(_("涉及多个科室"), default=False)
    occurred_on = models.DateField(_("发生日期"), null=True)
    place = models.CharField(_("地点"), max_length=80, blank=True)
    content = models.TextField(_("投诉内容"))
    demand = models.TextField(_("诉求"), blank=True)
    asked_fen = models.BigIntegerField(_("要求退赔（分）"), null=True)
    told = ArrayField(models.CharField(max_length=16), default=list)
    patient_key = models.CharField(_("患者假名"), max_length=64, blank=True)
    stay_id = models.CharField(_("住院编号"), max_length=64, blank=True)
    repeats = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="repeated")
    repeated_person = models.CharField(
        max_length=64, blank=True
    )  # keyed fingerprint of the complainant's number

    state = models.CharField(_("状态"), max_length=16, choices=State.choices, default=State.RECEIVED)
    revision = models.PositiveIntegerField(default=0)
    accepted_at = models.DateTimeField(_("受理时间"), null=True)
    accepted_by = person(_("受理人"), null=True)
    refusal = models.TextField(_("不予受理的理由"), blank=True)
    found = models.TextField(_("核实到的事实"), blank=True)
    verified_at = models.DateTimeField(_("核实时间"), null=True)
    verdict = models.CharField(_("认定"), max_length=12, choices=Verdict.choices, blank=True)
    communication = models.BooleanField(_("因沟通不良"), null=True)
    branch = models.CharField(_("处理去向"), max_length=16, choices=Branch.choices, blank=True)
    decision = models.TextField(_("处理意见"), blank=True)
    decided_at = models.DateTimeField(_("定处理意见的时间"), null=True)
    decided_by = person(_("定处理意见的人"), null=True)
    no_measure = models.CharField(_("不需整改的理由"), max_length=300, blank=True)
    cause = models.TextField(_("原因"), blank=True)
    leader_told_at = models.DateTimeField(_("报告分管院领导的时间"), null=True)
    answer = models.TextField(_("答复"), blank=True)
    answer_way = models.CharField(_("答复方式"), max_length=16, choices=AnswerWay.choices, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True)
    answered_by = person(_("答复人"), null=True)
    department_told_at = models.DateTimeField(_("向科室反馈的时间"), null=True)
    rating = stars(_("对处理的评价"))
    rated_at = models.DateTimeField(_("评价时间"), null=True)
    review_asked_at = models.DateTimeField(_("申请复核的时间"), null=True)
    reviews = models.PositiveSmallIntegerField(_("复核次数"), default=0)
    closed_at = models.DateTimeField(_("办结时间"), null=True)
    closed_by = person(_("办结人"), null=True)
    retain_until = models.DateField(_("保存至"), null=True)
    held = models.BooleanField(_("法律保留"), default=False)
    held_reason = models.CharField(_("保留的理由"), max_length=200, blank=True)
    case_id = models.BigIntegerField(_("早先流程中的案件"), null=True)

    # what people wrote stays out of the trail: it says that it changed, the page says how
    protection = Protection(
        rows="participants",
        sensitive=(
            "content",
            "demand",
            "found",
            "decision",
            "answer",
            "refusal",
            "key_hash",
            "repeated_person",
        ),
    )

    class Meta:
        verbose_name = _("投诉")
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="complaint_number_once"),
            models.UniqueConstraint(
                fields=["institution", "case_id"],
                condition=Q(case_id__isnull=False),
                name="complaint_case_once",
            ),
            paired("accepted_at", "accepted_by", "complaint_accepted_pair", jobs_too=True),
            paired("decided_at", "decided_by", "complaint_decided_pair"),
            paired("answered_at", "answered_by", "complaint_answered_pair", jobs_too=True),
            paired("closed_at", "closed_by", "complaint_closed_pair", jobs_too=True),
            models.CheckConstraint(
                condition=Q(asked_fen__isnull=True) | Q(asked_fen__gte=0), name="complaint_asked_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(held=False) | ~Q(held_reason=""), name="complaint_held_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "state", "-received_at"], name="complaint_board"),
            models.Index(fields=["institution", "department", "-received_at"], name="complaint_department"),
            models.Index(fields=["repeated_person"], name="complaint_person"),
        ]

    def __str__(self):
        return self.number

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class Complainant(Guarded):
    """Who complains: name, telephone and relation, encrypted with a key outside the database.

    Read by who handles complaints only; every look is logged (queries.intake.persons). department stays empty, so that
    no department's scope reaches it.
    """

    complaint = models.OneToOneField(Complaint, on_delete=models.PROTECT, related_name="complainant")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField(_("身份信息（加密）"))
    updated_at = models.DateTimeField(_("更新时间"))

    protection = Protection(rows="participants", sensitive=("sealed",))

    class Meta:
        verbose_name = _("投诉人身份")
        constraints = [models.CheckConstraint(condition=Q(department=None), name="complainant_no_department")]


class VoiceSetting(Protected):
    """How the hospital takes complaints: what the public notice says, and how many pages an hour are believed."""

    open = models.BooleanField(_("开放网上投诉"), default=True)
    hourly_limit = models.PositiveSmallIntegerField(_("每小时最多接收"), default=60)
    address = models.CharField(_("投诉管理部门地点"), max_length=120, blank=True)
    telephone = models.CharField(_("投诉电话"), max_length=60, blank=True)
    hours = models.CharField(_("接待时间"), max_length=120, blank=True)
    leader_day = models.CharField(_("院领导接待日"), max_length=120, blank=True)
    public_address = models.CharField(_("患者手机能打开的网址"), max_length=200, blank=True)
    clock_days = models.JSONField(_("本院期限"), default=dict)
    retain_years = models.PositiveSmallIntegerField(_("保存年限"), default=5)
    changed_at = models.DateTimeField(null=True)
    changed_by = person(_("修改人"), null=True)

    class Meta:
        verbose_name = _("投诉接待设置")
        constraints = [
            models.UniqueConstraint(fields=["institution"], name="voice_setting_once"),
            paired("changed_at", "changed_by", "voice_setting_changed_pair", jobs_too=True),
        ]
