"""The running check (环节): what open stays still demand, defects to mend, and what people said of both."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired

DERIVED = (
    "derived from events and rules at every check; what happened is kept in CheckEvent, which nobody can edit"
)


def user_of(label="人员"):
    """A reference to who did something; null for what the product did itself."""
    return models.ForeignKey(
        "access.User",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=label,
    )


class OfStay(Protected):
    """What a rule says of a stay: where the patient is now, which rule in which version, who is responsible.

    key: what makes it the same from check to check. responsible: a staff code; user: whose account that is.
    """

    stay_id = models.CharField(_("住院编号"), max_length=64)
    patient_key = models.CharField(_("患者假名"), max_length=64)
    department = models.ForeignKey(
        "organisation.Department",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("科室"),
    )
    key = models.CharField(max_length=64)
    rule = models.CharField(_("规则"), max_length=80, blank=True)
    version = models.PositiveIntegerField(_("规则版本"), default=0)
    title = models.CharField(_("事项"), max_length=160)
    severity = models.CharField(_("严重程度"), max_length=16, blank=True)
    stage = models.CharField(_("诊疗阶段"), max_length=16, blank=True)
    subject = models.CharField(_("依据的记录"), max_length=160, blank=True)
    responsible = models.CharField(_("责任人工号"), max_length=64, blank=True)
    user = models.ForeignKey(
        "access.User", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("责任人")
    )
    first_seen_at = models.DateTimeField(_("出现时间"))
    changed_at = models.DateTimeField(_("变化时间"))
    reminded_at = models.DateTimeField(_("最近提醒"), null=True)
    reminders = models.PositiveSmallIntegerField(_("提醒次数"), default=0)
    case = models.ForeignKey(
        "flows.Case", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("申诉")
    )

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.stay_id} {self.rule}"


class Obligation(OfStay):
    """Something an open stay demands by a time (应完成事项), as the clock rules tell it; kept with how it ended.

    ended_at: set once nothing can change any more; ending says why. excused by a person: excused_at, _by, _reason;
    the machine does not take that back.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("未到期")
        WARNING = "warning", _("即将到期")
        OVERDUE = "overdue", _("逾期")
        DONE = "done", _("按时完成")
        LATE = "late", _("逾期完成")
        EXCUSED = "excused", _("不适用")
        UNKNOWN = "unknown", _("无法判断")

    class Ending(models.TextChoices):
        WITHDRAWN = "withdrawn", _("不再要求")
        SETTLED = "settled", _("出院归档，转终末检查")

    OPEN = (State.PENDING, State.WARNING, State.OVERDUE)

    anchor = models.CharField(_("起算的记录"), max_length=160, blank=True)
    anchor_at = models.DateTimeField(_("起算时间"), null=True)
    due_at = models.DateTimeField(_("应完成时间"), null=True)
    warn_at = models.DateTimeField(_("预警时间"), null=True)
    done_at = models.DateTimeField(_("完成时间"), null=True)
    state = models.CharField(_("状态"), max_length=12, choices=State)
    explanation = models.CharField(_("说明"), max_length=400)
    excused_at = models.DateTimeField(_("登记不适用的时间"), null=True)
    excused_by = user_of(_("登记人"))
    excused_reason = models.CharField(_("不适用的理由"), max_length=300, blank=True)
    ended_at = models.DateTimeField(_("结束时间"), null=True)
    ending = models.CharField(_("结束方式"), max_length=12, choices=Ending, blank=True)

    protection = Protection(rows="department", audited=False, reason=DERIVED)

    class Meta:
        verbose_name = _("应完成事项")
        constraints = [
            models.UniqueConstraint(fields=["institution", "stay_id", "key"], name="obligation_once"),
            paired("excused_at", "excused_by", "obligation_excused", jobs_too=True),
        ]
        indexes = [
            models.Index(
                fields=["institution", "department", "state", "due_at"],
                condition=Q(ended_at=None),
                name="obligation_of_ward",
            ),
            models.Index(
                fields=["user", "state", "due_at"], condition=Q(ended_at=None), name="obligation_of_user"
            ),
            models.Index(fields=["institution", "rule"], name="obligation_by_rule"),
        ]


