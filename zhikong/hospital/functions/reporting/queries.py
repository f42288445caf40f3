"""Reads of sheets: the grid of one, the matrix of a month, what was accepted. Row policies narrow all to the scope."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhikong.engine import months as calendar
from zhikong.foundation.facts import reported
from zhikong.foundation.facts.reported import Count
from zhikong.hospital.functions.reporting import numbers, rules
from zhikong.hospital.functions.reporting.definition.model import Item, ReportingSet
from zhikong.hospital.functions.reporting.library import set_of
from zhikong.hospital.functions.reporting.models import (
    AcceptedFigure,
    FigureEntry,
    FigureFile,
    FigureSheet,
    SheetStep,
)
from zhikong.hospital.functions.reporting.rules import ASK, HISTORY, STOP, Cell, Completeness, Past, Remark


def shifted(month: str, by: int) -> str:
    """The month `by` months later (negative: earlier)."""
    return calendar.named(calendar.number(month) + by)


def before(month: str, count: int = HISTORY) -> list[str]:
    """The `count` months before a month, oldest first."""
    return calendar.span(shifted(month, -count), shifted(month, -1))


# ---- one sheet ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One line of the grid as the page shows it."""

    item: Item
    entry: FigureEntry | None
    cell: Cell
    past: tuple[Past | None, ...]  # the twelve months before, oldest first; None where nothing was reported
    remarks: tuple[Remark, ...]
    imported: Count | None  # what a file delivered for this month and the sheet does not hold yet
    files: tuple[FigureFile, ...] = ()

    @property
    def value(self) -> Decimal | None:
        if self.cell.nothing:
            return None
        return rules.value(self.item, self.cell.numerator, self.cell.denominator)

    @property
    def shown(self) -> str:
        return _("本月无") if self.cell.nothing else rules.shown(self.item, self.value)

    @property
    def last(self) -> str:
        """Last month's value."""
        return _shown(self.item, self.past[-1]) if self.past and self.past[-1] else "—"

    @cached_property
    def trend(self) -> tuple[Decimal | None, ...]:
        values = (rules.value(self.item, p.numerator, p.denominator) if p else None for p in self.past)
        return (*values, self.value)

    @property
    def tone(self) -> str:
        levels = {remark.level for remark in self.remarks}
        return (
            "bad" if STOP in levels else "warn" if ASK in levels else "ok" if not self.cell.empty else "none"
        )


def _shown(item: Item, past: Past) -> str:
    return rules.shown(item, rules.value(item, past.numerator, past.denominator))


@dataclass(frozen=True)
class Grid:
    """A sheet with all rows, in the order of its set."""

    sheet: FigureSheet
    set: ReportingSet
    rows: tuple[Row, ...]

    @cached_property
    def completeness(self) -> Completeness:
        cells = {row.item.id: row.cell for row in self.rows}
        return rules.completeness(self.set.items, cells, {row.item.id: row.remarks for row in self.rows})

    def row(self, code: str) -> Row | None:
        return next((row for row in self.rows if row.item.id == code), None)

    @property
    def summary(self) -> str:
        """The numbers in one sentence, for the story."""
        return "；".join(
            f"{row.item.title} {_words(row.item, row.cell)}" for row in self.rows if not row.cell.empty
        )


def _words(item: Item, figure: Cell | AcceptedFigure) -> str:
    """19/20（95%）, 130 人次, or 本月无."""
    if figure.nothing:
        return _("本月无")
    shown = rules.shown(item, rules.value(item, figure.numerator, figure.denominator))
    top, bottom = (numbers.written(n, decimals=item.decimals) for n in (figure.numerator, figure.denominator))
    return shown if item.counts_only else f"{top}/{bottom}（{shown}）"


def grid(sheet: FigureSheet) -> Grid:
    """The sheet's rows with checks against the twelve months before. Two queries and one read of the facts."""
    found = set_of(sheet)
    entries = {e.item: e for e in sheet.entries.select_related("typed_by")}
    files = attached(sheet)
    span = before(sheet.month)
    known = _published(sheet, [*span, sheet.month])
    return Grid(
        sheet,
        found,
        tuple(
            _row(item, entries.get(item.id), known, span, sheet, files.get(item.id, ()))
            for item in found.items
        ),
    )


def _published(sheet: FigureSheet, span: Sequence[str]) -> dict[tuple[str, str], Count]:
    code = sheet.department.code
    return {(c.item, c.month): c for c in reported.counts(months=span, departments=[code])}


def attached(sheet: FigureSheet) -> dict[str, tuple[FigureFile, ...]]:
    """Item -> files that stand beside it. One query."""
    found: dict[str, tuple[FigureFile, ...]] = {}
    for row in sheet.files.filter(removed_at=None).select_related("file").order_by("pk"):
        found[row.item] = (*found.get(row.item, ()), row)
    return found


