"""Trying a changed definition, and saying that the change was seen: without it nothing is published (F-09)."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import gateway
from zhikong.foundation.packstore.models import Version
from zhikong.hospital.functions.indicators import previewing
from zhikong.hospital.functions.indicators.models import ChangePreview, PreviewSeen
from zhikong.hospital.functions.indicators.queries.previews import preview_of, seen_by, texts
from zhikong.hospital.functions.indicators.queries.small_cells import restriction


@transaction.atomic
def preview_change(version: Version, *, by, now: datetime) -> ChangePreview:
    """Compute the last finished months under the text in force and under the version's; both are kept.

    Raises ValidationError for a text with problems, and for readers from whom small numbers are hidden.
    """
    require(by, Permission.EDIT_DEFINITIONS)
    said = texts(version)
    if said.new is None:
        raise ValidationError(_("正文还有问题没有改好，改好后才能试算。"))
    rule = restriction()
    if rule is not None and rule.covers(said.new.id):
        raise ValidationError(_("按小数隐藏的规定，您不能看逐科室的试算结果，请由质控科操作。"))
    result = previewing.preview(said.old, said.new, now=now, by=by)
    months = result["months"]
    return ChangePreview.objects.create(
        institution_id=current_scope().institution_id,
        version=version,
        text_hash=version.hash,
        old_hash=said.old_hash,
        data_version=gateway.published().data_version,
        first_month=months[0] if months else "",
        last_month=months[-1] if months else "",
        result=result,
        computed_at=now,
        computed_by=by,
    )


@transaction.atomic
def confirm_preview(version: Version, *, by, now: datetime) -> PreviewSeen:
    """Record that a person saw the preview of the version as it stands."""
    require(by, Permission.EDIT_DEFINITIONS)
    found = preview_of(texts(version))
    if found is None:
        raise ValidationError(_("正文或现行口径在试算之后变了，请重新试算。"))
    seen, _created = PreviewSeen.objects.get_or_create(
        preview=found, by=by, institution_id=current_scope().institution_id, defaults={"at": now}
    )
    return seen


def refuse_unseen(version: Version, *, by) -> None:
    """For the pack store, before it publishes: whoever publishes must have seen what changes."""
    said = texts(version)
    if said.old is not None and said.new is not None and said.old.hash == said.new.hash:
        return  # only words, owners or targets differ: no number changes
    if seen_by(said, by) is None:
        raise ValidationError(
            _("发布前请先看“口径变化预览”并确认：近 12 个月会怎样变，哪些病例和科室受影响。")
        )
