"""Tables of sealing (封存): what was sealed before whom, where it lies, who signed, when it was opened again."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.complaints.models.disputes import Audience, Dispute, person

CHILD = Protection(rows="parent", parent_table="complaints_sealing", parent_column="sealing_id")


class Sealing(Audience):
    """One envelope or bag. kind: a record, or things. It may come before there is a dispute.

    unfinished: the record was not finished; what is written later is sealed by a sealing whose ``continues`` is this.
    patient_side: whether the patient's side took part, or refused; then a notary signed (absent_reason says why).
    alone: opened after the years of the rules without both sides; open_reason says that the notice was given.
    """

    class Kind(models.TextChoices):
        RECORD = "record", _("病历")
        ITEM = "item", _("实物")

    class State(models.TextChoices):
        DRAFT = "draft", _("待双方签名")
        SEALED = "sealed", _("封存中")
        OPENED = "opened", _("已启封")
        DROPPED = "dropped", _("未封存")

    department_name = models.CharField(max_length=80)
    dispute = models.ForeignKey(Dispute, null=True, on_delete=models.PROTECT, related_name="sealings")
    continues = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="later")
    number = models.CharField(_("编号"), max_length=24)
    kind = models.CharField(_("种类"), max_length=8, choices=Kind)
    stay_id = models.CharField(_("住院编号"), max_length=64, blank=True)
    patient = models.CharField(_("患者"), max_length=60)
    reason = models.CharField(_("事由"), max_length=200)
    place = models.CharField(_("封存地点"), max_length=120)
    seal_number = models.CharField(_("封条编号"), max_length=60)
    kept_at = models.CharField(_("保管处"), max_length=120)
    custodian = person(_("保管人"))
    originals = models.BooleanField(_("封存的是原件"), default=False)
    copies_given = models.PositiveSmallIntegerField(_("交患方的复制件页数"), default=0)
    unfinished = models.BooleanField(_("病历尚未完成"), default=False)
    absent_reason = models.CharField(_("患方不到场或拒绝的情况"), max_length=200, blank=True)
    tester = models.CharField(_("双方选定的检验机构"), max_length=120, blank=True)
    told = models.CharField(_("已通知"), max_length=120, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.DRAFT)
    made_at = models.DateTimeField(_("登记时间"))
    made_by = person(_("登记人"))
    sealed_at = models.DateTimeField(_("封存时间"), null=True)
    sealed_by = person(_("封存人"), null=True)
    opened_at = models.DateTimeField(_("启封时间"), null=True)
    opened_by = person(_("启封人"), null=True)
    open_reason = models.CharField(_("启封理由"), max_length=300, blank=True)
    open_state = models.CharField(_("启封时封条情况"), max_length=120, blank=True)
    alone = models.BooleanField(_("满期自行启封"), default=False)

    protection = Protection(
        rows="participants", sensitive=("patient", "reason", "absent_reason", "open_reason")
    )

    class Meta:
        verbose_name = _("封存")
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="sealing_number_once"),
            models.UniqueConstraint(
                fields=["institution", "seal_number"], condition=~Q(state="dropped"), name="seal_used_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind="record") | ~Q(stay_id=""), name="sealed_record_has_a_stay"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "dropped"], sealed_at=None, opened_at=None)
                | Q(state="sealed", sealed_at__isnull=False, opened_at=None)
                | (Q(state="opened", sealed_at__isnull=False, opened_at__isnull=False) & ~Q(open_reason="")),
                name="sealing_state_has_its_times",
            ),
            paired("sealed_at", "sealed_by", "sealing_sealed_pair"),
            paired("opened_at", "opened_by", "sealing_opened_pair"),
        ]
        indexes = [models.Index(fields=["institution", "state", "sealed_at"], name="sealing_state_when")]

    def __str__(self):
        return self.number


class SealedItem(Protected):
    """One line of the list. pages: of a document; quantity and batch: of a thing."""

    sealing = models.ForeignKey(Sealing, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=24, blank=True)
    name = models.CharField(_("名称"), max_length=120)
    pages = models.PositiveIntegerField(_("页数"), null=True)
    quantity = models.CharField(_("数量"), max_length=40, blank=True)
    batch = models.CharField(_("批号或编号"), max_length=60, blank=True)
    condition = models.CharField(_("外观与保存条件"), max_length=120, blank=True)

    protection = CHILD

    class Meta:
        verbose_name = _("封存清单")
        constraints = [
            models.CheckConstraint(
                condition=Q(pages__gt=0) | ~Q(quantity=""), name="sealed_item_has_an_amount"
            )
        ]


class SealSignature(Protected):
    """A signature at the sealing or the opening: strokes between 0 and 1000 as the pad gives them, or an account.

    Only an account proves who signed; a drawn one is kept and marked as what it is.
    """

    class Act(models.TextChoices):
        SEAL = "seal", _("封存")
        OPEN = "open", _("启封")

    class Side(models.TextChoices):
        HOSPITAL = "hospital", _("医方")
        PATIENT = "patient", _("患方")
        WITNESS = "witness", _("见证人")
        NOTARY = "notary", _("公证人员")

    sealing = models.ForeignKey(Sealing, on_delete=models.PROTECT, related_name="signatures")
    act = models.CharField(_("环节"), max_length=8, choices=Act)
    side = models.CharField(_("一方"), max_length=12, choices=Side)
    name = models.CharField(_("姓名"), max_length=60)
    relation = models.CharField(_("身份或与患者的关系"), max_length=60)
    strokes = models.JSONField(null=True)
    account = person(_("账号"), null=True)
    at = models.DateTimeField(_("签名时间"))
    by = person(_("在谁的设备上"))

    protection = Protection(
        rows="parent", parent_table="complaints_sealing", parent_column="sealing_id", append_only=True,
        sensitive=("name", "relation", "strokes"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("封存签名")
        constraints = [
            models.CheckConstraint(
                condition=Q(strokes__isnull=False) | Q(account__isnull=False), name="seal_signature_is_one"
            )
        ]


class RecordLock(Protected):
    """A record that is locked by a sealing. Everybody may know that it is; who and why stand with the sealing."""

    sealing = models.OneToOneField(Sealing, on_delete=models.PROTECT, related_name="lock")
    stay_id = models.CharField(_("住院编号"), max_length=64)
    sealed_at = models.DateTimeField(_("封存时间"))
    unsealed_at = models.DateTimeField(_("启封时间"), null=True)

    protection = Protection()

    class Meta:
        verbose_name = _("锁定的病历")
        indexes = [
            models.Index(
                fields=["institution", "stay_id"], condition=Q(unsealed_at=None), name="record_locked_now"
            )
        ]
