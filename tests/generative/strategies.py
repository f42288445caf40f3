"""Random definitions and random rows: every kind over the expressions of `expressions.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.generative.expressions import BUILDERS, CHILDREN, DATES, DEPARTMENTS, STAY_COLUMNS, TIMES, Builder
from zhikong.engine.definitions import nodes as n
from zhikong.engine.definitions.goals import Change, Score
from zhikong.engine.definitions.kinds import (
    DERIVED,
    ORDERED,
    AbsentPart,
    Direction,
    How,
    Kind,
    Mark,
    NoRows,
    NumeratorOf,
    Rank,
    Status,
)
from zhikong.engine.definitions.model import Definition, Exclusion, Growth, Measure, Origin, Part, Per
from zhikong.engine.tables import Type

__all__ = ["BUILDERS", "data", "definitions", "families"]

COUNTED = sorted(set(Kind) - DERIVED)
PERCENTILES = [Decimal(p) for p in ("0.5", "10", "50", "66.667", "90", "99.9")]
SCORES = [
    Score(plain=True),
    Score(linear=(Decimal(0), Decimal(3))),
    Score(steps=((Decimal(2), Decimal(90)),)),
]


def _measure(how: How, expression: n.Node | None, where: n.Node | None = None) -> Measure:
    return Measure(how, expression, "", where)


@st.composite
def definitions(draw: Callable[..., Any]) -> list[Definition]:
    """Two to five definitions that share a pass: any kind that is counted on rows, population and exclusions, one
    grain and date."""
    grain = draw(st.sampled_from(["stays", "stays", "operations"]))
    owner: n.Owner = "row" if grain == "stays" else "stay"
    when = draw(st.sampled_from(["discharged_at", "discharged_at", "admitted_at"]))
    department = draw(st.sampled_from([n.Ref("stays", "admission_department", Type.TEXT, owner), None]))
    place = (grain, n.Ref("stays", when, Type.TIMESTAMP, owner), department)
    return [draw(_definition(i, place)) for i in range(draw(st.integers(2, 5)))]


@st.composite
def families(draw: Callable[..., Any]) -> list[Definition]:
    """Definitions, a composite of two of them and growths: of one of them, and of the composite."""
    wanted = draw(definitions())
    like, several = wanted[0], draw(st.permutations(wanted))[:2]
    scores = [draw(st.sampled_from(SCORES)) for _ in several]
    parts = tuple(Part(d, Decimal(50), score) for d, score in zip(several, scores, strict=True))
    absent = draw(st.sampled_from(list(AbsentPart)))
    composite = _standing(like, "composite", Kind.COMPOSITE, parts=parts, absent_part=absent)
    whole = next((d for d in wanted if d.additive), None)
    grown = [Growth(d, draw(st.sampled_from(list(Change))), months=1) for d in (wanted[-1], composite)]
    grown += [Growth(whole, Change.POINTS, base=2025)] if whole else []
    growths = [_standing(like, f"growth_{i}", Kind.GROWTH, growth=g) for i, g in enumerate(grown)]
    return [*growths, composite, *(draw(st.sampled_from([wanted, []])))]


def _standing(like: Definition, name: str, kind: Kind, **said: Any) -> Definition:
    plain = {"population": None, "exclusions": (), "exceptions": (), "per": None, "percentile": None}
    results = Measure(How.RESULTS)
    return replace(like, id=name, kind=kind, numerator=results, denominator=None, **plain, **said)


@st.composite
def _definition(draw: Callable[..., Any], number: int, place: tuple[str, n.Ref, n.Ref | None]) -> Definition:
    grain, when, department = place
    builder = BUILDERS[None if grain == "stays" else grain]
    kind = draw(st.sampled_from(COUNTED))
    numerator, denominator = draw(_measures(builder, kind))
    return Definition(
        id=f"random_{number}", version=1, status=Status.DRAFT, hash="", name={"zh": "随机"}, why="",
        source=Origin("", "", Mark.MEMORY), owner="", checker="", next_review=date(2100, 1, 1),
        table=grain, date=when, department=department, kind=kind,
        population=draw(st.none() | st.none() | builder.condition(2)), exclusions=draw(_listed(builder)),
        numerator=numerator, denominator=denominator,
        multiplier=Decimal(draw(st.sampled_from(["1", "100", "0.01"]))),
        unit="", direction=Direction.MONITOR, strata=(), targets={}, chart="auto", minimum_denominator=None,
        **draw(_further(builder, kind, numerator, denominator, department)),
    )  # fmt: skip


@st.composite
def _further(draw: Callable[..., Any], builder: Builder, kind: Kind, above: Measure, below: Measure | None,
             department: n.Ref | None) -> dict[str, Any]:  # fmt: skip
    """What only some kinds have."""
    if kind is Kind.PERCENTILE:
        return {"percentile": draw(st.sampled_from(PERCENTILES)), "rank": draw(st.sampled_from(list(Rank)))}
    if kind is Kind.RATE:
        return {"per": draw(_per(department)), "no_rows": draw(st.sampled_from(list(NoRows)))}
    said: dict[str, Any] = {}
    if kind is Kind.COUNT:
        said["no_rows"] = draw(st.sampled_from(list(NoRows)))
    if kind in (Kind.RATIO, Kind.MEAN):
        said["numerator_of"] = draw(st.sampled_from(list(NumeratorOf)))
    if kind is Kind.RATIO and above.how is How.COUNT and below and below.how is not How.SUM:
        said["exceptions"] = draw(_listed(builder))
    return said


@cache
def _listed(builder: Builder) -> st.SearchStrategy[tuple[Exclusion, ...]]:
    one = builder.condition(1).map(lambda condition: Exclusion(condition, "", ""))
    return st.lists(one, max_size=1).map(tuple)


@st.composite
def _per(draw: Callable[..., Any], department: n.Ref | None) -> Per:
    """Bed days, or the stays themselves, as what a rate is per."""
    if draw(st.booleans()):
        date_, beds = n.Ref("bed_days", "day", Type.DATE), n.Ref("bed_days", "occupied_beds", Type.INT)
        place = n.Ref("bed_days", "department", Type.TEXT) if department else None
        return Per("bed_days", date_, place, Measure(How.SUM, beds))
    builder = BUILDERS[None]
    place = n.Ref("stays", "admission_department", Type.TEXT) if department else None
    above, _ = draw(_measures(builder, Kind.COUNT))
    population = draw(st.none() | builder.condition(1))
    when = n.Ref("stays", "discharged_at", Type.TIMESTAMP)
    return Per("stays", when, place, above, population, draw(_listed(builder)))


@cache
def _measures(builder: Builder, kind: Kind) -> st.SearchStrategy[tuple[Measure, Measure | None]]:
    rows = st.just(_measure(How.ROWS, None))
    counted = st.builds(_measure, st.just(How.COUNT), builder.condition(2))
    summed = st.builds(_measure, st.just(How.SUM), builder.whole(2))
    if kind in ORDERED:
        return st.tuples(st.builds(_measure, st.just(How.VALUES), builder.whole(1)), st.none())
    if kind is Kind.DISTINCT:
        value = builder.ref(Type.TEXT, Type.INT)
        told = st.builds(_measure, st.just(How.DISTINCT), value, st.none() | builder.condition(1))
        return st.tuples(told, st.none() | told)
    if kind in (Kind.COUNT, Kind.RATE):
        return st.tuples(st.one_of(rows, counted, summed), st.none())
    if kind is Kind.MEAN:
        return st.tuples(summed, st.one_of(rows, counted))
    return st.tuples(st.one_of(rows, counted, summed), st.one_of(rows, counted, summed))


def _cell(random: Random, values: list[Any]) -> Any:
    """One of the values, or unknown in a fifth of the cases."""
    return None if random.random() < 0.2 else random.choice(values)


@st.composite
def data(draw: Callable[..., Any]) -> dict[str, list[dict[str, Any]]]:
    """Stays of a few patients in two institutions, with children, some of them without their stay.

    The rows come from a seed: thirty rows drawn cell by cell would leave no time for definitions.
    """
    random, size = Random(draw(st.integers(0, 2**32))), draw(st.sampled_from([3, 12, 30]))
    stays = [_stay(random, i) for i in range(size)]
    ids = [stay["stay_id"] for stay in stays] + ["nobody"]
    tables: dict[str, list[dict[str, Any]]] = {"stays": stays}
    for child, columns in CHILDREN.items():
        tables[child] = [
            {"stay_id": random.choice(ids)} | {k: _cell(random, v) for k, (_, v) in columns.items()}
            for _ in range(random.randint(0, 2 * size))
        ]
    tables["bed_days"] = [_bed_day(random) for _ in range(random.randint(0, 6))]
    return tables


def _bed_day(random: Random) -> dict[str, Any]:
    place = {"institution": random.choice(["H1", "H2"]), "department": random.choice(DEPARTMENTS)}
    return place | {"day": random.choice(DATES), "open_beds": 9, "occupied_beds": random.choice([0, 1, 7])}


def _stay(random: Random, number: int) -> dict[str, Any]:
    admitted, discharged = sorted(random.choices(TIMES, k=2))
    row = {name: _cell(random, values) for name, (_, values) in STAY_COLUMNS.items()}
    return row | {
        "stay_id": f"s{number}",
        "patient_key": random.choice(["p1", "p2", "p3"]),
        "institution": random.choice(["H1", "H1", "H2"]),
        "admitted_at": admitted,
        "discharged_at": discharged,
        "admission_department": _cell(random, DEPARTMENTS),
    }
