"""Two counts of the same thing side by side: what the systems computed, what departments reported, which counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from zhikong.engine.definitions import Definition
from zhikong.foundation.facts import reported
from zhikong.foundation.facts.reported import COMPUTED, REPORTED
from zhikong.hospital.functions.indicators import rules
from zhikong.hospital.functions.indicators.models import CountedSource
from zhikong.hospital.functions.indicators.months import first_day
from zhikong.hospital.functions.indicators.queries.figures import Figure, Frame, Place, figures


@dataclass(frozen=True)
class Counting:
    """All pairs and settings of the institution, read once."""

    twins: Mapping[str, str]  # computed -> reported
    rows: Mapping[str, Sequence[CountedSource]] = field(default_factory=dict)  # by computed, newest first

    def computed_of(self, indicator_id: str) -> str | None:
        """The computed half of the pair that an indicator belongs to; None when it stands alone."""
        if indicator_id in self.twins:
            return indicator_id
        return next((computed for computed, told in self.twins.items() if told == indicator_id), None)

    def setting(self, computed: str, month: str) -> CountedSource | None:
        """The row in force in a month; None while nobody has decided, and the systems' figure counts."""
        day = first_day(month)
        return next((row for row in self.rows.get(computed, ()) if row.valid_from <= day), None)

    def source(self, computed: str, month: str) -> str:
        row = self.setting(computed, month)
        return COMPUTED if row is None else row.source

    def counts(self, indicator_id: str, month: str) -> bool:
        """False for the half of a pair that is only shown beside the one that counts."""
        computed = self.computed_of(indicator_id)
        if computed is None:
            return True
        return (self.source(computed, month) == COMPUTED) == (indicator_id == computed)

    def target_key(self, indicator_id: str) -> str:
        """Under which id the targets stand: a pair has one set of targets, that of its computed half."""
        return self.computed_of(indicator_id) or indicator_id


def counting() -> Counting:
    """One query, and the pairs that other functions name."""
    twins = reported.twins()
    found: dict[str, list[CountedSource]] = {}
    if twins:
        rows = CountedSource.objects.select_related("set_by").order_by("-valid_from", "-pk")
        for row in rows:
            found.setdefault(row.indicator_id, []).append(row)
    return Counting(twins, found)


@dataclass(frozen=True)
class Pair:
    """Both figures of one place and month."""

    computed: Definition
    reported: Definition
    month: str
    by_system: Figure | None
    by_department: Figure | None
    setting: CountedSource | None
    history: Sequence[CountedSource] = ()

    @property
    def source(self) -> str:
        return COMPUTED if self.setting is None else self.setting.source

    @property
    def difference(self) -> Decimal | None:
        """Reported minus computed, in the unit of the value."""
        values = [figure.value if figure else None for figure in (self.by_department, self.by_system)]
        return None if None in values else values[0] - values[1]

    @property
    def difference_text(self) -> str:
        if self.difference is None:
            return "—"
        return f"{rules.change_text(self.difference)} {rules.change_unit(self.computed.unit)}".strip()


def pairs(
    shown: Frame, known: Counting, definitions: Mapping[str, Definition], *, month: str, place: Place
) -> dict[str, Pair]:
    """Pairs of a place and month by either indicator's id. One query when there is any pair."""
    wanted = {c: t for c, t in known.twins.items() if c in definitions and t in definitions}
    if not wanted:
        return {}
    values = figures(shown, months=[month], indicators=[*wanted, *wanted.values()], places=[place])
    found = {}
    for computed, told in wanted.items():
        pair = Pair(
            definitions[computed],
            definitions[told],
            month,
            values.get((computed, place, month)),
            values.get((told, place, month)),
            known.setting(computed, month),
            known.rows.get(computed, ()),
        )
        found[computed] = found[told] = pair
    return found


__all__ = ["COMPUTED", "REPORTED", "Counting", "Pair", "counting", "pairs"]
