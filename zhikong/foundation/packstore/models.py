"""The hospital's versions of definitions, the texts that are in use, and what an upgrade changed below them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.base import Protected, Protection, paired
from zhikong.foundation.packstore import rules
from zhikong.foundation.packstore.rules import State

USER = "access.User"


class Content(Protected):
    """A text that is in use or was: kept for ever under its hash, whatever becomes of the package."""

    kind = models.CharField(_("类别"), max_length=32)
    definition_id = models.CharField(_("编号"), max_length=80)
    version = models.PositiveIntegerField(_("版本"))
    hash = models.CharField(_("指纹"), max_length=16)
    origin = models.CharField(_("来源"), max_length=64)  # a pack's id, or 'hospital'
    title = models.CharField(_("名称"), max_length=200)
    text = models.TextField(_("正文"))
    kept_at = models.DateTimeField(_("保存时间"))

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("使用中的内容")
        constraints = [
            models.UniqueConstraint(fields=["institution", "kind", "hash"], name="packstore_content_once")
        ]

    def __str__(self):
        return f"{self.title} {self.version}"


class Version(Protected):
    """One version of a definition that the hospital writes: its own, or in place of a packaged one (its base)."""

    kind = models.CharField(_("类别"), max_length=32)
    definition_id = models.CharField(_("编号"), max_length=80)
    number = models.PositiveIntegerField(_("版本"))
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=[(s.value, n) for s, n in rules.STATE_NAMES.items()],
        default=State.DRAFT,
    )
    title = models.CharField(_("名称"), max_length=200)
    text = models.TextField(_("正文"))
    hash = models.CharField(_("指纹"), max_length=16)
    reason = models.CharField(_("修改依据"), max_length=300, blank=True)
    revision = models.PositiveIntegerField(
        default=1
    )  # raised by every edit: two people cannot overwrite each other
    base_pack = models.CharField(_("基于内容包"), max_length=64, blank=True)
    base_version = models.PositiveIntegerField(_("基于版本"), null=True)
    base_hash = models.CharField(_("基于指纹"), max_length=16, blank=True)
    author = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    editors = ArrayField(
        models.BigIntegerField(), default=list
    )  # everyone who wrote in it; none of them reviews it
    created_at = models.DateTimeField(_("新建时间"))
    changed_at = models.DateTimeField(_("修改时间"))
    changed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(_("送审时间"), null=True)
    submitted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(_("审核时间"), null=True)
    reviewed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("发布时间"), null=True)
    published_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    effective_from = models.DateField(_("生效日期"), null=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)
    withdrawn_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    ends_on = models.DateField(_("失效日期"), null=True)  # of a withdrawn one: the first day without it

    protection = Protection()

    class Meta:
        verbose_name = _("定义的版本")
        ordering = ["kind", "definition_id", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "kind", "definition_id", "number"], name="packstore_number_once"
            ),
            models.UniqueConstraint(
                fields=["institution", "kind", "definition_id"],
                condition=Q(state__in=rules.OPEN),
                name="packstore_one_open",
            ),
            models.UniqueConstraint(  # with rules.in_force: periods of a definition cannot overlap
                fields=["institution", "kind", "definition_id", "effective_from"],
                condition=Q(state__in=rules.FROZEN)
                & (Q(ends_on__isnull=True) | Q(ends_on__gt=F("effective_from"))),
                name="packstore_one_start",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | Q(author__isnull=True) | ~Q(reviewed_by=F("author")),
                name="packstore_reviewed_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(State.REVIEWED, *rules.FROZEN))
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="packstore_nothing_unreviewed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.FROZEN, effective_from__isnull=False, published_at__isnull=False)
                | (~Q(state__in=rules.FROZEN) & Q(effective_from=None, published_at=None)),
                name="packstore_published_from_a_day",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=State.WITHDRAWN, ends_on__gte=F("effective_from"), withdrawn_at__isnull=False
                )
                | (~Q(state=State.WITHDRAWN) & Q(ends_on=None, withdrawn_at=None)),
                name="packstore_withdrawn_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(base_pack="", base_version=None, base_hash="")
                | (Q(base_version__isnull=False) & ~Q(base_pack="") & ~Q(base_hash="")),
                name="packstore_base_complete",
            ),
            paired("submitted_at", "submitted_by", "packstore_submitted_pair"),
            paired("reviewed_at", "reviewed_by", "packstore_reviewed_pair"),
            paired("published_at", "published_by", "packstore_published_pair"),
            paired("withdrawn_at", "withdrawn_by", "packstore_withdrawn_pair"),
        ]
        indexes = [
            models.Index(
                fields=["institution", "kind", "definition_id"],
                condition=Q(state__in=rules.FROZEN),
                name="packstore_published",
            )
        ]

    def __str__(self):
        return f"{self.title} 第 {self.number} 版"

    @property
    def is_open(self) -> bool:
        return self.state in rules.OPEN


class VersionStep(Protected):
    """One line of a version's story: who did what, when, in which words."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    act = models.CharField(
        _("步骤"), max_length=12, choices=[(a.value, n) for a, n in rules.ACT_NAMES.items()]
    )
    text = models.TextField(_("内容"), blank=True)

    protection = Protection(append_only=True)

    class Meta:
        verbose_name = _("版本经过")
        ordering = ["at", "pk"]


class Upgrade(Protected):
    """The base of a published version changed with a new package: someone must say what becomes of it."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="upgrades")
    old_hash = models.CharField(max_length=16)
    new_hash = models.CharField(max_length=16, blank=True)  # empty: the new package no longer has it
    new_pack = models.CharField(max_length=64, blank=True)
    new_version = models.PositiveIntegerField(null=True)
    found_at = models.DateTimeField(_("发现时间"))
    settled_at = models.DateTimeField(_("处理时间"), null=True)
    settled_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("处理结果"), max_length=300, blank=True)
    draft = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")

    protection = Protection()

    class Meta:
        verbose_name = _("内容包升级的影响")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "version", "new_hash"], name="packstore_upgrade_once"
            ),
            paired("settled_at", "settled_by", "packstore_settled_pair", jobs_too=True),
        ]
