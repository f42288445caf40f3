"""What is inspected by which programme, planned in rounds; places with codes; what is watched more closely."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.inspections.rules_planning import KIND_NAMES

USER = "access.User"
DEPARTMENT = "organisation.Department"
KINDS = [(kind.value, name) for kind, name in KIND_NAMES.items()]


def who(words="", **more):
    """A reference to who did something."""
    return models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+", verbose_name=words, **more)


class Reached(Protected):
    """A row of a department (none: of the hospital) that named people of other departments may read as well."""

    department = models.ForeignKey(
        DEPARTMENT, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    confidential = models.BooleanField(_("保密"), default=False)
    readers = ArrayField(models.BigIntegerField(), default=list)
    reader_roles = ArrayField(models.CharField(max_length=32), default=list)

    protection = Protection(rows="participants")

    class Meta:
        abstract = True


class Programme(Protected):
    """An inspection programme that this hospital, or one department of it, runs: a packaged one with its own settings.

    definition_id: of the pack's kind ``inspection_programme``. settings: what the hospital set otherwise (rules of
    forms, departments, inspectors, sample, dates; see definition.Programme). starts_on, ends_on: a campaign's period; a
    permanent one has no end. department: whose own it is; empty means the hospital's.
    """

    definition_id = models.CharField(_("依据"), max_length=80)
    kind = models.CharField(_("类型"), max_length=16, choices=KINDS)
    title = models.CharField(_("名称"), max_length=120)
    settings = models.JSONField(_("本院设置"), default=dict, blank=True)
    owner_role = models.CharField(_("牵头"), max_length=32, blank=True)
    department = models.ForeignKey(
        DEPARTMENT, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    starts_on = models.DateField(_("开始"))
    ends_on = models.DateField(_("结束"), null=True, blank=True)
    made_at = models.DateTimeField(_("启用时间"))
    made_by = who(_("启用人"), null=True)
    ended_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    ended_by = who(_("停用人"), null=True, blank=True)
    ended_reason = models.CharField(_("停用理由"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("检查计划")
        ordering = ["ended_at", "kind", "pk"]
        constraints = [
            paired("ended_at", "ended_by", "programme_ended", jobs_too=True),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="programme_days_in_order",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_active(self) -> bool:
        return self.ended_at is None


class Round(Reached):
    """Visits of one programme that are planned together: who goes where, why, and the seed that nobody chose.

    proposal: while it is a draft, the plan as the wizard has it. number of the occasion (a week, a holiday): `occasion`,
    so that a programme is not planned twice for one.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("草拟中")
        PLANNED = "planned", _("已安排")
        CANCELLED = "cancelled", _("已取消")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="rounds")
    title = models.CharField(_("名称"), max_length=120)
    occasion = models.CharField(_("场次"), max_length=24, blank=True)
    first_on = models.DateField(_("第一天"))
    last_on = models.DateField(_("最后一天"))
    seed = models.CharField(_("随机种子"), max_length=32)
    proposal = models.JSONField(_("草案"), default=dict, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("建立时间"))
    made_by = who(_("建立人"), null=True)
    planned_at = models.DateTimeField(_("安排时间"), null=True, blank=True)
    planned_by = who(_("安排人"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    cancelled_by = who(_("取消人"), null=True, blank=True)

    class Meta:
        verbose_name = _("检查安排")
        ordering = ["-first_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="round_days_in_order"),
            models.UniqueConstraint(
                fields=["programme", "occasion"],
                condition=~Q(occasion="") & ~Q(state="cancelled"),
                name="round_once_an_occasion",
            ),
            paired("planned_at", "planned_by", "round_planned", jobs_too=True),
            paired("cancelled_at", "cancelled_by", "round_cancelled", jobs_too=True),
        ]

    def __str__(self):
        return self.title


class Place(Protected):
    """A place that is inspected: a ward, a drug room, a crash cart. Its code is what the printed square holds.

    route_order: where it comes on the way through building and floor. weight: how much more often than others it is
    drawn (CLN-04, CLN-27). form_ids: checklists that are offered when its code is scanned.
    """

    class Kind(models.TextChoices):
        WARD = "ward", _("病区")
        ROOM = "room", _("诊室、操作间")
        STORE = "store", _("药品、物资存放处")
        CART = "cart", _("急救车、急救设备")
        EQUIPMENT = "equipment", _("设备")
        WASTE = "waste", _("医疗废物暂存处")
        DESK = "desk", _("窗口、服务台")
        OTHER = "other", _("其他")

    department = models.ForeignKey(
        DEPARTMENT, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    code = models.CharField(_("编码"), max_length=16)
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=12, choices=Kind, default=Kind.ROOM)
    building = models.CharField(_("楼栋"), max_length=40, blank=True)
    floor = models.SmallIntegerField(_("楼层"), null=True, blank=True)
    route_order = models.PositiveSmallIntegerField(_("路线顺序"), default=100)
    weight = models.PositiveSmallIntegerField(_("重点程度"), default=1)
    form_ids = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    made_at = models.DateTimeField(_("建立时间"))
    made_by = who(_("建立人"), null=True)
    ended_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    ended_by = who(_("停用人"), null=True, blank=True)

    class Meta:
        verbose_name = _("检查点")
        ordering = ["building", "floor", "route_order", "name"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="place_code_once"),
            paired("ended_at", "ended_by", "place_ended"),
        ]

    def __str__(self):
        return self.name

    @property
    def where(self) -> str:
        floor = (
            "" if self.floor is None else f"{self.floor} 层" if self.floor > 0 else f"地下 {-self.floor} 层"
        )
        return " ".join(part for part in (self.building, floor) if part)


class KeyPoint(Protected):
    """A key department, key post or key link that is looked at more closely (重点部门、重点岗位、重点环节; CLN-04, CLN-27, INS-28).

    weight: how many times as often as others it is drawn. item: what exactly is watched, in words.
    """

    class What(models.TextChoices):
        DEPARTMENT = "department", _("重点部门")
        POST = "post", _("重点岗位")
        LINK = "link", _("重点环节")

    what = models.CharField(_("类别"), max_length=12, choices=What)
    department = models.ForeignKey(
        DEPARTMENT, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("科室")
    )
    item = models.CharField(_("内容"), max_length=80)
    weight = models.PositiveSmallIntegerField(_("权重"), default=2)
    source = models.CharField(_("依据"), max_length=160, blank=True)
    made_at = models.DateTimeField(_("设定时间"))
    made_by = who(_("设定人"), null=True)
    ended_at = models.DateTimeField(_("取消时间"), null=True, blank=True)
    ended_by = who(_("取消人"), null=True, blank=True)

    class Meta:
        verbose_name = _("重点部门与环节")
        ordering = ["what", "-weight", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(weight__range=(1, 9)), name="key_point_weight"),
            paired("ended_at", "ended_by", "key_point_ended"),
        ]

    def __str__(self):
        return self.item


class VisitNumber(Protected):
    """The last number given to a visit in a year."""

    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    protection = Protection(audited=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["institution", "year"], name="visit_numbers_once")]
