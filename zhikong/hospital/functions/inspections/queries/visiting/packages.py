"""What a phone takes along into a ward without signal, and what it asks for afterwards. Plain JSON values.

Of patients a phone gets bed and initials, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.organisation import queries as organisation
from zhikong.foundation.organisation.models import Appointment
from zhikong.hospital.functions.inspections.models.ending import VisitSignature
from zhikong.hospital.functions.inspections.models.planning import Visit, VisitSheet
from zhikong.hospital.functions.inspections.models.visiting import Correction, Exchange
from zhikong.hospital.functions.inspections.queries.planning import samples
from zhikong.hospital.functions.inspections.queries.planning import visits as planning
from zhikong.hospital.functions.inspections.queries.visiting import exchange, ops
from zhikong.hospital.functions.inspections.queries.visiting.phone_forms import form_json
from zhikong.hospital.functions.inspections.rules_sync_clock import drift_sentence

HOURS_OFFLINE = 24
DAYS_AROUND = 31


def manifest(user, *, now: datetime) -> list[dict[str, Any]]:
    """The visits that this person inspects around today, the next first."""
    today, span = timezone.localdate(now), timedelta(days=DAYS_AROUND)
    rows = planning.mine(user).filter(planned_on__range=(today - span, today + span))
    return [_line(visit, user) for visit in rows]


def _line(visit: Visit, user) -> dict[str, Any]:
    lines = planning.sheets(visit)
    opened = [line.sheet for line in lines if line.sheet]
    return {
        **_head(visit),
        "role": "lead" if visit.lead_id == user.pk else "inspector",
        "sheets": len(lines) or len(visit.form_ids),
        "items": sum(sheet.asked for sheet in opened),
        "filled": sum(sheet.filled for sheet in opened),
    }


def _head(visit: Visit) -> dict[str, Any]:
    return {
        "id": visit.pk,
        "number": visit.number,
        "title": visit.title,
        "department": {"id": visit.department_id, "name": visit.department_name},
        "place": visit.place.name if visit.place else "",
        "place_code": visit.place.code if visit.place else "",
        "url": reverse("inspections:visit", args=[visit.pk]),
        "planned_on": visit.planned_on.isoformat(),
        "state": visit.state,
        "state_name": str(visit.get_state_display()),
        "notes": list(visit.notes),
    }


def package(visit: Visit, lines: Iterable[VisitSheet], *, now: datetime) -> dict[str, Any]:
    """Everything of one visit that can be known beforehand."""
    opened = [line for line in lines if line.sheet]
    ending = exchange.ending(visit)
    return {
        "visit": {
            **_head(visit),
            "inspectors": [
                {"id": one.user_id, "name": str(one.user), "lead": visit.lead_id == one.user_id}
                for one in planning.inspectors(visit)
            ],
            "comment_until": ending.comment_until.isoformat() if ending else None,
        },
        "forms": _forms(line.sheet for line in opened),
        "sheets": [_sheet(line, now) for line in opened],
        "people": people(visit, now=now),
        "departments": [
            {"id": one.id, "name": one.name} for one in organisation.departments(on=timezone.localdate(now))
        ],
        "sample": _sample(visit),
        "stops": _stops(visit),
        "expires_at": (now + timedelta(hours=HOURS_OFFLINE)).isoformat(),
        **changes(visit, since=""),
    }


def _forms(sheets: Iterable[Sheet]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for sheet in sheets:
        key = form_key(sheet)
        if key not in found:
            found[key] = form_json(forms.definition(sheet), forms.policy_of(sheet))
    return found


def form_key(sheet: Sheet) -> str:
    return f"{sheet.definition_id}@{sheet.definition_version}"


def _sheet(line: VisitSheet, now: datetime) -> dict[str, Any]:
    sheet = line.sheet
    return {
        "id": sheet.pk,
        "form": form_key(sheet),
        "title": line.title,
        "number": sheet.number,
        "state": sheet.state,
        "revision": sheet.revision,
        "inspector": line.inspector_id,
        "sample": line.item_id,
        "stop": line.stop_id,
        "superseded_by": superseded(sheet, now=now),
        "answers": _answers(sheet),
    }


def superseded(sheet: Sheet, *, now: datetime) -> dict[str, Any] | None:
    """The sentence for a form that was published anew after this sheet was opened; None when it was not."""
    current = forms.form(sheet.definition_id, on=timezone.localdate(now))
    if current is None or current.hash == sheet.definition_hash:
        return None
    why = _("“%(title)s”在检查期间发布了第 %(new)s 版；这次检查沿用打开时的第 %(old)s 版，不受影响。") % {
        "title": sheet.title,
        "new": current.version,
        "old": sheet.definition_version,
    }
    return {"version": current.version, "why": why}


def _answers(sheet: Sheet) -> dict[str, Any]:
    return {one["item"]: one for one in _changed(sheet, -1)}


def people(visit: Visit, *, now: datetime) -> list[dict[str, Any]]:
    """The staff of the inspected department by name: who was asked, who mended, who signs."""
    posts = Appointment.objects.filter(
        organisation.in_force(timezone.localdate(now)), department_id=visit.department_id
    ).select_related("person")
    found = {
        post.person_id: {
            "id": post.person_id,
            "name": post.person.name,
            "staff_number": post.person.staff_number,
        }
        for post in posts
    }
    return sorted(found.values(), key=lambda one: one["name"])


def _sample(visit: Visit) -> list[dict[str, Any]]:
    words = samples.labels(visit)
    rows = visit.sample.order_by("state", "position")
    return [
        {
            "id": one.pk,
            "of": one.of,
            "label": words.get(one.pk, one.label),
            "state": one.state,
            "reason": one.reason,
        }
        for one in rows
    ]


def _stops(visit: Visit) -> list[dict[str, Any]]:
    return [
        {"id": one.pk, "title": one.title, "department": one.department_name, "questions": one.questions}
        for one in visit.stops.order_by("position")
    ]


def changes(visit: Visit, *, since: str) -> dict[str, Any]:
    """What a phone has not seen. since: the cursor it was last given, '' for everything."""
    seen = _seen(since)
    sheets = exchange.open_sheets(visit)
    return {
        "cursor": cursor(visit, sheets),
        "state": visit.state,
        "state_name": str(visit.get_state_display()),
        "answers": [one for sheet in sheets for one in _changed(sheet, seen.get(sheet.pk, 0))],
        "revisions": {str(sheet.pk): sheet.revision for sheet in sheets},
        "conflicts": [_conflict(op) for op in ops.open_conflicts(visit)],
        "corrections": _corrections(visit),
        "exchange": [_said(one) for one in exchange.said(visit)],
        "signatures": [_signed(one) for one in exchange.signatures(visit)],
        "ops": ops.last_number(visit),
    }


def cursor(visit: Visit, sheets: Iterable[Sheet]) -> str:
    """Where each sheet stands; a phone gives it back and does not look inside."""
    return "-".join(f"{sheet.pk}.{sheet.revision}" for sheet in sheets)


def _seen(since: str) -> dict[int, int]:
    found = {}
    for part in since[:4000].split("-"):
        sheet, _dot, revision = part.partition(".")
        if sheet.isdecimal() and revision.isdecimal() and len(sheet) < 19 and len(revision) < 19:
            found[int(sheet)] = int(revision)
    return found


def _changed(sheet: Sheet, revision: int) -> list[dict[str, Any]]:
    if sheet.revision <= revision:
        return []
    edits = forms.latest_edits(sheet)
    return [
        {"sheet": sheet.pk, "item": name, **ops.as_current(edit)}
        for name, edit in edits.items()
        if edit.revision > revision
    ]


def _conflict(op) -> dict[str, Any]:
    return {"sheet": op.sheet_id, **ops.as_history(op), "current": ops.current(op.sheet, op.item)}


def _corrections(visit: Visit) -> list[dict[str, Any]]:
    rows = Correction.objects.filter(visit=visit).select_related("by")
    return [
        {
            "sheet": one.sheet_id,
            "item": one.item,
            "what": one.what,
            "who": one.corrector,
            "by": str(one.by),
            "at": one.at.isoformat(),
            "photos": len(one.media_ids),
        }
        for one in rows
    ]


def _said(one: Exchange) -> dict[str, Any]:
    return {
        "id": one.pk,
        "kind": one.voice,
        "kind_name": str(one.get_voice_display()),
        "text": one.text,
        "name": one.speaker,
        "post": one.post,
        "by": str(one.by or ""),
        "at": one.at.isoformat(),
        "items": one.items,
        "answers": one.answers_id,
    }


def _signed(one: VisitSignature) -> dict[str, Any]:
    return {
        "role": one.role,
        "name": one.name,
        "how": one.how,
        "how_name": str(one.get_how_display()),
        "by": str(one.by or ""),
        "at": one.at.isoformat(),
        "confirmed": one.user_id is not None or one.confirmed_by.exists(),
    }


def clock_note(drift: int | None) -> str:
    """The sentence about a phone whose clock is off; '' when it is right."""
    return drift_sentence(drift)
