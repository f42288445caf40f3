"""Random expressions of the language, over a few columns of every type."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from hypothesis import strategies as st

from zhikong.engine.definitions import canonical
from zhikong.engine.definitions import nodes as n
from zhikong.engine.tables import Type

Strategy = st.SearchStrategy[n.Node]
CODES = ["A01.000", "A01.900", "A02.100", "B20", "B20.x00", "C"]
PREFIXES = ["A01", "A01.9", "A02", "B", "B20.x", "D00"]
START = datetime.fromisoformat("2025-12-30T12:00")  # wall time without zone, as in the contract
# few distinct moments, so that equal times, whole days and half minutes come up often
TIMES = [START + timedelta(hours=h, seconds=s) for h in (0, 12, 24, 36, 84, 96, 108) for s in (0, 30, 60)]
MINUTES = [0, 1, 720, 1440, -720]
DATES = [date(2025, 12, 28) + timedelta(days=d) for d in range(10)]
DEPARTMENTS = ["D1", "D2"]
SMALL = st.integers(-3, 6)

# column -> (type, possible values); unknown is added to every one
STAY_COLUMNS: dict[str, tuple[Type, list[Any]]] = {
    "days": (Type.INT, [0, 1, 2, 5]),
    "age_years": (Type.INT, [0, 17, 18, 65]),
    "total_fee": (Type.INT, [0, 1, 100, 10**12]),
    "day_surgery": (Type.BOOL, [True, False]),
    "sex": (Type.TEXT, ["1", "2", "9"]),
    "principal_diagnosis": (Type.TEXT, CODES),
    "confirmed_on": (Type.DATE, DATES),
}
CHILDREN: dict[str, dict[str, tuple[Type, list[Any]]]] = {
    "operations": {
        "seq": (Type.INT, [1, 2, 3]),
        "grade": (Type.TEXT, ["1", "4"]),
        "elective": (Type.BOOL, [True, False]),
        "code": (Type.TEXT, CODES),
        "performed_at": (Type.TIMESTAMP, TIMES),
    },
    "results": {
        "value": (Type.FLOAT, [0.5, 1.0, -2.25]),
        "critical": (Type.BOOL, [True, False]),
        "notified_at": (Type.TIMESTAMP, TIMES),
    },
}
OTHERS = ("earlier_stays", "later_stays")
PERFORMED = n.Ref("operations", "performed_at", Type.TIMESTAMP)
DERIVED = {"stay_minutes": Type.INT, "stay_days_elapsed": Type.INT, "minutes_to_next_admission": Type.INT}


class Builder:
    """Expressions over the columns of one kind of row. `child` is None for stays.

    Strategies are cached: making them anew for every draw costs far more than running the engines.
    """

    def __init__(self, child: str | None) -> None:
        self.child = child
        own = CHILDREN[child] if child else STAY_COLUMNS
        table = child or "stays"
        self.refs = [n.Ref(table, name, kind) for name, (kind, _) in own.items()]
        owner: n.Owner = "stay" if child else "row"
        times = ("admitted_at", "discharged_at")
        self.refs += [n.Ref("stays", name, Type.TIMESTAMP, owner) for name in times]
        self.refs += [n.Ref("stays", name, kind, owner) for name, kind in DERIVED.items()]
        if child:
            self.refs += [n.Ref("stays", name, kind, "stay") for name, (kind, _) in STAY_COLUMNS.items()]

    @cache  # noqa: B019
    def ref(self, *kinds: Type) -> Strategy:
        return st.sampled_from([r for r in self.refs if r.type in kinds])

    @cache  # noqa: B019
    def whole(self, depth: int) -> Strategy:
        """Whole-number expressions."""
        simple = st.one_of(self.ref(Type.INT), SMALL.map(lambda v: n.Value(v, Type.INT)), self.elapsed())
        if depth == 0:
            return simple
        inner = st.deferred(lambda: self.whole(depth - 1))
        options = [
            simple,
            st.builds(canonical.arithmetic, st.sampled_from("+-*"), inner, inner),
            st.builds(n.Negate, inner),
            st.builds(lambda a, b: n.Coalesce((a, b)), inner, inner),
            st.builds(n.If, self.condition(depth - 1), inner, inner),
        ]
        if self.child is None:
            options.append(st.sampled_from(sorted(CHILDREN)).flatmap(self.counted))
            options += [self.added(), self.gap(), self.by_time(Type.INT)]
        return st.one_of(options)

    @cache  # noqa: B019
    def elapsed(self) -> Strategy:
        times = self.ref(Type.TIMESTAMP)
        days = self.ref(*(Type.TIMESTAMP, Type.DATE))
        exact = st.builds(n.Elapsed, st.sampled_from(["minutes", "hours"]), times, times)
        extreme = (
            st.builds(n.Elapsed, st.just("minutes"), times, self.extreme()) if self.child is None else exact
        )
        return st.one_of(exact, extreme, st.builds(n.Elapsed, st.just("days"), days, days))

    @cache  # noqa: B019
    def counted(self, child: str) -> Strategy:
        return st.builds(n.CountOf, st.just(child), BUILDERS[child].condition(1))

    @cache  # noqa: B019
    def added(self) -> Strategy:
        column = n.Ref("operations", "minutes", Type.INT)
        return st.builds(n.SumOf, st.just("operations"), st.just(column), BUILDERS["operations"].condition(1))

    @cache  # noqa: B019
    def extreme(self) -> Strategy:
        column = n.Ref("operations", "performed_at", Type.TIMESTAMP)
        words = st.sampled_from(["earliest", "latest"])
        return st.builds(
            n.Extreme, words, st.just("operations"), st.just(column), BUILDERS["operations"].condition(0)
        )

    @cache  # noqa: B019
    def gap(self) -> Strategy:
        units = st.sampled_from(["minutes", "hours"])
        condition = BUILDERS["operations"].condition(0)
        return st.builds(n.Gap, units, st.just("operations"), st.just(PERFORMED), condition)

    @cache  # noqa: B019
    def by_time(self, kind: Type) -> Strategy:
        """The first or last known value of any column of that type."""
        named = [n.Ref("operations", name, of) for name, (of, _) in CHILDREN["operations"].items()]
        columns = st.sampled_from([c for c in named if c.of is kind])
        words, condition = st.sampled_from(["first", "last"]), BUILDERS["operations"].condition(0)
        return st.builds(n.By, words, st.just("operations"), columns, st.just(PERFORMED), condition)

    @cache  # noqa: B019
    def condition(self, depth: int) -> Strategy:
        """Conditions."""
        simple = st.one_of(
            self.atom(), self.ref(Type.BOOL), self.atom(), self.atom(), st.booleans().map(_truth)
        )
        if depth == 0:
            return simple
        inner = st.deferred(lambda: self.condition(depth - 1))
        several = st.lists(inner, min_size=2, max_size=3)
        options = [
            simple,
            several.map(canonical.conjunction),
            several.map(canonical.disjunction),
            inner.map(canonical.negation),
            st.builds(
                self.compared,
                st.sampled_from(["=", "<>", "<", "<=", ">", ">="]),
                self.whole(depth - 1),
                self.whole(depth - 1),
            ),
            self.whole(depth - 1).map(n.IsNull),
        ]
        if self.child is None:
            options.append(st.sampled_from(sorted(CHILDREN)).flatmap(self.has))
            options.append(self.by_time(Type.BOOL))
            options.append(st.sampled_from(OTHERS).flatmap(self.of_another))
            options.append(self.by_time(Type.TEXT).map(lambda by: n.In(by, (n.Value("4", Type.TEXT),))))
        return st.one_of(options)

    @cache  # noqa: B019
    def of_another(self, view: str) -> Strategy:
        """Another stay of the patient for which a condition holds, alone or beside the stay that looks."""
        sex = n.Ref(view, "sex", Type.TEXT)
        code = n.Ref(view, "principal_diagnosis", Type.TEXT)
        conditions = [
            n.Value(True, Type.BOOL),
            n.Ref(view, "same_month", Type.BOOL),
            canonical.comparison("=", sex, n.Ref("stays", "sex", Type.TEXT, "stay")),
            n.CodeIn(code, (n.CodeRange("A01", "B"),)),
            n.IsNull(n.Ref(view, "minutes_to_next_admission", Type.INT)),
        ]
        return st.sampled_from(conditions).map(lambda condition: n.Has(view, condition))

    @cache  # noqa: B019
    def has(self, child: str) -> Strategy:
        return st.builds(n.Has, st.just(child), BUILDERS[child].condition(1))

    @staticmethod
    def compared(op: str, left: n.Node, right: n.Node) -> n.Node:
        return canonical.comparison(op, left, right)

    @cache  # noqa: B019
    def atom(self) -> Strategy:
        whole = self.ref(Type.INT)
        literal = st.sampled_from([0, 1, 2, 5, 18, 1440]).map(lambda v: n.Value(v, Type.INT))
        bound = st.sampled_from(MINUTES).map(lambda v: n.Value(v, Type.INT))
        compared = st.builds(self.compared, st.sampled_from(["=", "<", "<=", ">"]), whole, literal)
        options = [
            compared,
            self.text_atom(),
            self.ref(*Type).map(n.IsNull),
            st.builds(
                self.compared, st.sampled_from(["<", "="]), self.ref(Type.TIMESTAMP), self.ref(Type.TIMESTAMP)
            ),
            st.builds(self.compared, st.sampled_from(["<", "<=", ">", ">=", "="]), self.elapsed(), bound),
        ]
        if self.child == "results":
            value, bound = self.ref(Type.FLOAT), n.Value(Decimal("0.5"), Type.FLOAT)
            options.append(st.builds(self.compared, st.sampled_from(["<", "=", ">="]), value, st.just(bound)))
        return st.one_of(options)

    @cache  # noqa: B019
    def text_atom(self) -> Strategy:
        texts = [r for r in self.refs if r.type is Type.TEXT]
        values = st.lists(st.sampled_from(["1", "2", "4", "A01.000"]), min_size=1, max_size=3)
        ranges = st.lists(st.sampled_from(PREFIXES).map(lambda p: n.CodeRange(p, p)), min_size=1, max_size=2)
        spread = st.just([n.CodeRange("A01.9", "B")])
        return st.sampled_from(texts).flatmap(
            lambda ref: st.one_of(
                values.map(lambda v: canonical.membership(ref, [n.Value(x, Type.TEXT) for x in v])),
                st.one_of(ranges, spread).map(lambda r: n.CodeIn(ref, tuple(sorted(set(r))))),
            )
        )


BUILDERS: dict[str | None, Builder] = {child: Builder(child) for child in (None, *CHILDREN)}


def _truth(value: bool) -> n.Node:
    return n.Value(value, Type.BOOL)
