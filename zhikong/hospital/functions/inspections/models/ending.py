"""How a visit ends: signatures, the ending, what is proposed from it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, paired
from zhikong.hospital.functions.inspections.models.programmes import who
from zhikong.hospital.functions.inspections.models.visiting import Media
from zhikong.hospital.functions.inspections.models.visits import Visit, of_visit


class VisitSignature(Protected):
    """Who signed what stood there. revisions: of the sheets, by id.

    how: by account and password; drawn or, by who cannot draw, typed on the phone, where nobody checked who did; or
    such a one that the person confirmed later with the own account.
    """

    class Role(models.TextChoices):
        INSPECTED = "inspected", _("被检科室")
        INSPECTOR = "inspector", _("检查人")

    class How(models.TextChoices):
        ACCOUNT = "account", _("本人账号密码")
        DRAWN = "drawn", _("手写，身份未核对")
        TYPED = "typed", _("键盘输入，身份未核对")
        CONFIRMED = "confirmed", _("本人账号事后确认")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="signatures")
    sign_id = models.UUIDField()
    role = models.CharField(_("一方"), max_length=10, choices=Role)
    how = models.CharField(_("方式"), max_length=10, choices=How)
    name = models.CharField(_("姓名"), max_length=60)
    user = who(_("账号"), null=True)
    strokes = models.JSONField(null=True)
    media = models.ForeignKey(Media, null=True, on_delete=models.PROTECT, related_name="+")
    confirms = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="confirmed_by")
    revisions = models.JSONField(default=dict)
    at = models.DateTimeField(_("时间"))
    by = who(_("在谁的手机上"), null=True)

    protection = of_visit(append_only=True, sensitive=("strokes",))

    class Meta:
        verbose_name = _("检查签名")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "sign_id"], name="visit_signature_once"),
            models.CheckConstraint(
                condition=Q(how__in=["drawn", "typed"]) | Q(user__isnull=False), name="visit_signature_whose"
            ),
        ]


class Ending(Protected):
    """How the work on the spot ended, until when the inspected side may comment, and what was concluded.

    unknown: ``sheet:item`` → why it stayed open. waived: why nobody waited for a comment.
    """

    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="ending")
    finished_at = models.DateTimeField(_("结束现场检查"))
    finished_by = who(_("由谁结束"), null=True)
    comment_until = models.DateField(_("意见期限"))
    unknown = models.JSONField(default=dict)
    note = models.TextField(_("现场小结"), blank=True)
    text = models.TextField(_("结论"), blank=True)
    waived = models.CharField(_("不再等待的理由"), max_length=300, blank=True)

    protection = of_visit()

    class Meta:
        verbose_name = _("检查的结束")


class Proposal(Protected):
    """A failed item that becomes a finding at the conclusion, unless the lead inspector says why not."""

    class Decision(models.TextChoices):
        RAISE = "raise", _("提出问题")
        DROP = "drop", _("不提出")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="proposals")
    sheet = models.ForeignKey("forms.Sheet", on_delete=models.PROTECT, related_name="+")
    item = models.CharField(_("条目"), max_length=70)
    clause_key = models.CharField(max_length=140)
    title = models.CharField(_("问题"), max_length=120)
    detail = models.TextField(_("事实"))
    severity = models.CharField(_("程度"), max_length=8)
    opinion = models.TextField(_("整改意见"), blank=True)
    decision = models.CharField(_("处理"), max_length=6, choices=Decision, default=Decision.RAISE)
    reason = models.CharField(_("不提出的理由"), max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = who(null=True)
    finding_id = models.BigIntegerField(null=True)

    protection = of_visit(sensitive=("detail",))

    class Meta:
        verbose_name = _("拟提出的问题")
        ordering = ["sheet_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "item"], name="visit_proposal_once"),
            models.CheckConstraint(
                condition=Q(decision="raise") | ~Q(reason=""), name="visit_proposal_dropped_why"
            ),
            paired("decided_at", "decided_by", "visit_proposal_decided"),
        ]
