"""Importing the organisation: a list is staged, compared, decided upon, and applied as a whole or not at all.

preview(kind=, path=, on=)                 what a file would change; nothing is written
stage(by=, now=, kind=, path=, name=)      keep the file's rows until somebody confirms or discards them
proposal(staged, now=)                     what the kept rows would change today, with the decisions so far
decide / apply / discard
load(…)                                    stage and apply at once what needs no decision: for commands
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.organisation.importing import (
    committees,
    deciding,
    departments,
    known,
    likeness,
    parsing,
    staff,
    tables,
    writing,
)
from zhikong.foundation.organisation.importing.queries import KINDS
from zhikong.foundation.organisation.importing.shapes import Line, Proposal, Row
from zhikong.foundation.organisation.models import OrganisationImport
from zhikong.foundation.organisation.rules import NotInOrder
from zhikong.intake.textfiles import fingerprint

State = OrganisationImport.State
HISTORY = 5  # years before this one from which new departments are known, so that old data find them
KEPT_HELD = 500


@dataclass(frozen=True)
class Loaded:
    """What a command tells: the import, its counts, the rows that were left out, unknown departments, other notes."""

    staged: OrganisationImport
    counts: dict[str, int]
    proposal: Proposal


def preview(*, kind: str, path: Path, on: date) -> Proposal:
    """What a file would change from a day on. Raises FileRefused."""
    parsed = parsing.parse(tables.read(path), _known_kind(kind))
    return _compare(kind, parsed.rows, parsed.notes(), {}, on)


@transaction.atomic
def stage(
    *, by, now: datetime, kind: str, path: Path, name: str, on: date | None = None
) -> OrganisationImport:
    """Keep the rows of a file for a decision; an earlier list of the same kind that still waits is discarded.

    on: from when changes hold, today when not given. Raises FileRefused and NotInOrder.
    """
    require(by, Permission.MANAGE_ORGANISATION)
    parsed = parsing.parse(tables.read(path), _known_kind(kind))
    for waiting in OrganisationImport.objects.filter(kind=kind, state=State.PROPOSED):
        _close(waiting, State.DISCARDED, by, now, {})
    return OrganisationImport.objects.create(
        institution_id=current_scope().institution_id,
        kind=kind,
        file_name=Path(name).name[:200],
        fingerprint=fingerprint(path),
        effective_on=on or timezone.localdate(now),
        rows=parsed.rows,
        notes=parsed.notes(),
        uploaded_at=now,
        uploaded_by=by,
    )


def proposal(staged: OrganisationImport) -> Proposal:
    """What a waiting list would change, compared with what is registered at this moment."""
    return _compare(staged.kind, staged.rows, staged.notes, staged.decisions, staged.effective_on)


@transaction.atomic
def decide(*, by, pk: int, decisions: Row) -> None:
    """Keep decisions of a waiting list: ``departments`` {name: id or "skip"}, and lists of keys: ``renames`` staff
    numbers, ``left`` keys of the missing, ``accept`` names of bodies."""
    require(by, Permission.MANAGE_ORGANISATION)
    staged = _waiting(pk)
    staged.decisions = {**staged.decisions, **{k: v for k, v in decisions.items() if k in deciding.KEYS}}
    staged.save(update_fields=["decisions"])


@transaction.atomic
def apply(*, by, now: datetime, pk: int) -> dict[str, int]:
    """Write everything that needs no further decision; returns the counts. All or nothing."""
    require(by, Permission.MANAGE_ORGANISATION)
    staged = _waiting(pk)
    on = staged.effective_on
    _aliases(staged, on)
    made = proposal(staged)
    if staged.kind == "departments":
        writing.departments(made, by=by, on=on, since=date(timezone.localdate(now).year - HISTORY, 1, 1))
    elif staged.kind == "staff":
        writing.staff(made, by=by, now=now, on=on)
    else:
        writing.committees(made, by=by, now=now, on=on)
    _close(staged, State.APPLIED, by, now, made.counts, made.held)
    return made.counts


@transaction.atomic
def discard(*, by, now: datetime, pk: int) -> None:
    """Give a waiting list up; nothing of it was written."""
    require(by, Permission.MANAGE_ORGANISATION)
    _close(_waiting(pk), State.DISCARDED, by, now, {})


@transaction.atomic
def load(
    *, by, now: datetime, kind: str, path: Path, name: str, on: date | None = None, accept: bool = False
) -> Loaded:
    """Stage a file and apply what needs no decision. accept: likely departments are taken for what they resemble, and
    incomplete groups are registered as they are. Nobody is ended, whoever is missing."""
    staged = stage(by=by, now=now, kind=kind, path=path, name=name, on=on)
    if accept:
        found = proposal(staged)
        sure = {one.name: likeness.sure(one.likely) for one in found.unknown}
        decide(
            by=by,
            pk=staged.pk,
            decisions={
                "departments": {name: str(pk) for name, pk in sure.items() if pk},
                "accept": [
                    one.key.removeprefix("accept:") for one in found.held if one.key.startswith("accept:")
                ],
            },
        )
        if kind == "committees":  # groups whose department has just been decided are judged anew
            staged.refresh_from_db()
            held = [one.key for one in proposal(staged).held if one.key.startswith("accept:")]
            decide(by=by, pk=staged.pk, decisions={"accept": [key.removeprefix("accept:") for key in held]})
        staged.refresh_from_db()
    made = proposal(staged)
    made.unknown = [one for one in made.unknown if not one.chosen]
    counts = apply(by=by, now=now, pk=staged.pk)
    staged.refresh_from_db()
    return Loaded(staged, counts, made)


def _known_kind(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"unknown kind of list: {kind}")
    return kind


def _compare(kind: str, rows: list[Row], notes: Row, decisions: Row, on: date) -> Proposal:
    world, columns = known.world(on=on), notes.get("columns", {})
    if kind == "departments":
        made = departments.compare(rows, world, decisions=decisions, columns=columns)
    elif kind == "staff":
        made = staff.compare(rows, world, on=on, decisions=decisions, columns=columns)
    else:
        made = committees.compare(rows, world, decisions=decisions)
    bad = [Line("", p["row"], p["who"], p["reason"]) for p in notes.get("problems", ())]
    made.held, made.notes = [*bad, *made.held], notes
    return made


def _aliases(staged: OrganisationImport, on: date) -> None:
    """Names that were decided to mean a department become its aliases, before the rows that use them are written."""
    found = deciding.Departments(known.world(on=on), staged.decisions).aliases()
    used = {row.get("department", "") for row in staged.rows} | {row.get("body", "") for row in staged.rows}
    writing.aliases({name: pk for name, pk in found.items() if name in used or staged.kind == "committees"})


def _waiting(pk: int) -> OrganisationImport:
    staged = OrganisationImport.objects.select_for_update().filter(pk=pk).first()
    if staged is None or staged.state != State.PROPOSED:
        raise NotInOrder("这份清单已经导入、已放弃或被新的清单替换，请回到导入页面查看。")
    return staged


def _close(staged, state: str, by, now: datetime, counts: dict[str, int], held: list[Line] = ()) -> None:
    """The rows go; what was left out stays with its reason, so that it can be mended."""
    staged.state, staged.closed_at, staged.closed_by, staged.counts = state, now, by, counts
    staged.rows, staged.decisions = [], {}
    left_out = [{"row": one.row, "who": one.who, "what": one.what} for one in held[:KEPT_HELD]]
    staged.notes = {"columns": staged.notes.get("columns", {}), "held": left_out}
    staged.save()
