"""Tables of a visit in progress: what the phones sent, photos and voices, the exchange of views, what is proposed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.hospital.functions.inspections.models.programmes import who
from zhikong.hospital.functions.inspections.models.visits import Visit, of_visit
from zhikong.hospital.functions.inspections.rules_visiting import VOICE_NAMES


class Device(Protected):
    """A phone as one account uses it; another account on the same phone has a row of its own.

    drift: seconds that its clock was ahead of the server's when it last sent something.
    """

    user = who(_("使用人"))
    device_id = models.UUIDField(_("设备"))
    label = models.CharField(_("名称"), max_length=80, blank=True)
    first_seen_at = models.DateTimeField(_("首次使用"))
    last_seen_at = models.DateTimeField(_("最近使用"))
    drift = models.IntegerField(_("时钟偏差（秒）"), null=True)

    protection = Protection(audited=False)

    class Meta:
        verbose_name = _("检查用的手机")
        constraints = [
            models.UniqueConstraint(fields=["institution", "user", "device_id"], name="visit_device_once")
        ]

    def __str__(self):
        return self.label or str(self.device_id)[:8]


class Op(Protected):
    """One thing that a phone sent, as it came, and what became of it at once. Lines are only added.

    number: order of arrival within the visit; what a phone has seen is known by it. at: when it happened by the
    server's clock; phone_at: what the phone's clock said; drift: how far that clock was off then. base: revision of
    the sheet that the person had before the eyes; revision: of the sheet after it. digest: of the content, because
    one id must not come with two contents.
    """

    class Status(models.TextChoices):
        STORED = "stored", _("已记入")
        CONFLICT = "conflict", _("与另一答案不同，待选定")
        WAITING = "waiting", _("等待照片或录音")
        REFUSED = "refused", _("不能作为答案")
        SET_ASIDE = "set_aside", _("已搁置，待组长决定")
        OLD = "old", _("被同一手机后来的答案取代")
        CHOSEN = "chosen", _("已选定")
        PASSED_OVER = "passed_over", _("未选用")
        DROPPED = "dropped", _("决定不采用")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="ops")
    number = models.PositiveIntegerField()
    op_id = models.UUIDField()
    kind = models.CharField(_("内容"), max_length=12)
    sheet = models.ForeignKey("forms.Sheet", null=True, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(_("条目"), max_length=70, blank=True)
    value = models.JSONField(_("值"), null=True)
    base = models.PositiveBigIntegerField(default=0)
    of = models.UUIDField(null=True)
    digest = models.CharField(max_length=64)
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="ops")
    device_seq = models.PositiveBigIntegerField(default=0)
    author = who(_("填写人"))
    at = models.DateTimeField(_("发生时间"))
    received_at = models.DateTimeField(_("到达时间"))
    phone_at = models.DateTimeField(_("手机时间"), null=True)
    drift = models.IntegerField(_("时钟偏差（秒）"), null=True)
    status = models.CharField(_("结果"), max_length=12, choices=Status)
    why = models.CharField(_("说明"), max_length=400, blank=True)
    revision = models.PositiveIntegerField(null=True)

    protection = of_visit(append_only=True, sensitive=("value",))

    class Meta:
        verbose_name = _("手机传来的内容")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "op_id"], name="visit_op_once"),
            models.UniqueConstraint(fields=["visit", "number"], name="visit_op_number_once"),
        ]
        indexes = [
            models.Index(fields=["sheet", "item", "-number"], name="visit_op_item"),
            models.Index(fields=["device", "-device_seq"], name="visit_op_device"),
        ]

    def __str__(self):
        return f"{self.kind} {self.item}".strip()


class OpOutcome(Protected):
    """What became of an op later: its photo arrived, it was chosen, taken or dropped. The newest line counts."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+")
    op = models.ForeignKey(Op, on_delete=models.PROTECT, related_name="outcomes")
    status = models.CharField(_("结果"), max_length=12, choices=Op.Status)
    why = models.CharField(_("说明"), max_length=400, blank=True)
    revision = models.PositiveIntegerField(null=True)
    at = models.DateTimeField(_("时间"))
    by = who(_("由谁决定"), null=True)

    protection = of_visit(append_only=True)

    class Meta:
        verbose_name = _("手机内容的处理")
        ordering = ["pk"]


