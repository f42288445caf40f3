"""What an indicator came to in a run of months, with the trail behind it: definition version, rows, data version."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.engine.definitions import Definition
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators import periods
from zhikong.hospital.functions.indicators.catalogue import minimum_denominator
from zhikong.hospital.functions.indicators.queries.comparison import kind_of
from zhikong.hospital.functions.indicators.queries.figures import Figure, Place, figures
from zhikong.hospital.overviews.years.queries.as_of import Then

Key = tuple[str, Place, str]
DECIMALS = Decimal("0.01")


@dataclass(frozen=True)
class Outcome:
    """A period's value of one indicator and place. value None: `reason` says why; quarters: name → value."""

    id: str
    name: str
    unit: str
    first: str
    last: str
    value: str | None
    shown: str
    numerator: int | None
    denominator: int | None
    known: int
    months: int
    version: int
    hash: str
    data_version: str
    reason: str
    enough: bool
    url: str
    quarters: list = field(default_factory=list)

    @property
    def number(self) -> Decimal | None:
        return None if self.value is None else Decimal(self.value)

    def as_data(self) -> dict:
        return asdict(self)


def read(
    seen: Then, months: Sequence[str], *, indicators: Sequence[str], places: Sequence[Place]
) -> Mapping[Key, Figure]:
    """The figures of all months at once; one query."""
    return figures(seen.shown, months=months, indicators=indicators, places=places)


def outcome(
    definition: Definition, place: Place, months: Sequence[str], found: Mapping[Key, Figure]
) -> Outcome:
    """The months added up, as the indicator's kind allows; values that cannot be added give their reason."""
    rows = [found.get((definition.id, place, month)) for month in months]
    known = [row for row in rows if row is not None]
    kind = kind_of(definition, known)
    total = _summed(rows, kind, definition)
    value = None if total.value is None else Decimal(repr(total.value)).quantize(DECIMALS)
    smallest = minimum_denominator(definition)
    return Outcome(
        id=definition.id,
        name=definition.title(),
        unit=definition.unit,
        first=months[0],
        last=months[-1],
        value=None if value is None else str(value),
        shown="—" if value is None else f"{value:,} {definition.unit}".strip(),
        numerator=total.numerator,
        denominator=total.denominator,
        known=total.known,
        months=total.months,
        version=definition.version,
        hash=definition.hash[:10],
        data_version="、".join(dict.fromkeys(row.data_version for row in known)),
        reason=_reason(total, kind, known) if value is None else "",
        enough=not smallest or (total.denominator or 0) >= smallest,
        url=f"{reverse('indicators:detail', args=[definition.id])}?month={months[-1]}",
        quarters=_quarters(definition, kind, months, rows),
    )


def _summed(rows: Sequence[Figure | None], kind: str, definition: Definition) -> periods.Sums:
    parts = [None if row is None else (row.numerator, row.denominator, row.value) for row in rows]
    total = periods.summed(parts, kind=kind, factor=float(definition.multiplier))
    if kind != "count" or not total.known or total.value is None:
        return total
    # a count's target is a month's: the mean month of the period stands beside it
    return periods.Sums(total.numerator, None, total.value / total.known, total.known, total.months)


def _reason(total: periods.Sums, kind: str, known: Sequence[Figure]) -> str:
    if not total.known:
        told = next((row.reason for row in known if row.reason), "")
        return told.replace("本月", "本期") or _("这段时间没有计算结果。")
    if kind == "single":
        return _("各月的值不能合成一段时间的值，请逐月查看。")
    return _("分母为 0：没有符合统计范围的记录。")


def _quarters(
    definition: Definition, kind: str, months: Sequence[str], rows: Sequence[Figure | None]
) -> list:
    """[(name, value)] of every whole quarter in which each month has a value and there are enough cases."""
    grouped: dict[tuple[str, int], list[Figure | None]] = {}
    for month, row in zip(months, rows, strict=True):
        grouped.setdefault((month[:4], (int(month[5:]) - 1) // 3 + 1), []).append(row)
    made, smallest = [], minimum_denominator(definition)
    for (year, number), of in grouped.items():
        total = _summed(of, kind, definition)
        if (
            len(of) == 3
            and total.known == 3
            and total.value is not None
            and (total.denominator or 0) >= smallest
        ):
            name = _("%(year)s 年第 %(n)d 季度") % {"year": year, "n": number}
            made.append([name, str(Decimal(repr(total.value)).quantize(DECIMALS))])
    return made


def months_of_year(year: int, moment_month: str) -> list[str]:
    """January to December of a year, no further than the month before `moment_month`; at least January."""
    last = min(f"{year}-12", calendar.shifted(moment_month, -1))
    return calendar.span(f"{year}-01", max(last, f"{year}-01"))
