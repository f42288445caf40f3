"""Typing, pasting, submitting. A row is kept as it is typed, also with faults: only the sheet as a whole is judged."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.hospital.functions.reporting import permissions, queries
from zhikong.hospital.functions.reporting.actions import steps
from zhikong.hospital.functions.reporting.definition.model import Item, ReportingSet
from zhikong.hospital.functions.reporting.library import set_of
from zhikong.hospital.functions.reporting.models import FigureEntry, FigureSheet
from zhikong.hospital.functions.reporting.rules import Act, Cell


@transaction.atomic
def save_row(
    sheet: FigureSheet, *, by, now: datetime, item: str, cell: Cell, edits: int | None = None
) -> FigureEntry:
    """Keep one row as it was typed.

    edits: how often the row had been changed when the person saw it; another person's change since then is not
    written over, it is refused with that person's name.
    """
    found = typing(sheet, by)
    known = item_of(found, item)
    entry = FigureEntry.objects.select_for_update(of=("self",)).filter(sheet=sheet, item=item).first()
    if entry is not None and edits is not None and entry.edits > edits and entry.typed_by_id != by.pk:
        raise ValidationError(f"{entry.typed_by} 刚刚改过“{known.title}”，请刷新后核对。", code="stale")
    return _written(entry, sheet, known, cell, by, now)


@transaction.atomic
def save_rows(sheet: FigureSheet, *, by, now: datetime, cells: Mapping[str, Cell]) -> int:
    """Keep several rows, as a pasted block gives them; rows that are not named stay. Gives how many changed."""
    found = typing(sheet, by)
    known = {e.item: e for e in FigureEntry.objects.select_for_update(of=("self",)).filter(sheet=sheet)}
    changed = 0
    for code, cell in cells.items():
        item, before = item_of(found, code), known.get(code)
        if cell != (before.cell() if before else Cell()):
            _written(before, sheet, item, cell, by, now)
            changed += 1
    return changed


def typing(sheet: FigureSheet, by) -> ReportingSet:
    """Lock the sheet for typing; refuses who may not, and a sheet that is out of the department's hands."""
    sheet.refresh_from_db(from_queryset=FigureSheet.objects.select_for_update(of=("self",)))
    found = set_of(sheet)
    permissions.require_fill(by, found, sheet.department_id)
    if not sheet.is_open:
        state = sheet.get_state_display()
        raise ValidationError(f"填报单{state}，不能再改。要改已接收的数，请先申请更正。")
    return found


def item_of(found: ReportingSet, code: str) -> Item:
    item = found.item(code)
    if item is None:
        raise ValidationError(f"这张填报单里没有“{code}”这一项。")
    return item


def _written(entry, sheet: FigureSheet, item: Item, cell: Cell, by, now: datetime) -> FigureEntry:
    said = asdict(cell) | {"denominator": None if item.counts_only else cell.denominator}
    said.pop("files")
    if entry is None:
        entry = FigureEntry(institution_id=sheet.institution_id, sheet=sheet, item=item.id)
        entry.department_id = sheet.department_id
    for name, value in said.items():
        setattr(entry, name, value)
    entry.typed_at, entry.typed_by, entry.edits = now, by, entry.edits + 1
    entry.save()
    return entry


@transaction.atomic
def submit(sheet: FigureSheet, *, by, now: datetime) -> None:
    """Send the sheet to the office that accepts; refuses one with rows missing, wrong, or not explained."""
    state = steps.begin(sheet, Act.SUBMIT)
    permissions.require_fill(by, set_of(sheet), sheet.department_id)
    grid = queries.grid(sheet)
    if sentence := grid.completeness.sentence:
        raise ValidationError(f"还不能提交：{sentence}")
    sheet.state, sheet.submitted_at, sheet.submitted_by = state, now, by
    sheet.save(update_fields=["state", "submitted_at", "submitted_by"])
    steps.record(sheet, Act.SUBMIT, by=by, now=now, text=grid.summary)
    steps.ask_to_accept(sheet, by=by, now=now)