class Media(Protected):
    """A photo, voice note or drawn signature on its way from a phone, and the file that it became.

    file: what is shown; after blurring it is the blurred picture and `original` keeps the unblurred one until it is
    deleted. regions: what was blurred, fractions of width and height. looked_at: somebody drew rectangles or said that
    there is nothing to hide; until then only the visit's inspectors open the picture.
    """

    class Kind(models.TextChoices):
        PHOTO = "photo", _("照片")
        VOICE = "voice", _("录音")
        SIGNATURE = "signature", _("手写签名")

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="media")
    media_id = models.UUIDField()
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    name = models.CharField(_("文件名"), max_length=120)
    type = models.CharField(max_length=80, blank=True)
    total = models.PositiveBigIntegerField(_("字节数"))
    received = models.PositiveBigIntegerField(_("已收到"), default=0)
    by = who(_("拍摄人"))
    device_id = models.UUIDField(null=True)
    started_at = models.DateTimeField(_("开始上传"))
    done_at = models.DateTimeField(_("传完"), null=True)
    why = models.CharField(_("未能保存的原因"), max_length=400, blank=True)
    wish = models.JSONField(null=True)  # how the phone wants it blurred, until the picture is whole
    file = models.ForeignKey("files.File", null=True, on_delete=models.PROTECT, related_name="+")
    original = models.ForeignKey("files.File", null=True, on_delete=models.PROTECT, related_name="+")
    regions = models.JSONField(_("遮挡"), default=list)
    looked_at = models.DateTimeField(_("确认遮挡的时间"), null=True)
    looked_by = who(_("由谁确认"), null=True)
    original_deleted_at = models.DateTimeField(_("原图删除时间"), null=True)
    original_deleted_by = who(_("由谁删除"), null=True)

    protection = of_visit()

    class Meta:
        verbose_name = _("检查的照片与录音")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["institution", "media_id"], name="visit_media_once"),
            models.CheckConstraint(condition=Q(received__lte=models.F("total")), name="visit_media_received"),
            paired("looked_at", "looked_by", "visit_media_looked"),
            paired("original_deleted_at", "original_deleted_by", "visit_media_original", jobs_too=True),
        ]

    def __str__(self):
        return self.name


class MediaPiece(Protected):
    """A part of what is being uploaded; gone as soon as the file is whole. In the database, so that a process that
    dies, or another one that goes on, loses and doubles nothing."""

    media = models.ForeignKey(Media, on_delete=models.CASCADE, related_name="pieces")
    offset = models.PositiveBigIntegerField()
    content = models.BinaryField()

    protection = Protection(
        rows="parent", parent_table="inspections_media", parent_column="media_id", audited=False
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["media", "offset"], name="visit_piece_once")]


class Correction(Protected):
    """Put right before the inspectors' eyes (CAP-04): what was done, by whom, and the photos that show it."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="corrections")
    sheet = models.ForeignKey("forms.Sheet", on_delete=models.PROTECT, related_name="+")
    item = models.CharField(_("条目"), max_length=70)
    what = models.CharField(_("怎样纠正"), max_length=500)
    corrector = models.CharField(_("纠正人"), max_length=60, blank=True)
    media_ids = ArrayField(models.BigIntegerField(), default=list)
    op = models.ForeignKey(Op, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    by = who(_("见证的检查人"), null=True)

    protection = of_visit(append_only=True, sensitive=("what",))

    class Meta:
        verbose_name = _("当场纠正")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["sheet", "item"], name="visit_correction_item")]


class Exchange(Protected):
    """One line of the exchange of views before the conclusion (INS-23).

    by: the account that wrote it; speaker, post: who spoke, when that was somebody else at the inspector's phone.
    answers: the objection that a reply is to. items: ``sheet:item`` that it is about.
    """

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="exchange")
    voice = models.CharField(_("性质"), max_length=8, choices=[(v.value, n) for v, n in VOICE_NAMES.items()])
    text = models.TextField(_("内容"))
    speaker = models.CharField(_("发言人"), max_length=60, blank=True)
    post = models.CharField(_("职务"), max_length=60, blank=True)
    items = models.JSONField(default=list)
    answers = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="replies")
    op = models.ForeignKey(Op, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    by = who(_("记录人"), null=True)

    protection = of_visit(append_only=True)

    class Meta:
        verbose_name = _("意见交换")
        ordering = ["at", "pk"]
