"""The figures that others have counted in the public data, computed here by definitions, over all their months."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from zhikong.engine.definitions import load_catalogue
from zhikong.foundation.facts import gateway
from zhikong.hospital.functions.datasources.mappings import PACKS


@dataclass(frozen=True)
class Figure:
    """An indicator over the whole of the data: whole-number parts and their quotient (None for a count)."""

    indicator_id: str
    title: str
    unit: str
    numerator: int
    denominator: int
    value: Decimal | None


def clif_figures(*, now: datetime) -> list[Figure]:
    """The indicators of the CLIF pack over all published months of the scope's institution."""
    wanted = load_catalogue([PACKS / "clif"]).indicators
    snapshot = gateway.published()
    months = snapshot.months()
    if not months:
        return []
    results = gateway.compute(
        list(wanted.values()), months=(months[0], months[-1]), now=now, snapshot=snapshot
    )
    parts = {indicator_id: [0, 0] for indicator_id in wanted}
    for row in results.rows:
        if row.department is None:
            parts[row.indicator_id][0] += row.numerator or 0
            parts[row.indicator_id][1] += row.denominator or 0
    return [_figure(definition, *parts[definition.id]) for definition in wanted.values()]


def _figure(definition, numerator: int, denominator: int) -> Figure:
    value = Decimal(numerator) * definition.multiplier / denominator if denominator else None
    return Figure(definition.id, definition.title(), definition.unit, numerator, denominator, value)
