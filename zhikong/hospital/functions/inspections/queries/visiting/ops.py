"""Reads of what phones sent: what an op stands at now, conflicts, history, what of a device is here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.definition import ItemType
from zhikong.foundation.forms.models import Sheet, SheetEdit
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Device, Media, Op, OpOutcome
from zhikong.hospital.functions.inspections.rules_sync import FILES, SAMPLE, Kind
from zhikong.hospital.functions.inspections.rules_sync_clock import drift_sentence

Status = Op.Status
UNDECIDED = (Status.SET_ASIDE,)


@dataclass(frozen=True)
class Standing:
    """What an op is now: its own first result, or the newest line after it."""

    status: str
    why: str
    revision: int | None


def with_standing(rows: QuerySet[Op]) -> QuerySet[Op]:
    """Adds ``now_status``, ``now_why`` and ``now_by`` of the newest line to each op."""
    newest = OpOutcome.objects.filter(op=OuterRef("pk")).order_by("-pk")
    return rows.annotate(
        now_status=Coalesce(Subquery(newest.values("status")[:1]), "status"),
        now_why=Coalesce(Subquery(newest.values("why")[:1]), "why"),
        now_revision=Coalesce(Subquery(newest.values("revision")[:1]), "revision"),
    )


def of(visit: Visit) -> QuerySet[Op]:
    """All ops of a visit in the order of their arrival."""
    rows = Op.objects.filter(visit=visit).select_related("author", "device", "sheet")
    return with_standing(rows).order_by("number")


def standing(op: Op) -> Standing:
    last = op.outcomes.order_by("-pk").first()
    found = last or op
    return Standing(found.status, found.why, found.revision)


def last_number(visit: Visit) -> int:
    return Op.objects.filter(visit=visit).aggregate(n=Max("number"))["n"] or 0


def open_conflicts(visit: Visit, *, sheet_id: int | None = None, item: str = "") -> list[Op]:
    """Answers that stand beside another one until a person chooses."""
    rows = of(visit).filter(now_status=Status.CONFLICT)
    if sheet_id is not None:
        rows = rows.filter(sheet_id=sheet_id, item=item)
    return list(rows)


def undecided(visit: Visit) -> list[Op]:
    """What was put aside and waits for the lead inspector's decision."""
    return list(of(visit).filter(now_status__in=UNDECIDED))


def waiting(visit: Visit) -> list[Op]:
    """What waits for a photo or a voice note."""
    return list(of(visit).filter(now_status=Status.WAITING))


def refused(visit: Visit) -> list[Op]:
    """What could not become an answer and was never replaced by a later answer to the same item."""
    rows = list(of(visit).filter(now_status=Status.REFUSED, kind__in=[Kind.ANSWER, Kind.FIXED]))
    later = of(visit).filter(now_status__in=[Status.STORED, Status.CHOSEN], kind=Kind.ANSWER)
    answered = {(op.sheet_id, op.item): op.number for op in later}
    return [op for op in rows if answered.get((op.sheet_id, op.item), 0) < op.number]


def current(sheet: Sheet | None, item: str) -> dict[str, Any] | None:
    """The answer that stands on the sheet, with who gave it and when."""
    last = None if sheet is None else forms.latest_edits(sheet, [item]).get(item)
    return None if last is None else as_current(last)


def for_phone(sheet: Sheet, name: str, value: Any) -> Any:
    """An answer as a phone may know it: of a patient, which of the drawn ones it is, and never a key."""
    item = forms.definition(sheet).item(name)
    if item is None or item.type is not ItemType.PATIENT or value is None:
        return value
    drawn = sheet.visit_sheet.visit.sample.filter(patient_key=value).first()
    return f"{SAMPLE}{drawn.pk if drawn else ''}"


def as_current(edit: SheetEdit) -> dict[str, Any]:
    """The newest answer to an item, for a phone."""
    return {
        "value": for_phone(edit.sheet, edit.item, edit.value),
        "by": str(edit.by or ""),
        "by_id": edit.by_id,
        "at": edit.at.isoformat(),
        "rev": edit.revision,
    }


def history(sheet: Sheet, item: str) -> list[Op]:
    """Every answer to an item that a phone sent, the newest first, whatever became of it."""
    names = [item, item + FILES]
    rows = Op.objects.filter(sheet=sheet, item__in=names).select_related("author", "device")
    return list(with_standing(rows).order_by("-number"))


def as_history(op: Op) -> dict[str, Any]:
    """One line of an item's history, for the phone."""
    return {
        "op": str(op.op_id),
        "item": op.item,
        "value": op.value,
        "by": str(op.author),
        "by_id": op.author_id,
        "at": op.at.isoformat(),
        "phone_at": op.phone_at.isoformat() if op.phone_at else None,
        "drift": op.drift,
        "drift_note": drift_sentence(op.drift),
        "device": str(op.device.device_id),
        "status": op.now_status,
        "why": op.now_why,
        "rev": op.now_revision,
    }


def missing_media(visit: Visit, *, author) -> list[str]:
    """Media that waiting ops of a person speak of and that have not arrived whole."""
    from zhikong.hospital.functions.inspections.queries.visiting.media import unfinished

    named = [one for op in waiting(visit) if op.author_id == author.pk for one in media_of_op(op)]
    return unfinished(visit, named)


def media_of_op(op: Op) -> list[str]:
    """The media ids that a stored op speaks of."""
    from zhikong.hospital.functions.inspections.rules_sync import UUID

    value = op.value
    after = value.get("after") if isinstance(value, dict) else None
    listed: Iterable[Any] = value if isinstance(value, list) else (after if isinstance(after, list) else [])
    more = [value.get("media")] if isinstance(value, dict) else []
    return [one for one in (*listed, *more) if isinstance(one, str) and UUID.fullmatch(one)]


def devices_of(visit: Visit) -> list[Device]:
    """The phones that sent something, the latest first."""
    return list(
        Device.objects.filter(ops__visit=visit).distinct().select_related("user").order_by("-last_seen_at")
    )


def held(visit: Visit, *, user, device_id: str) -> dict[str, Any]:
    """What of a device stands here: after the phone's storage was cleared one knows what is safe."""
    rows = Op.objects.filter(visit=visit, author=user, device__device_id=device_id)
    device = Device.objects.filter(user=user, device_id=device_id).first()
    media = Media.objects.filter(visit=visit, by=user, device_id=device_id).order_by("pk")
    return {
        "ops": rows.count(),
        "last_seq": rows.aggregate(n=Max("device_seq"))["n"] or 0,
        "media": [
            {
                "id": str(one.media_id),
                "received": one.received,
                "total": one.total,
                "done": one.file_id is not None,
            }
            for one in media
        ],
        "drift_seconds": device.drift if device else None,
    }
