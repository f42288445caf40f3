"""Which columns of its sources a mapping reads: all others never leave the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhikong.intake.mappings import Mapping, TableMapping, Unfold


def used_columns(mapping: Mapping, source: str) -> list[str]:
    """The source's own columns that the mapping reads, without pseudonyms and identities, in first-use order."""
    names: dict[str, None] = {}
    for table in mapping.tables:
        for owner, column in _references(table):
            if owner == source and column not in mapping.sources[source].pseudonyms:
                names[column] = None
    return list(names)


def deidentified_columns(mapping: Mapping, source: str) -> frozenset[str]:
    """The source's columns of free text that must lose every name and number before they are staged."""
    found: set[str] = set()
    for table in mapping.tables:
        for one in table.fields:
            if one.form != "deidentified" or not one.from_:
                continue
            owner, _, name = one.from_.rpartition(".")
            groups = [g for g in table.unfold if name in g.take]
            names = [g.take[name].format(n=n) for g in groups for n in _repetitions(g)] or [name]
            found.update(names if (owner or table.source) == source else ())
    return frozenset(found)


def _references(table: TableMapping) -> list[tuple[str, str]]:
    """(source, column) of everything that a table reads."""
    reshaped = bool(table.unfold or table.changes or table.steps)
    own = [name.format(n=n) for g in table.unfold for name in g.take.values() for n in _repetitions(g)]
    own += [f.from_ for f in table.fields if f.from_ and "." not in f.from_ and not reshaped]
    own += [c for f in table.fields for c in (*(f.days_between or ()), *f.number_within)]
    own += [*(table.where or ()), *(table.changes or ()), *table.live.columns]
    own += [table.steps.of, table.steps.start] if table.steps else []
    found = [(table.source, name) for name in own]
    found += [tuple(f.from_.split(".", 1)) for f in table.fields if f.from_ and "." in f.from_]
    found += [(p.source, c) for f in table.fields if (p := f.pick) for c in (p.take, p.by, *p.where)]
    return found + [(join.source, theirs) for join in table.join for theirs in join.on]


def _repetitions(group: Unfold) -> range:
    return range(group.times[0], group.times[1] + 1)
