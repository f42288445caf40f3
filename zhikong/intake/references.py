"""Which columns of its sources a mapping reads: all others never leave the file."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as MappingType
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zhikong.intake.mappings import Field, Mapping, Source, TableMapping
    from zhikong.intake.words import Unfold


def used_columns(mapping: Mapping, source: str) -> list[str]:
    """The source's own columns that the mapping reads, without pseudonyms and identities, in first-use order."""
    names: dict[str, None] = {}
    for table in mapping.tables:
        for owner, column in _references(table, mapping.sources):
            said = mapping.sources[source]
            if owner == source and column not in said.pseudonyms and column not in said.judged:
                names[column] = None
    listed = mapping.sources[source].options.get("directory", {})
    return list(dict.fromkeys([*names, *([listed["of"], *listed["names"]] if listed else [])]))


def wide_columns(mapping: Mapping, source: str) -> list[str]:
    """Those of the used columns that are read as they stand, not only through an unfolding."""
    plain = tuple(replace(table, unfold=()) if table.unfold else table for table in mapping.tables)
    still = set(used_columns(replace(mapping, tables=plain), source))
    return [name for name in used_columns(mapping, source) if name in still]


def deidentified_columns(mapping: Mapping, source: str) -> frozenset[str]:
    """The source's columns of free text that must lose every name and number before they are staged."""
    found: set[str] = set()
    for table in mapping.tables:
        for one in table.fields:
            if one.form != "deidentified" or not one.from_:
                continue
            owner, name = owner_of(one.from_, table.source, mapping.sources)
            groups = [g for g in table.unfold if name in g.take]
            names = [g.take[name].format(n=n) for g in groups for n in _repetitions(g)] or [name]
            found.update(names if owner == source else ())
    return frozenset(found)


def owner_of(name: str, own: str, sources: Collection[str]) -> tuple[str, str]:
    """(source, column) that a name means: `other.column` is another source's when there is one of that name."""
    owner, _, column = name.partition(".")
    return (owner, column) if column and owner in sources else (own, name)


def sealed(owner: str, column: str, sources: MappingType[str, Source]) -> bool:
    """Whether `source.field` means an identity field (a birth date): it is reckoned with, and never staged."""
    return column in sources[owner].identity and column not in sources[owner].identity.values()


def _references(table: TableMapping, sources: MappingType[str, Source]) -> list[tuple[str, str]]:
    """(source, column) of everything that a table reads."""
    found = [owner_of(name, table.source, sources) for name in _named(table, sources)]
    found = [(owner, column) for owner, column in found if not sealed(owner, column, sources)]
    for pick in (f.pick for f in table.fields if f.pick):
        found += [(pick.source, c) for c in (pick.take, pick.by, *pick.where)]
    for within in (f.within for f in table.fields if f.within):
        found += [(within.source, within.start), (within.source, within.end)]
    return found + [(join.source, theirs) for join in table.join for theirs in join.on]


def _named(table: TableMapping, sources: Collection[str]) -> list[str]:
    """The columns that a table reads, as the mapping names them: its own, and those of joined sources."""
    names = [name.format(n=n) for g in table.unfold for name in g.take.values() for n in _repetitions(g)]
    columns = {f.column for f in table.fields}
    read: list[str | None] = []
    for one in table.fields:
        read += [
            one.from_,
            *(one.days_between or ()),
            *(one.years_between or ()),
            *one.in_order,
            *one.otherwise,
        ]
        read += [name for name in one.number_within if name not in columns]
        read += [one.pick.key if one.pick else None, one.within.at if one.within else None, one.hour]
    read += [ours for join in table.join for ours in join.on.values()]
    made = _made(table)
    names += [name for name in read if name is not None and name not in made]
    names += [*(table.where or ()), *(table.changes or ()), *table.live.columns]
    return names + ([table.steps.of, table.steps.start] if table.steps else [])


def _made(table: TableMapping) -> set[str]:
    """Columns that reshaping makes, which no file has."""
    if table.unfold:
        return {"seq", *(name for g in table.unfold for name in (*g.take, *g.constants))}
    return {"before", "after", "at", "seq"} if table.changes or table.steps else set()


def _repetitions(group: Unfold) -> range:
    return range(group.times[0], group.times[1] + 1)


def stated_columns(
    mapping: Mapping, lacking: MappingType[str, Collection[str]]
) -> dict[str, tuple[str, ...]]:
    """Contract table -> columns that a delivery speaks of; what it does not speak of is not “empty”.

    lacking: delivered source -> columns that its file does not have.
    """
    found: dict[str, dict[str, None]] = {}
    for table in mapping.tables:
        if table.source in lacking:
            spoken = (f.column for f in table.fields if _speaks(f, table, lacking))
            found.setdefault(table.table, {}).update(dict.fromkeys(spoken))
    return {name: tuple(columns) for name, columns in found.items()}


def _speaks(field: Field, table: TableMapping, lacking: MappingType[str, Collection[str]]) -> bool:
    if field.pick:
        return field.pick.source in lacking
    if not field.from_:
        return True
    joined = next((j.source for j in table.join if field.from_.startswith(f"{j.source}.")), None)
    owner, name = (joined, field.from_.removeprefix(f"{joined}.")) if joined else (table.source, field.from_)
    return owner in lacking and name not in lacking[owner]
