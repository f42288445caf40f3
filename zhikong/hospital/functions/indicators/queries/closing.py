"""What a month's close waits for: the misses, the analyses that cover them, what is still open (SYS-04)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from zhikong.engine.definitions import Definition
from zhikong.hospital.functions.indicators import months, rules
from zhikong.hospital.functions.indicators.models import AnalysedMiss, MonthAct, MonthAnalysis, MonthClose
from zhikong.hospital.functions.indicators.queries.board import Line, line
from zhikong.hospital.functions.indicators.queries.figures import Frame, Place, figures
from zhikong.hospital.functions.indicators.queries.targets import TargetBook
from zhikong.hospital.functions.indicators.rules import Miss, Status

PROMISED = ("hospital", "department")  # where a target comes from that somebody has set


@dataclass(frozen=True)
class Item:
    """A miss of the month with the analyses that cover it."""

    line: Line
    analyses: tuple[MonthAnalysis, ...]

    @property
    def key(self) -> str:
        """The value of its check box: indicator, and the department's id or nothing."""
        return f"{self.line.definition.id}@{self.line.place or ''}"

    @property
    def miss(self) -> Miss:
        return Miss(self.line.definition.id, self.line.place)


@dataclass(frozen=True)
class Followed:
    """A measure of the month before: how many misses it was to end, and which of them are missed again (CAP-05)."""

    analysis: MonthAnalysis
    total: int
    again: tuple[Line, ...]


@dataclass(frozen=True)
class Checklist:
    """The state of one month: what was missed, and what of it still blocks the close."""

    month: str
    items: tuple[Item, ...]

    @property
    def open_items(self) -> list[Item]:
        return [item for item in self.items if not item.analyses]

    @property
    def done(self) -> int:
        return len(self.items) - len(self.open_items)

    @property
    def hospital(self) -> list[Item]:
        return [item for item in self.items if item.line.place is None]

    @property
    def departments(self) -> list[Item]:
        """Department misses, worst gap first (IND-48)."""
        rows = [item for item in self.items if item.line.place is not None]
        return sorted(rows, key=lambda item: -item.line.gap)


def misses(
    shown: Frame,
    book: TargetBook,
    *,
    month: str,
    definitions: Iterable[Definition],
    places: Sequence[Place] | None,
) -> list[Line]:
    """Lines that missed a target of the hospital's own, hospital first. Small denominators are not judged. One query.

    What a definition proposes is shown and judged on the board, but nobody has promised it: it asks for no analysis
    until the hospital adopts it. places: None for every place in scope.
    """
    as_of = shown.as_of(month)
    by_id = {definition.id: definition for definition in definitions}
    values = figures(shown, months=[month], indicators=by_id, places=places)
    judged = [
        line(by_id[indicator], place, [month], values, {}, book.of(by_id[indicator], place, month, as_of))
        for indicator, place, _month in values
    ]
    order = {indicator: number for number, indicator in enumerate(by_id)}
    found = [row for row in judged if row.status is Status.MISSED and row.in_force.origin in PROMISED]
    return sorted(found, key=lambda row: (row.place is not None, order[row.definition.id], row.place or 0))


def checklist(shown: Frame, book: TargetBook, **selection) -> Checklist:
    """Three queries: the values, the covered misses, their analyses."""
    rows = misses(shown, book, **selection)
    covered = analyses_by_miss(selection["month"])
    items = (Item(row, tuple(covered.get((row.definition.id, row.place), ()))) for row in rows)
    return Checklist(selection["month"], tuple(items))


def analyses_by_miss(month: str) -> dict[tuple[str, Place], list[MonthAnalysis]]:
    covered: dict[tuple[str, Place], list[MonthAnalysis]] = {}
    rows = AnalysedMiss.objects.filter(month=month).select_related("analysis__by").order_by("analysis__at")
    for row in rows:
        covered.setdefault((row.indicator_id, row.department_id), []).append(row.analysis)
    return covered


def followed(of_month: Checklist) -> list[Followed]:
    """Last month's measures with what became of them; those that did not hold come first. One query."""
    missed = {(item.miss.indicator_id, item.miss.department_id): item.line for item in of_month.items}
    covered: dict[int, tuple[MonthAnalysis, list]] = {}
    for key, analyses in analyses_by_miss(months.shifted(of_month.month, -1)).items():
        for analysis in analyses:
            covered.setdefault(analysis.pk, (analysis, []))[1].append(key)
    found = [
        Followed(analysis, len(keys), tuple(missed[key] for key in keys if key in missed))
        for analysis, keys in covered.values()
    ]
    return sorted(found, key=lambda row: (not row.again, row.analysis.at))


def blocking(of_month: Checklist) -> list[Miss]:
    """The misses that keep the month open; what the rule says, not what the page shows."""
    analysed = {(item.miss.indicator_id, item.miss.department_id) for item in of_month.items if item.analyses}
    return rules.blockers((item.miss for item in of_month.items), analysed)


def month_close(month: str) -> MonthClose | None:
    acts = MonthAct.objects.select_related("by").order_by("-at", "-pk")
    rows = MonthClose.objects.filter(month=month).select_related("closed_by", "computation")
    return rows.prefetch_related(Prefetch("acts", acts)).first()
