"""A duty that came round for somebody, and what shows that it was done."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.foundation.duties.definition.model import BY_HAND

USER = "access.User"
DEPARTMENT = "organisation.Department"


class Occurrence(Protected):
    """One duty in one period for one department, committee or the hospital.

    place: ``d<id>`` a department, ``b<id>`` a standing body, ``h`` the hospital. The definition is kept by its hash.
    """

    duty_id = models.CharField(_("职责"), max_length=80)
    duty_version = models.PositiveIntegerField(_("版本"))
    duty_hash = models.CharField(_("指纹"), max_length=16)
    title = models.CharField(_("名称"), max_length=120)
    every = models.CharField(_("周期"), max_length=12)
    period = models.CharField(_("周期"), max_length=10)
    starts_on = models.DateField(_("开始"))
    ends_on = models.DateField(_("结束"))
    place = models.CharField(max_length=24)
    place_name = models.CharField(_("科室或组织"), max_length=80)  # as it was called in the period
    department = models.ForeignKey(
        DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    body = models.ForeignKey("organisation.Body", null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("期限"))
    due_reason = models.CharField(_("期限的依据"), max_length=300)
    needed = models.PositiveSmallIntegerField(_("至少几次"), default=1)
    opened_at = models.DateTimeField(_("建立时间"))
    reminded = models.PositiveSmallIntegerField(_("已提醒级数"), default=0)
    done_on = models.DateField(_("完成日期"), null=True)
    excused_at = models.DateTimeField(_("免报时间"), null=True)
    excused_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    excused_reason = models.CharField(_("免报理由"), max_length=300, blank=True)

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("周期职责")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "duty_id", "period", "place"], name="duties_occurrence_once"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="duties_period_in_order"),
            models.CheckConstraint(
                condition=Q(excused_at=None) | ~Q(excused_reason=""), name="duties_excused_with_reason"
            ),
            paired("excused_at", "excused_by", "duties_excused_pair", jobs_too=True),
        ]
        indexes = [
            models.Index(fields=["institution", "every", "period"], name="duties_period"),
            models.Index(
                fields=["institution", "due_on"],
                condition=Q(done_on=None, excused_at=None),
                name="duties_open_due",
            ),
            models.Index(fields=["department", "duty_id", "starts_on"], name="duties_department_duty"),
        ]

    def __str__(self):
        return f"{self.title}（{self.place_name} {self.period}）"

    @property
    def is_open(self) -> bool:
        return self.done_on is None and self.excused_at is None


class Proof(Protected):
    """One thing that shows an occurrence was done: a submitted sheet, a closed case, a fact, or linked by hand.

    kind: form, flow, fact, or one of the kinds by hand. key names what arrived, so that it counts once.
    """

    occurrence = models.ForeignKey(Occurrence, on_delete=models.PROTECT, related_name="proofs")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("类别"), max_length=16)
    key = models.CharField(max_length=80, blank=True)
    dated_on = models.DateField(_("日期"))
    title = models.CharField(_("证据"), max_length=160)
    text = models.TextField(_("说明"), blank=True)
    url = models.CharField(_("链接"), max_length=300, blank=True)
    file_ids = ArrayField(models.BigIntegerField(), default=list)  # of foundation.files
    at = models.DateTimeField(_("登记时间"))
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)
    withdrawn_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_reason = models.CharField(_("撤回理由"), max_length=300, blank=True)

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("完成的证据")
        ordering = ["dated_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "kind", "key"], condition=~Q(key=""), name="duties_proof_once"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""), name="duties_withdrawn_with_reason"
            ),
            paired("withdrawn_at", "withdrawn_by", "duties_withdrawn_pair", jobs_too=True),
        ]

    def __str__(self):
        return self.title

    @property
    def kind_word(self) -> str:
        return {"form": "表单", "flow": "流程", "fact": "系统记录", **BY_HAND}.get(self.kind, self.kind)


class SetDay(Protected):
    """The day on which a turn of a duty shall be done, set by hand: the levelling of loads leaves it there.

    duty_id, period and place name the turn as in Occurrence; it may still be to come.
    """

    duty_id = models.CharField(_("职责"), max_length=80)
    period = models.CharField(_("周期"), max_length=10)
    place = models.CharField(max_length=24)
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(_("安排的日期"))
    reason = models.CharField(_("理由"), max_length=300)
    set_at = models.DateTimeField(_("设定时间"))
    set_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(_("解除时间"), null=True)
    released_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("人工设定的日期")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "duty_id", "period", "place"],
                condition=Q(released_at=None),
                name="duties_one_set_day",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="duties_set_day_with_reason"),
            paired("released_at", "released_by", "duties_released_pair"),
        ]

    def __str__(self):
        return f"{self.duty_id} {self.period} {self.on}"


class OccurrenceEvent(Protected):
    """What changed about an occurrence after it was opened, so that its standing on any past moment can be told again.

    before: the due date that a redated one had.
    """

    class Act(models.TextChoices):
        WITHDRAWN = "withdrawn", _("证据撤回")
        BACK = "back", _("证据恢复")
        EXCUSED = "excused", _("免报")
        RESTORED = "restored", _("取消免报")
        REDATED = "redated", _("期限重算")

    occurrence = models.ForeignKey(Occurrence, on_delete=models.PROTECT, related_name="events")
    proof = models.ForeignKey(Proof, null=True, on_delete=models.PROTECT, related_name="events")
    department = models.ForeignKey(DEPARTMENT, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    act = models.CharField(max_length=12, choices=Act)
    before = models.DateField(null=True)

    protection = Protection(rows="department", append_only=True)

    class Meta:
        verbose_name = _("职责的变动")
        ordering = ["at", "pk"]
