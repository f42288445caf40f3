"""Counting a published month again, from the table versions that it was counted on, and comparing (F-32)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from zhikong.engine.definitions import Definition
from zhikong.engine.results import Result
from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.facts import gateway
from zhikong.foundation.organisation.models import Department
from zhikong.hospital.functions.indicators.catalogue import definition_with_hash
from zhikong.hospital.functions.indicators.models import Computation, IndicatorValue

Cell = tuple[str, str | None, str]  # indicator, department's code (None: the hospital), month
Figure = tuple[int | None, int | None, Decimal | None, str]  # numerator, denominator, value, reason
_LAST_PLACE = Decimal(1).scaleb(-IndicatorValue._meta.get_field("value").decimal_places)


class NotComputed(LookupError):
    """Nothing was computed on that data version, or until that moment; the text says it to the person who asked."""


@dataclass(frozen=True)
class Difference:
    """One figure that is not what was published. None: it does not exist on that side."""

    cell: Cell
    published: Figure | None
    replayed: Figure | None


@dataclass(frozen=True)
class Replay:
    """What counting again gave. `unknown`: indicators whose text of then is not known any more (id -> its hash)."""

    data_version: str
    computed_at: datetime
    months: tuple[str, str]
    compared: int
    differences: tuple[Difference, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)

    @property
    def equal(self) -> bool:
        """Every figure was counted again and is the one that was published, to the last digit."""
        return not self.differences and not self.unknown and self.compared > 0


def replay(*, by, as_of: str | datetime, now: datetime, months: tuple[str, str] | None = None) -> Replay:
    """Count the published months again, on the rows of their own data version, with their own definitions.

    as_of: a data version, or a moment: then what pages showed at that moment. months: first and last, both included,
    at most those that were computed. Nothing is written. Raises NotComputed, and ValueError for months outside.
    """
    require(by, Permission.MANAGE_DATA)
    run = _run(as_of)
    span = months or (run.first_month, run.last_month)
    if not run.first_month <= span[0] <= span[1] <= run.last_month:
        raise ValueError(
            f"当时计算的是 {run.first_month} 至 {run.last_month}，不包括 {span[0]} 至 {span[1]}。"
        )
    wanted, unknown = _definitions(run)
    snapshot = gateway.published(data_version=run.data_version)
    found = gateway.compute(wanted, months=span, now=now, snapshot=snapshot, by=by)
    replayed = _replayed(found.rows)
    published = _published(run, {d.hash for d in wanted}, span)
    differences = tuple(
        Difference(cell, published.get(cell), replayed.get(cell))
        for cell in sorted(published.keys() | replayed.keys(), key=lambda c: (c[0], c[2], c[1] or ""))
        if published.get(cell) != replayed.get(cell)
    )
    return Replay(run.data_version, run.computed_at, span, len(published), differences, unknown)


def _run(as_of: str | datetime) -> Computation:
    runs = Computation.objects.order_by("-computed_at", "-pk")
    if isinstance(as_of, datetime):
        found = runs.filter(computed_at__lte=as_of).first()
        missing = f"到 {as_of:%Y-%m-%d %H:%M} 为止还没有计算过。"
    else:
        found = runs.filter(data_version=as_of).first()
        missing = f"没有按数据版本 {as_of} 计算过的结果。"
    if found is None:
        raise NotComputed(missing)
    return found


def _definitions(run: Computation) -> tuple[list[Definition], dict[str, str]]:
    known = {name: definition_with_hash(name, digest) for name, digest in run.definitions.items()}
    unknown = {name: run.definitions[name] for name, found in known.items() if found is None}
    return [found for found in known.values() if found is not None], unknown


def _replayed(rows: list[Result]) -> dict[Cell, Figure]:
    """As the table of values keeps them: departments of the organisation, six decimals."""
    known = set(Department.objects.values_list("code", flat=True))
    return {
        (r.indicator_id, r.department, r.month): (
            r.numerator,
            r.denominator,
            _kept(r.value),
            "" if r.reason is None else r.reason.sentence[:300],
        )
        for r in rows
        if r.department is None or r.department in known
    }


def _kept(value: Decimal | None) -> Decimal | None:
    """As PostgreSQL rounds what it stores: a half goes away from zero, not to the even neighbour."""
    return None if value is None else value.quantize(_LAST_PLACE, rounding=ROUND_HALF_UP)


def _published(run: Computation, hashes: set[str], span: tuple[str, str]) -> dict[Cell, Figure]:
    rows = IndicatorValue.objects.filter(
        data_version=run.data_version, definition_hash__in=hashes, month__range=span
    )
    fields = ("indicator_id", "department__code", "month", "numerator", "denominator", "value", "reason")
    return {row[:3]: row[3:] for row in rows.values_list(*fields)}
