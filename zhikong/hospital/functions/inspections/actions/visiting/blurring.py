"""Hiding faces, beds and names in a photo: the person draws rectangles, the server makes the picture anew.

Nothing is recognised automatically: a model that finds faces would miss wristbands, bed cards and screens, and whoever
trusted it would look less. Until somebody has drawn or said that there is nothing to hide, only the visit's inspectors
can open the photo. The unblurred original is theirs alone, and is destroyed on demand or after a month.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.files import actions as files
from zhikong.foundation.forms.actions import save_answers
from zhikong.hospital.functions.inspections.actions.planning.steps import lock
from zhikong.hospital.functions.inspections.actions.visiting.context import Context, Outcome
from zhikong.hospital.functions.inspections.models.visiting import Media
from zhikong.hospital.functions.inspections.queries.planning.visits import inspects
from zhikong.hospital.functions.inspections.queries.visiting import exchange
from zhikong.hospital.functions.inspections.rules_sync import Status, media_of

MOST_REGIONS = 40
WHOLE = {"x": 0.0, "y": 0.0, "w": 1.0, "h": 1.0}


def regions_of(wish: Any) -> list[dict[str, float]]:
    """Rectangles as fractions of the upright picture; [] says that there is nothing to hide. Raises ValidationError."""
    if isinstance(wish, dict) and wish.get("none") is True:
        return []
    if isinstance(wish, dict) and wish.get("whole") is True:
        return [dict(WHOLE)]
    drawn = wish.get("regions") if isinstance(wish, dict) else wish
    if not isinstance(drawn, list) or not drawn or len(drawn) > MOST_REGIONS:
        raise ValidationError(_("请画出要遮挡的地方，或说明没有要遮挡的。"))
    return [_region(one) for one in drawn]


def _region(raw: Any) -> dict[str, float]:
    found = {name: raw.get(name) if isinstance(raw, dict) else None for name in "xywh"}
    if any(isinstance(n, bool) or not isinstance(n, int | float) for n in found.values()):
        raise ValidationError(_("遮挡的位置不对，请重新画。"))
    x, y = (min(1.0, max(0.0, float(found[name]))) for name in "xy")
    w, h = min(1.0 - x, max(0.0, float(found["w"]))), min(1.0 - y, max(0.0, float(found["h"])))
    if w <= 0 or h <= 0:
        raise ValidationError(_("遮挡的位置不对，请重新画。"))
    return {"x": round(x, 4), "y": round(y, 4), "w": round(w, 4), "h": round(h, 4)}


@transaction.atomic
def blur(row: Media, *, by, now: datetime, wish: Any) -> Media:
    """Hide what was drawn, always beginning from the original while it is there; sheets then show the new picture."""
    visit = lock(row.visit)
    row.refresh_from_db()
    if not inspects(by, visit):
        raise PermissionDenied(_("照片由这次检查的检查人遮挡。"))
    if row.file is None or row.kind != Media.Kind.PHOTO:
        raise ValidationError(_("照片还没有传完。"))
    regions = regions_of(wish)
    if regions:
        _replace(row, regions, by=by, now=now)
    elif row.original_id is not None:  # hidden before, and perhaps for somebody's sake
        raise ValidationError(_("这张照片已经遮挡；要改遮挡请重新画。"))
    row.regions, row.looked_at, row.looked_by = regions, now, by
    row.save()
    return row


def _replace(row: Media, regions: list[dict[str, float]], *, by, now: datetime) -> None:
    from zhikong.hospital.functions.inspections.actions.visiting.uploading import admit

    shown = row.file
    kept = row.original if row.original_deleted_at is None else None
    source = kept or shown  # once the original is gone, only more can be hidden
    made = files.blurred(source, by=by, now=now, regions=regions)
    admit(made, row.visit, by=by, now=now)
    _on_sheets(row, shown.pk, made.pk, by=by, now=now)
    if row.original_id is None:
        row.original = shown
    row.file = made


def _on_sheets(row: Media, old: int, new: int, *, by, now: datetime) -> None:
    """Every answer that shows the old picture shows the new one; the change stands in the answer's history."""
    for sheet in exchange.open_sheets(row.visit):
        changed = {
            name: [new if pk == old else pk for pk in value]
            for name, value in sheet.answers.items()
            if isinstance(value, list) and old in value
        }
        if changed and sheet.is_editable:
            save_answers(sheet, by=by, now=now, raw=changed)


@transaction.atomic
def delete_original(row: Media, *, by, now: datetime, reason: str) -> Media:
    """Destroy the unblurred picture; the trace of it stays: who, when, why, its sum."""
    visit = lock(row.visit)
    row.refresh_from_db()
    if by is not None and not inspects(by, visit) and visit.lead_id != by.pk:
        raise PermissionDenied(_("原图由这次检查的检查人删除。"))
    if row.original is None or row.original_deleted_at is not None:
        raise ValidationError(_("没有未遮挡的原图，或已经删除。"))
    files.destroy_superseded(row.original, by=by, now=now, reason=reason, copy=row.file)
    row.original_deleted_at, row.original_deleted_by = now, by
    row.save()
    return row


def from_phone(context: Context) -> Outcome:
    """Set or change what is hidden in a photo that was uploaded before."""
    named = media_of(context.one)
    row = Media.objects.filter(visit=context.visit, media_id__in=named).first()
    if row is None:
        raise ValidationError(_("没有这张照片。"))
    regions_of(context.one.value)
    if row.file_id is None:
        row.wish = context.one.value
        row.save(update_fields=["wish"])
        return Outcome(Status.STORED, _("照片传完后自动遮挡。"))
    blur(row, by=context.author, now=context.now, wish=context.one.value)
    return Outcome(Status.STORED)