class Defect(OfStay):
    """A defect of an open stay's record that someone has to mend; the machine found it, or a reviewer.

    document, section, span: where it stands. mended: the writer says it is done and asks to recheck.
    """

    class Source(models.TextChoices):
        MACHINE = "machine", _("机器检查")
        PERSON = "person", _("人工检查")

    class State(models.TextChoices):
        OPEN = "open", _("待修改")
        MENDED = "mended", _("已修改，待复核")
        RETURNED = "returned", _("复核退回")
        APPEALED = "appealed", _("申诉中")
        CONFIRMED = "confirmed", _("复核通过")
        REFUTED = "refuted", _("申诉成立")
        EXCUSED = "excused", _("不适用")
        SETTLED = "settled", _("转终末检查")

    TO_MEND = (State.OPEN, State.RETURNED)
    ALIVE = (State.OPEN, State.RETURNED, State.MENDED, State.APPEALED)

    source = models.CharField(_("来源"), max_length=8, choices=Source, default=Source.MACHINE)
    text = models.CharField(_("缺陷"), max_length=400)
    points = models.DecimalField(_("扣分"), max_digits=5, decimal_places=1, null=True)
    document = models.CharField(_("文书"), max_length=64, blank=True)
    section = models.CharField(_("部分"), max_length=80, blank=True)
    span_start = models.PositiveIntegerField(null=True)
    span_end = models.PositiveIntegerField(null=True)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.OPEN)
    mend_by = models.DateField(_("修改期限"), null=True)
    found_by = user_of(_("检查人"))
    mended_at = models.DateTimeField(_("修改时间"), null=True)
    note = models.CharField(_("修改说明"), max_length=300, blank=True)
    checked_at = models.DateTimeField(_("复核时间"), null=True)
    checked_by = user_of(_("复核人"))  # empty: the machine

    protection = Protection(rows="department", audited=False, reason=DERIVED)

    class Meta:
        verbose_name = _("运行病历缺陷")
        constraints = [
            models.UniqueConstraint(fields=["institution", "stay_id", "key"], name="defect_once"),
            paired("checked_at", "checked_by", "defect_checked", jobs_too=True),
        ]
        indexes = [
            models.Index(
                fields=["institution", "department", "state"],
                condition=Q(state__in=["open", "returned", "mended", "appealed"]),
                name="defect_of_ward",
            ),
            models.Index(
                fields=["user", "state"],
                condition=Q(state__in=["open", "returned", "mended", "appealed"]),
                name="defect_of_user",
            ),
            models.Index(fields=["institution", "rule"], name="defect_by_rule"),
        ]


class Override(Protected):
    """A doctor went past a hard stop of the record system, with a reason; nobody is kept from his work."""

    class Why(models.TextChoices):
        URGENT = "urgent", _("抢救或病情紧急，先保存后补")
        ELSEWHERE = "elsewhere", _("已在其他文书或系统中记录")
        WRONG = "wrong", _("规则判断有误")
        OTHER = "other", _("其他")

    stay_id = models.CharField(_("住院编号"), max_length=64)
    department = models.ForeignKey(
        "organisation.Department",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("科室"),
    )
    rule = models.CharField(_("规则"), max_length=80)
    version = models.PositiveIntegerField(_("规则版本"))
    why = models.CharField(_("理由"), max_length=12, choices=Why)
    reason = models.CharField(_("说明"), max_length=300)
    author = models.CharField(_("医师工号"), max_length=64)
    user = user_of(_("医师"))
    at = models.DateTimeField(_("时间"))

    protection = Protection(rows="department", append_only=True)

    class Meta:
        verbose_name = _("越过拦截")
        ordering = ["-at"]
        indexes = [models.Index(fields=["institution", "rule"], name="override_by_rule")]


class RuleOutcome(Protected):
    """What people made of a verdict of a rule: upheld, refuted, or exempted. Counts towards the rule's precision."""

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("成立")
        REFUTED = "refuted", _("误判")
        EXEMPTED = "exempted", _("例外")

    class Source(models.TextChoices):
        MENDED = "mended", _("按缺陷修改")
        APPEAL = "appeal", _("申诉")
        OVERRIDE = "override", _("越过拦截")
        REVIEW = "review", _("评审")

    rule = models.CharField(_("规则"), max_length=80)
    version = models.PositiveIntegerField(_("规则版本"))
    stay_id = models.CharField(_("住院编号"), max_length=64)
    outcome = models.CharField(_("结论"), max_length=12, choices=Outcome)
    source = models.CharField(_("来源"), max_length=12, choices=Source)
    key = models.CharField(max_length=96)  # the same judgement told twice counts once
    at = models.DateTimeField(_("时间"))

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("规则判断的结论")
        constraints = [models.UniqueConstraint(fields=["institution", "key"], name="rule_outcome_once")]
        indexes = [models.Index(fields=["institution", "rule", "outcome"], name="rule_outcome_by_rule")]


class KeyRecord(Protected):
    """A record that someone wants watched (重点病历), with the reason; it stands first in the lists."""

    stay_id = models.CharField(_("住院编号"), max_length=64)
    department = models.ForeignKey(
        "organisation.Department",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("科室"),
    )
    reason = models.CharField(_("理由"), max_length=200)
    picked_at = models.DateTimeField(_("标记时间"))
    picked_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("标记人")
    )
    ended_at = models.DateTimeField(_("取消时间"), null=True)
    ended_by = user_of(_("取消人"))

    protection = Protection(rows="department")

    class Meta:
        verbose_name = _("重点病历")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "stay_id"], condition=Q(ended_at=None), name="key_record_once"
            ),
            paired("ended_at", "ended_by", "key_record_ended"),
        ]