def _row(
    item: Item, entry: FigureEntry | None, known: Mapping, span: Sequence[str], sheet: FigureSheet, files
) -> Row:
    cell = entry.cell(len(files)) if entry else Cell(files=len(files))
    found = [known.get((item.id, month)) for month in span]
    past = tuple(c and Past(c.month, c.numerator, c.denominator) for c in found)
    remarks = tuple(rules.check(item, cell, [p for p in past if p]))
    imported = known.get((item.id, sheet.month)) if cell.empty and sheet.version == 1 else None
    return Row(item, entry, cell, past, remarks, imported, files)


def sheet(pk: int) -> QuerySet[FigureSheet]:
    return FigureSheet.objects.select_related("department", "submitted_by", "accepted_by").filter(pk=pk)


def story(sheet: FigureSheet) -> QuerySet[SheetStep]:
    return sheet.steps.select_related("by").order_by("-at", "-pk")


def versions(sheet: FigureSheet) -> dict[int, list[AcceptedFigure]]:
    """Every accepted version of a sheet, the newest first, each with its numbers in the set's order."""
    items = {item.id: item for item in set_of(sheet).items}
    order = {code: place for place, code in enumerate(items)}
    found: dict[int, list[AcceptedFigure]] = defaultdict(list)
    for figure in sheet.accepted.select_related("accepted_by", "reported_by").order_by("-version"):
        item = items[figure.item]
        figure.title, figure.words = item.title, _words(item, figure)
        found[figure.version].append(figure)
    return {v: sorted(rows, key=lambda row: order.get(row.item, 99)) for v, rows in found.items()}


# ---- a month --------------------------------------------------------------------------------------------------------


def sheets(*, month: str = "", department_id: int | None = None) -> QuerySet[FigureSheet]:
    """Sheets in scope, by month (newest first), set and department."""
    rows = FigureSheet.objects.select_related("department", "submitted_by", "accepted_by")
    if month:
        rows = rows.filter(month=month)
    if department_id is not None:
        rows = rows.filter(department_id=department_id)
    return rows.order_by("-month", "set_id", "department__code")


def months_with_sheets() -> list[str]:
    """The months for which there are sheets, the newest first."""
    return list(FigureSheet.objects.order_by("-month").values_list("month", flat=True).distinct())


@dataclass(frozen=True)
class Matrix:
    """Departments by sets for one month."""

    month: str
    sets: tuple[tuple[str, str], ...]  # id, title
    rows: tuple[tuple[str, tuple[FigureSheet | None, ...]], ...]  # department's name, its sheets
    late: int
    counts: Mapping[str, int]  # state -> how many


def matrix(*, month: str, today: date) -> Matrix:
    """Who has reported what of a month, and who is late. One query and the sets."""
    found = list(sheets(month=month))
    titles = {}
    for one in found:
        one.title = titles[one.set_id] = set_of(one).title
    codes = sorted(titles, key=lambda code: (-sum(s.set_id == code for s in found), code))
    by_department: dict[tuple[str, str], dict[str, FigureSheet]] = defaultdict(dict)
    for one in found:
        by_department[one.department.code, one.department_name][one.set_id] = one
    ordered = sorted(by_department.items(), key=lambda row: (_urgency(row[1].values(), today), row[0]))
    rows = [(name, tuple(own.get(code) for code in codes)) for (_code, name), own in ordered]
    counts = {state.value: sum(s.state == state for s in found) for state in rules.State}
    return Matrix(
        month, tuple((c, titles[c]) for c in codes), tuple(rows), sum(s.is_late(today) for s in found), counts
    )


def _urgency(own: Iterable[FigureSheet], today: date) -> int:
    """Late ones first, then what waits for the office, then what is under way; accepted ones last."""
    order = {"submitted": 1, "returned": 2, "draft": 3, "accepted": 4}
    return min(0 if sheet.is_late(today) else order[sheet.state] for sheet in own)


def waiting(*, department_ids: Iterable[int] | None = None) -> QuerySet[FigureSheet]:
    """Sheets that their departments have still to send."""
    rows = sheets().filter(state__in=rules.WITH_DEPARTMENT)
    return rows if department_ids is None else rows.filter(department_id__in=department_ids)


# ---- what was accepted ----------------------------------------------------------------------------------------------


def accepted_counts(*, months: Sequence[str] | None = None) -> list[Count]:
    """The newest accepted version of every figure as rows of the data contract."""
    rows = AcceptedFigure.objects.select_related("department").order_by("accepted_at", "version", "pk")
    if months is not None:
        rows = rows.filter(month__in=months)
    newest = {(row.department_id, row.month, row.item): row for row in rows}
    return [Count(r.department.code, r.month, r.item, r.numerator, r.denominator) for r in newest.values()]


def accepted_figure(*, department_id: int, month: str, item: str, as_of: datetime | None = None):
    """The newest accepted version of one figure, or None."""
    rows = AcceptedFigure.objects.filter(department_id=department_id, month=month, item=item)
    if as_of is not None:
        rows = rows.filter(accepted_at__lte=as_of)
    return rows.order_by("-version").first()
