"""A record rule whose data is missing, or that breaks, never passes anybody: it says what is missing, or how it broke."""

from dataclasses import replace
from functools import cache
from itertools import zip_longest

import pyarrow as pa
import pytest

from tests.acceptance.conftest import write
from tests.acceptance.record_proof import NOW, county, rules, settings
from zhikong.engine.compute import Source
from zhikong.engine.record_rules import judging as rows
from zhikong.engine.record_rules.checking import screen
from zhikong.engine.record_rules.clock import needs as clocks
from zhikong.engine.record_rules.model import RuleKind
from zhikong.engine.record_rules.texts import judging as texts
from zhikong.engine.tables import TABLES

WHO = {"stays": "stay_id", "visit_records": "visit_id"}
"""Without these there is nobody to judge."""


@cache
def needs(name: str) -> dict[str, frozenset[str]]:
    """Tables and columns without which the rule cannot be judged."""
    rule = rules()[name]
    if rule.kind is RuleKind.CLOCK:
        found = clocks.needs_of(rule, excuses=False)
    else:
        found = texts.needs_of(rule) if hasattr(rule, "check") else rows.needs_of(rule)
    return {table: frozenset(columns) for table, columns in found.items()}


def wanting(table: str, column: str = "") -> list[str]:
    """The rules that need the table, or the column of it."""
    return [name for name in rules() if table in needs(name) and (not column or column in needs(name)[table])]


TABLES_NEEDED = sorted({table for name in rules() for table in needs(name)} - WHO.keys())


def columns_of(table: str) -> list[str]:
    """The columns that some rule needs of a table, but for those that say whose row it is."""
    found = {column for name in rules() for column in needs(name).get(table, ())}
    return sorted(
        column
        for column in found - {*TABLES[table].key, "stay_id", "institution"}
        if TABLES[table].column(column)
    )


ROUNDS = [
    {f"{table}.{column}" for table, column in zip(sorted({*TABLES_NEEDED, *WHO}), row, strict=True) if column}
    for row in zip_longest(*(columns_of(table) for table in sorted({*TABLES_NEEDED, *WHO})))
]
"""One column of each table at a time, until each was missing once."""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    made = county(months=1, scale=0.03)
    return write(made.tables, tmp_path_factory.mktemp("small"))


def judged(names: list[str], source: Source, **how) -> tuple[pa.Table, dict]:
    chosen = [rules()[name] for name in names]
    return screen(chosen, source, now=NOW, settings=settings(), **how)


@pytest.fixture(scope="module")
def whole(files):
    """How many encounters there are for each rule, and that many of them pass while everything is there."""
    _, counts = judged(list(rules()), Source.of_files(files), keep=())
    assert sum(count["pass"] for count in counts.values()) > 1000
    return {name: sum(count.values()) for name, count in counts.items()}


def never_passed(names: list[str], told: pa.Table, counts: dict, whole: dict) -> None:
    """Nobody passes and nobody fails: all are not assessable, or do not come under the rule, with a reason."""
    for name in names:
        count = counts[name]
        assert count["pass"] == count["fail"] == 0, (name, dict(count))
        assert sum(count.values()) == whole[name], name
        assert count["not_assessable"] + count["error"] > 0, (name, dict(count))
    unsaid = [row for row in told.select(["rule", "verdict", "reason"]).to_pylist() if not row["reason"]]
    assert [row for row in unsaid if row["verdict"] != "not_applicable"] == []


@pytest.mark.parametrize("table", TABLES_NEEDED)
def test_a_table_that_was_never_delivered(table, files, whole):
    names = wanting(table)
    told, counts = judged(names, Source.of_files({name: f for name, f in files.items() if name != table}))
    never_passed(names, told, counts, whole)


@pytest.mark.parametrize("gone", ROUNDS, ids=range(len(ROUNDS)))
def test_columns_that_were_never_delivered(gone, files, whole):
    names = {name for place in gone for name in wanting(*place.split("."))}
    told, counts = judged(sorted(names), Source.of_files(files), undelivered=frozenset(gone))
    never_passed(names, told, counts, whole)


def broken(rule):
    """The same rule with something in its place that no evaluator knows."""
    if rule.kind is RuleKind.CLOCK:
        return replace(rule, when=object())
    return replace(rule, check=object()) if hasattr(rule, "check") else replace(rule, passes=object())


def test_a_rule_that_breaks_says_so_and_the_others_are_judged(files, whole):
    names = sorted(rules())
    healthy = names[::10]
    mixed = [rules()[name] if name in healthy else broken(rules()[name]) for name in names]
    source = Source.of_files(files)
    told, counts = screen(mixed, source, now=NOW, settings=settings(), keep=("error",))
    for name in set(names) - set(healthy):
        assert dict(counts[name]) == {"error": whole[name]}, name
    _, alone = judged(healthy, source, keep=())
    assert {name: counts[name] for name in healthy} == {name: alone[name] for name in healthy}
    assert all(row["reason"].startswith("规则出错") for row in told.select(["reason"]).to_pylist())
