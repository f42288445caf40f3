"""What the whole hospital learns: lessons without the case behind them, safety alerts and who has read them.

A lesson or alert says nothing of department, day or person; where it came from lies apart, for the offices only.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protection, paired
from zhikong.hospital.functions.incidents.models.analysis import DEPARTMENT, UNTOLD, USER, Analysis, user
from zhikong.hospital.functions.incidents.models.reporting import Opaque
from zhikong.hospital.functions.incidents.rules_reporting_sealing import random_code


class Teaching(Opaque):
    """What lessons and alerts share: written, read by a second person, published, taken back.

    read_by: the second reader, never the writer; told_back: what the reader wants changed.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("起草中")
        READING = "reading", _("待审读")
        PUBLISHED = "published", _("已发布")
        WITHDRAWN = "withdrawn", _("已撤下")

    code = models.CharField(_("编号"), max_length=12, default=random_code)
    title = models.CharField(_("标题"), max_length=80)
    category = models.CharField(_("类别"), max_length=48, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    written_at = models.DateTimeField(_("起草时间"))
    written_by = user(_("起草人"))
    sent_at = models.DateTimeField(_("送审时间"), null=True)
    read_at = models.DateTimeField(_("审读时间"), null=True)
    read_by = user(_("审读人"))
    told_back = models.TextField(_("审读意见"), blank=True)
    published_at = models.DateTimeField(_("发布时间"), null=True)
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True)
    withdrawn_by = user(_("撤下人"))
    withdrawn_reason = models.CharField(_("撤下的理由"), max_length=200, blank=True)

    protection = Protection(audited=False, reason=UNTOLD)

    class Meta:
        abstract = True

    def __str__(self):
        return self.title


def of_two(name: str) -> list:
    """Published only after somebody else has read it; pairs of moment and person."""
    return [
        paired("read_at", "read_by", f"{name}_read_pair"),
        paired("withdrawn_at", "withdrawn_by", f"{name}_withdrawn_pair"),
        models.CheckConstraint(
            condition=Q(read_by=None) | ~Q(read_by=models.F("written_by")), name=f"{name}_second_reader"
        ),
    ]


class Lesson(Teaching):
    """One lesson: what happened (without who, where and when), why, what was changed, what you can do."""

    happened = models.TextField(_("发生了什么"))
    why = models.TextField(_("为什么会发生"))
    changed = models.TextField(_("改了什么"))
    advice = models.TextField(_("您可以做什么"))
    factors = ArrayField(models.CharField(max_length=40), default=list, verbose_name=_("促成因素"))

    class Meta:
        verbose_name = _("经验")
        ordering = ["-published_at", "-written_at"]
        constraints = [
            *of_two("lesson"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False, read_by__isnull=False),
                name="lesson_published_after_reading",
            ),
        ]


class SafetyAlert(Teaching):
    """A safety alert (安全警示): one thing to do now. departments empty: the whole hospital.

    urgent_reason: why it went out before a second reader; such a reading follows. expires_on: from then on it is quiet.
    """

    body = models.TextField(_("警示的内容"))
    do_now = models.TextField(_("请马上做"))
    urgent_reason = models.CharField(_("先发后审的理由"), max_length=200, blank=True)
    departments = ArrayField(models.BigIntegerField(), default=list, verbose_name=_("发给"))
    expires_on = models.DateField(_("有效期至"))
    lesson = models.ForeignKey(
        Lesson,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="alerts",
        verbose_name=_("出自经验"),
    )
    published_by = user(_("发布人"))
    reminded_at = models.DateTimeField(_("催读时间"), null=True)

    class Meta:
        verbose_name = _("安全警示")
        ordering = ["-published_at", "-written_at"]
        constraints = [
            *of_two("alert"),
            paired("published_at", "published_by", "alert_published_pair"),
            models.CheckConstraint(
                condition=~Q(state="published")
                | (Q(published_at__isnull=False) & (Q(read_by__isnull=False) | ~Q(urgent_reason=""))),
                name="alert_published_after_reading",
            ),
        ]


class TeachingOrigin(Opaque):
    """Where a lesson or an alert came from: for the offices only, so that nobody reads back from it to a ward."""

    lesson = models.OneToOneField(Lesson, null=True, on_delete=models.CASCADE, related_name="+")
    alert = models.OneToOneField(SafetyAlert, null=True, on_delete=models.CASCADE, related_name="+")
    analysis = models.ForeignKey(Analysis, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    confidential = models.BooleanField(default=True)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(rows="participants", audited=False, reason=UNTOLD)

    class Meta:
        verbose_name = _("经验的来源")


class Receipt(Opaque):
    """Who was sent an alert or reads a lesson, and when he said "read". Seen by the person and by who leads there."""

    alert = models.ForeignKey(SafetyAlert, null=True, on_delete=models.CASCADE, related_name="receipts")
    lesson = models.ForeignKey(Lesson, null=True, on_delete=models.CASCADE, related_name="receipts")
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(_("发出时间"))
    read_at = models.DateTimeField(_("已读时间"), null=True)
    confidential = models.BooleanField(default=True)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(rows="participants", audited=False, reason=UNTOLD)

    class Meta:
        verbose_name = _("已读回执")
        constraints = [
            models.UniqueConstraint(fields=["alert", "user"], name="alert_receipt_once"),
            models.UniqueConstraint(fields=["lesson", "user"], name="lesson_receipt_once"),
            models.CheckConstraint(condition=Q(alert=None) ^ Q(lesson=None), name="receipt_of_one_thing"),
        ]
        indexes = [models.Index(fields=["user", "read_at"], name="receipt_unread")]
