"""Random definitions over sets, as texts, and random patients to try them on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from zhikong.engine.tables import Type
from zhikong.engine.tables.clinical_data import Clinical

Columns = dict[str, Type]
START = datetime.fromisoformat("2026-02-27T12:00")  # wall time; the leap day that is missing is near
TIMES = [START + timedelta(hours=h, seconds=s) for h in (0, 1, 11, 12, 24, 36, 48, 60) for s in (0, 30)]
DAYS = [date(2000, 2, 29), date(2008, 1, 31), date(2008, 2, 28), date(2026, 2, 27), date(2026, 3, 1)]
CODES = ["s|a", "s|b", "t|a", "s|a\nt|b", ""]
SETS = {"First": frozenset({"s|a"}), "Second": frozenset({"t|a", "t|b"}), "None": frozenset({"u|z"})}
TABLES: dict[str, Columns] = {
    "patients": {"birth_date": Type.DATE, "gender": Type.TEXT, "deceased_at": Type.TIMESTAMP},
    "encounters": {
        "id": Type.TEXT, "status": Type.TEXT, "type": Type.CODES, "started_at": Type.TIMESTAMP,
        "ended_at": Type.TIMESTAMP,
    },
    "observations": {
        "encounter_id": Type.TEXT, "status": Type.TEXT, "code": Type.CODES, "value_integer": Type.INT,
        "value_quantity": Type.FLOAT, "value_unit": Type.TEXT, "value_boolean": Type.BOOL,
        "started_at": Type.TIMESTAMP,
    },
}  # fmt: skip
WORDS = {"id": ["e1", "e2"], "encounter_id": ["e1", "e2"], "value_unit": ["wk", "d", "cm"]}


def _moment(first: datetime, whole_day: bool) -> Any:
    """A time, or the span of its day."""
    return (datetime.combine(first, time.min), datetime.combine(first, time.max)) if whole_day else first


_VALUES: dict[Type, st.SearchStrategy[Any]] = {
    Type.TEXT: st.sampled_from(["x", "y"]),
    Type.INT: st.integers(-2, 3),
    Type.FLOAT: st.sampled_from([0.0, 1.5, 2.0, 14.0]),
    Type.BOOL: st.booleans(),
    Type.DATE: st.sampled_from(
        [*DAYS, (date(2008, 2, 1), date(2008, 2, 29)), (date(2000, 1, 1), date(2000, 12, 31))]
    ),
    Type.TIMESTAMP: st.builds(_moment, st.sampled_from(TIMES), st.sampled_from([False, False, True])),
    Type.CODES: st.sampled_from(CODES),
}


@st.composite
def patients(draw: st.DrawFn) -> Clinical:
    """A few patients with a few rows each; every value may be unknown, every time known to the day only."""
    data = Clinical("UTC")
    for case in range(draw(st.integers(1, 4))):
        data.cases.append(f"p{case}")
        for table, columns in TABLES.items():
            for _ in range(draw(st.integers(0, 1 if table == "patients" else 4))):
                data.append(table, case, {c: _drawn(draw, data, c, kind) for c, kind in columns.items()})
    return data


def _drawn(draw: st.DrawFn, data: Clinical, column: str, kind: Type) -> Any:
    if draw(st.integers(0, 4)) == 0:
        return None
    value = draw(st.sampled_from(WORDS[column]) if column in WORDS else _VALUES[kind])
    return data.concept(value) if kind is Type.CODES else value


class Writer:
    """Writes random expressions. `stack`: the rows in reach, innermost last, as (name, columns)."""

    def __init__(self, draw: st.DrawFn, sets: dict[str, Columns]) -> None:
        self.draw, self.sets, self.names = draw, sets, 0

    def pick(self, options: list[Any]) -> Any:
        return self.draw(st.sampled_from(options))

    def write(self, kind: Type, stack: list[tuple[str, Columns]], depth: int) -> str:
        """An expression of the type."""
        ways = [self._plain]
        if depth > 0:
            ways += [self._shaped, self._shaped, self._over_rows]
        return self.pick(ways)(kind, stack, depth)

    def _plain(self, kind: Type, stack: list[tuple[str, Columns]], depth: int) -> str:
        cells = [
            f"{name}.{column}" for name, columns in stack for column, held in columns.items() if held is kind
        ]
        cells += [f"patient.{c}" for c, held in TABLES["patients"].items() if held is kind]
        return self.pick([*cells, *cells, *_LITERALS.get(kind, [])] or ["null"])

    def _shaped(self, kind: Type, stack: list[tuple[str, Columns]], depth: int) -> str:
        def inner(of: Type) -> str:
            return self.write(of, stack, depth - 1)

        time, day = Type.TIMESTAMP, Type.DATE
        kinds = [k for k in (time, day, Type.INT) if k is not kind] if kind is Type.BOOL else []
        match kind:
            case Type.BOOL:
                same = self.pick(kinds)
                codes, text = self._plain(Type.CODES, stack, 0), self._plain(Type.TEXT, stack, 0)
                return self.pick([
                    lambda: f"({inner(Type.BOOL)} and {inner(Type.BOOL)})",
                    lambda: f"({inner(Type.BOOL)} or {inner(Type.BOOL)})",
                    lambda: f"(not {inner(Type.BOOL)})",
                    lambda: f"({inner(same)} {self.pick(['=', '<>', '<', '<=', '>', '>='])} {inner(same)})",
                    lambda: f"({inner(same)} is {self.pick(['', 'not '])}null)",
                    lambda: f"({inner(Type.INT)} in (1, 2))",
                    lambda: f"(in_unit({self._plain(Type.FLOAT, stack, 0)}, {text}, 'wk') >= 2)",
                    lambda: f"in_valueset({codes}, '{self.pick(list(SETS))}')" if "." in codes else "true",
                    lambda: f"has_code({codes}, 's|a', 't|b')" if "." in codes else "false",
                    lambda: f"({text} in ('x', 'e1'))",
                    lambda: f"({self._number(stack, inner)} {self.pick(['<', '>=', '='])} {self._number(stack, inner)})",
                    lambda: f"within({inner(time)}, {inner(time)}, {inner(time)})",
                    lambda: f"within_days({inner(time)}, {inner(day)}, {inner(time)})",
                    lambda: f"overlapping({inner(time)}, {inner(time)}, {inner(time)}, {inner(time)})",
                    lambda: f"inside({inner(day)}, {inner(day)}, {inner(day)}, {inner(day)})",
                ])()  # fmt: skip
            case Type.INT:
                return self.pick([
                    lambda: f"({inner(Type.INT)} {self.pick(['+', '-', '*'])} {inner(Type.INT)})",
                    lambda: f"(-{inner(Type.INT)})",
                    lambda: f"quotient({inner(Type.INT)}, {self.pick([1, 2, 7])})",
                    lambda: f"days_between({inner(self.pick([time, day]))}, {inner(time)})",
                    lambda: f"{self.pick(['hours', 'minutes'])}_between({inner(time)}, {inner(time)})",
                    lambda: f"{self.pick(['years', 'months'])}_between({inner(day)}, {inner(time)})",
                    lambda: f"coalesce({inner(Type.INT)}, {inner(Type.INT)})",
                    lambda: f"if({inner(Type.BOOL)}, {inner(Type.INT)}, {inner(Type.INT)})",
                ])()  # fmt: skip
            case Type.TIMESTAMP:
                return self.pick([
                    lambda: f"coalesce({inner(time)}, {inner(time)})",
                    lambda: f"if({inner(Type.BOOL)}, {inner(time)}, {inner(time)})",
                    lambda: f"add_{self.pick(['minutes', 'hours', 'days', 'months', 'years'])}({inner(time)}, {self._small(stack)})",
                ])()  # fmt: skip
            case Type.DATE:
                return self.pick([
                    lambda: f"date({inner(time)})",
                    lambda: f"coalesce({inner(day)}, {inner(day)})",
                    lambda: f"add_{self.pick(['days', 'months', 'years'])}({inner(day)}, {self._small(stack)})",
                ])()  # fmt: skip
            case _:
                return self._plain(kind, stack, depth)

    def _number(self, stack: list[tuple[str, Columns]], inner: Callable[[Type], str]) -> str:
        plain = self._plain(Type.FLOAT, stack, 0)
        if plain == "null":
            plain = "2.5"
        return self.pick([
            lambda: f"({plain} {self.pick(['+', '-', '*', '/'])} {inner(Type.INT)})",
            lambda: f"power({inner(Type.INT)}, {plain})",
            lambda: f"({plain} - 4.7)",
        ])()  # fmt: skip

    def _small(self, stack: list[tuple[str, Columns]]) -> str:
        return self.pick(["-1", "0", "1", "12", self._plain(Type.INT, stack, 0)])

    def _over_rows(self, kind: Type, stack: list[tuple[str, Columns]], depth: int) -> str:
        rows = self.pick([*self.sets, *(t for t in TABLES if t != "patients")])
        self.names += 1
        alias = f"n{self.names}"
        inside = [*stack, (alias, self.sets.get(rows) or TABLES[rows])]

        def inner(of: Type) -> str:
            return self.write(of, inside, depth - 1)

        test, over = inner(Type.BOOL), f"{rows} as {alias}"
        time = Type.TIMESTAMP
        match kind:
            case Type.BOOL:
                return f"{self.pick(['any', 'every'])}({over}, {test})"
            case Type.INT:
                return self.pick([
                    lambda: f"count({over}, {test})",
                    lambda: f"{self.pick(['min', 'max', 'sum'])}({over}, {inner(Type.INT)}, {test})",
                    lambda: f"{self.pick(['first', 'last'])}({over}, {inner(Type.INT)}, {inner(time)}, {test})",
                ])()  # fmt: skip
            case Type.TIMESTAMP | Type.DATE:
                at = self.write(time, stack, depth - 1)
                return self.pick([
                    lambda: f"{self.pick(['min', 'max'])}({over}, {inner(kind)}, {test})",
                    lambda: f"{self.pick(['first', 'last'])}({over}, {inner(kind)}, {inner(Type.INT)}, {test})",
                    lambda: f"nearest({over}, {inner(kind)}, {inner(time)}, {at}, {test})",
                ])()  # fmt: skip
            case _:
                return self._plain(kind, stack, depth)


_LITERALS: dict[Type, list[str]] = {
    Type.BOOL: ["true", "false"],
    Type.INT: ["0", "1", "3"],
    Type.FLOAT: ["1.5"],
    Type.TEXT: ["'x'"],
    Type.DATE: ["period_start", "date('2026-02-28')"],
    Type.TIMESTAMP: ["time('2026-02-28T12:00')"],
}


@st.composite
def measures(draw: st.DrawFn) -> dict[str, Any]:
    """The content of a measure file: three sets, one of them a union, and populations over one of them."""
    sets: dict[str, Columns] = {}
    writer = Writer(draw, sets)
    raw: dict[str, Any] = {}
    for name in ("one", "two"):
        source = writer.pick(["encounters", "observations", *sets])
        own = dict(sets.get(source) or TABLES[source])
        raw[name] = {"from": source}
        if "number" not in own and writer.pick([True, False, False]):
            raw[name]["repeat"] = writer.write(Type.INT, [(name, own)], 1)
            own["number"] = Type.INT
        columns: dict[str, str] = {}
        for place, kind in enumerate((Type.TIMESTAMP, Type.INT, Type.BOOL)):
            column = f"{name}_{place}"
            columns[column] = writer.write(kind, [(name, own)], 2)
            own[column] = kind
        where = writer.pick(["true", writer.write(Type.BOOL, [(name, own)], 2)])
        raw[name] |= {"columns": columns, "where": where}
        sets[name] = own
    raw["both"] = {"union": ["encounters", "observations"]}
    sets["both"] = {c: k for c, k in TABLES["encounters"].items() if TABLES["observations"].get(c) is k}
    sets["both"]["id"] = Type.TEXT
    rows = writer.pick([*sets, "patients"])
    stack = [(rows, sets.get(rows) or TABLES[rows])]
    populations = {
        "a": {"where": writer.pick(["true", writer.write(Type.BOOL, stack, 3)])},
        "b": {"of": "a", "where": writer.write(Type.BOOL, stack, 2)},
        "c": {"of": "a", "without": ["b"], "where": writer.write(Type.BOOL, stack, 1)},
    }
    observations = {"v": {"of": "a", "without": "b", "value": writer.write(Type.INT, stack, 2)}}
    return {
        "schema": "measure", "id": "m", "rows": rows, "sets": raw, "populations": populations,
        "observations": observations, "period": {"start": date(2026, 2, 27), "end": date(2026, 3, 1)},
    }  # fmt: skip
