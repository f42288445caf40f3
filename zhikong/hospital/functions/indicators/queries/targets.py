"""Which target is in force: a department's own, else the hospital's, else the definition's for the level.

Where the same thing is counted twice, by the systems and by departments, only the half that counts is judged.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max

from zhikong.engine.definitions import Definition
from zhikong.engine.results import Reason
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.indicators.models import IndicatorTarget
from zhikong.hospital.functions.indicators.months import first_day
from zhikong.hospital.functions.indicators.queries.counting import Counting, counting
from zhikong.hospital.functions.indicators.queries.figures import Place
from zhikong.hospital.functions.indicators.queries.own_past import OwnPast
from zhikong.hospital.functions.indicators.rules import Target, rounded


@dataclass(frozen=True)
class InForce:
    """A target and where it comes from: department, hospital, definition; without one hospital_only, none, or
    not_counted for the half of a pair that is only shown beside the one that counts."""

    target: Target
    origin: str
    row: IndicatorTarget | None = None


class TargetBook:
    """All targets of the institution, read once; answers for any indicator, place and month."""

    def __init__(
        self,
        rows: list[IndicatorTarget],
        level: str,
        counted: Counting | None = None,
        past: OwnPast | None = None,
    ):
        self.level = level
        self.past = past or OwnPast()
        self.counted = counted or Counting({})
        self.newest = max((row.pk for row in rows), default=0)
        self.rows: dict[tuple[str, Place], list[IndicatorTarget]] = {}
        for row in sorted(rows, key=lambda r: (r.valid_from, r.pk), reverse=True):
            self.rows.setdefault((row.indicator_id, row.department_id), []).append(row)

    def of(self, definition: Definition, place: Place, month: str, as_of: int | None = None) -> InForce:
        if not self.counted.counts(definition.id, month):
            return InForce(Target(), "not_counted")
        key = self.counted.target_key(definition.id)
        for origin, of_place in (("department", place), ("hospital", None)):
            if origin == "department" and place is None:
                continue
            row = self._row(key, of_place, month, as_of)
            if row is not None and origin == "hospital" and place is not None and row.hospital_only:
                return InForce(Target(), "hospital_only", row)
            if row is not None:
                return InForce(row.target, origin, row)
        return self._of_definition(definition, month)

    def _of_definition(self, definition: Definition, month: str) -> InForce:
        """The definition's own goal for the level; one relative to the hospital's past with the bound it comes to."""
        usual = definition.target(self.level)
        if usual is None:
            return InForce(Target(), "none")
        bounded = self.past.bounded(definition, usual, int(month[:4]))
        if isinstance(bounded, Reason):  # no whole year to be held against: there is nothing to judge by
            return InForce(Target(), "none")
        low, high = bounded.at_least, bounded.at_most
        if usual.relative is not None:
            low, high = rounded(low, 4), rounded(high, 4)
        return InForce(Target(low, high), "definition")

    def judged(self, definitions: Iterable[Definition], month: str) -> list[Definition]:
        """The definitions that have a target for the hospital or for any department."""
        of_departments = {indicator_id for indicator_id, place in self.rows if place is not None}
        return [
            d
            for d in definitions
            if self.counted.counts(d.id, month)
            and (self.counted.target_key(d.id) in of_departments or not self.of(d, None, month).target.empty)
        ]

    def history(self, indicator_id: str) -> list[IndicatorTarget]:
        """Every row ever set for an indicator, newest first."""
        found = [row for key, rows in self.rows.items() if key[0] == indicator_id for row in rows]
        return sorted(found, key=lambda row: (row.set_at, row.pk), reverse=True)

    def _row(self, indicator_id: str, place: Place, month: str, as_of: int | None):
        day = first_day(month)
        rows = self.rows.get((indicator_id, place), ())
        return next((r for r in rows if r.valid_from <= day and (as_of is None or r.pk <= as_of)), None)


def last_target() -> int:
    """The number of the newest target row; 0 when none was ever set."""
    return IndicatorTarget.objects.aggregate(last=Max("pk"))["last"] or 0


def target_book() -> TargetBook:
    """Three queries: the targets, the institution's level, and which half of each pair counts."""
    rows = list(IndicatorTarget.objects.select_related("set_by"))
    return TargetBook(rows, institution().level, counting())
