"""Which tables and columns a clock rule reads, and what of them is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zhikong.engine.backends.source import Source
from zhikong.engine.plan.needs import Needs, collect
from zhikong.engine.record_rules.clock.model import ClockRule, Selection
from zhikong.engine.results import Reason, missing_columns, missing_table
from zhikong.engine.tables import TABLES

OF_STAYS = ("stay_id", "discharged_at")
ABOUT = "about"


def needs_of(rule: ClockRule, *, excuses: bool = True) -> Needs:
    """Supplied tables and columns that the rule reads; without `excuses` not those that only `unless` names.

    Of several columns of time any one will do, so none of them is named here.
    """
    needs: Needs = {"stays": set(OF_STAYS)}
    if rule.applies is not None:
        collect(rule.applies, needs)
    for selection in rule.selections() if excuses else rule.needed():
        _of_selection(selection, needs)
    if rule.same_about:
        for part in rule.then.parts:
            needs[part.table].update(reference_columns(part.table))
        for part in rule.when.parts:
            needs[part.table].update(reference_columns(part.table))
    for table in set(needs) - {"stays"}:
        needs[table].add("stay_id")
    return needs


def reference_columns(table: str) -> tuple[str, ...]:
    """The columns that name what a row is about: its own `about`, or the key by which others name it."""
    if ABOUT in TABLES[table].column_names:
        return (ABOUT,)
    return tuple(name for name in TABLES[table].key if name != "stay_id")


def _of_selection(selection: Selection, needs: Needs) -> None:
    for part in selection.parts:
        found = needs.setdefault(part.table, set())
        for node in (part.condition, part.until):
            if node is not None:
                collect(node, needs)
        if len(part.at) == 1:
            found.add(part.at[0].column)


def _times(selections: Iterable[Selection]) -> Iterator[tuple[str, frozenset[str]]]:
    for selection in selections:
        for part in selection.parts:
            yield part.table, frozenset(ref.column for ref in part.at)


def missing(rule: ClockRule, source: Source, undelivered: frozenset[str]) -> Reason | None:
    """The first table or columns that the rule needs and the source does not have, or never filled."""
    lack = lacking(needs_of(rule, excuses=False), source, undelivered)
    return lack or _timeless(rule.needed(), source, undelivered)


def blind(selection: Selection, source: Source, undelivered: frozenset[str]) -> Reason | None:
    """Why it cannot be known whether an excuse happened."""
    needs: Needs = {}
    _of_selection(selection, needs)
    return lacking(needs, source, undelivered) or _timeless([selection], source, undelivered)


def _timeless(selections: Iterable[Selection], source: Source, undelivered: frozenset[str]) -> Reason | None:
    for table, columns in _times(selections):
        if not columns & held(table, source, undelivered):
            return missing_columns(table, sorted(columns))
    return None


def held(table: str, source: Source, undelivered: frozenset[str]) -> frozenset[str]:
    """The columns of a table that were delivered."""
    if table not in source or table in undelivered:
        return frozenset()
    return frozenset(c for c in source.columns(table) if f"{table}.{c}" not in undelivered)


def lacking(needs: Needs, source: Source, undelivered: frozenset[str]) -> Reason | None:
    """The first table or columns that are missing."""
    for table, columns in sorted(needs.items()):
        if table not in source or table in undelivered:
            return missing_table(table)
        absent = sorted(columns - held(table, source, undelivered))
        if absent:
            return missing_columns(table, absent)
    return None
