"""Reader of FHIR R4 resources: a source's columns are paths (see README.md beside this file), its rows are resources.

Options of a source: `resource` (one type or several), `each` (one row for each element of a list), `leave_out`
(rows that the contract does not hold, with the reason: no fault, and counted), `not_held` (of the main source: why
resources of a type that no source takes are left).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from zhikong.intake import staging
from zhikong.intake.formats.fhir_files import Delivery, Item, delivery, items
from zhikong.intake.formats.fhir_paths import INDEX, PathFault, Resource, reader
from zhikong.intake.formats.fhir_versions import Versions
from zhikong.intake.mappings import Mapping, MappingFault, Source
from zhikong.intake.reasons import FileRefused, problem

_BATCH = 10_000
_SHOWN = 80


@dataclass(frozen=True)
class LeaveOut:
    """Rows whose path has one of the values (unless: has none of them) are left out; None is absent, `*` anything."""

    get: Callable[[Resource], str | None]
    values: frozenset[str | None]
    unless: bool
    because: str

    def takes(self, resource: Resource) -> bool:
        """Whether the row is left out."""
        value = self.get(resource)
        return (value in self.values or (value is not None and "*" in self.values)) != self.unless


@dataclass(frozen=True)
class Words:
    """A source's own words, ready to be used."""

    resources: tuple[str, ...]
    each: tuple[str, ...]
    leave_out: tuple[LeaveOut, ...]
    columns: tuple[Callable[[Resource], str | None], ...]


def resources_of(source: Source) -> tuple[str, ...]:
    """The resource types that a source takes. Raises MappingFault when it names none."""
    named = source.options.get("resource")
    if not named:
        raise MappingFault(f"来源 {source.name}：缺少 resource。")
    return (named,) if isinstance(named, str) else tuple(named)


def words(source: Source, wanted: list[str], zone: str) -> Words:
    """The source's options and paths. Raises MappingFault with a sentence for a path that is not of the language."""
    at = ZoneInfo(zone)
    try:
        return Words(
            resources=resources_of(source),
            each=tuple(str(source.options["each"]).split(".")) if "each" in source.options else (),
            leave_out=tuple(
                one for spec in source.options.get("leave_out", ()) for one in _leave_out(spec, at)
            ),
            columns=tuple(reader(path, at) for path in wanted),
        )
    except PathFault as fault:
        raise MappingFault(f"来源 {source.name}：{fault}") from fault


def _leave_out(spec: dict[str, Any], zone: ZoneInfo) -> Iterator[LeaveOut]:
    for word in ("where", "unless"):
        for path, values in spec.get(word, {}).items():
            several = values if isinstance(values, list) else [values]
            texts = frozenset(None if v is None else _as_written(v) for v in several)
            yield LeaveOut(reader(path, zone), texts, word == "unless", spec["because"])


def _as_written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def batches(
    file: Path, source: Source, wanted: list[str], mapping: Mapping, result: staging.Staged
) -> Iterator[tuple[pa.Array, staging.Columns]]:
    """See staging.Reader. Rows are lines, entries or files, counted through all files that may hold the resource."""
    try:
        ready = words(source, wanted, result.zone)
    except MappingFault as fault:
        raise FileRefused(str(fault), "请改正映射后重新导入。") from fault
    collector = _Collector(source, ready, mapping, result)
    blank = pa.array(mapping.blank, pa.string())
    numbers: list[int] = []
    rows: list[list[str | None]] = []
    with delivery(file, _types(mapping)) as found:
        for row, resource in collector.rows(found):
            numbers.append(row)
            rows.append([get(resource) for get in ready.columns])
            if len(rows) == _BATCH:
                yield _batch(numbers, rows, wanted, blank)
                numbers, rows = [], []
    if rows:
        yield _batch(numbers, rows, wanted, blank)
    collector.finish()


def _batch(numbers, rows, wanted, blank) -> tuple[pa.Array, staging.Columns]:
    columns = {}
    for name, values in zip(wanted, zip(*rows, strict=True), strict=True):
        texts = pa.array(values, pa.string())
        columns[name] = pc.if_else(pc.is_in(texts, blank), pa.scalar(None, pa.string()), texts)
    return pa.array(numbers, pa.int64()), columns


def _types(mapping: Mapping) -> set[str]:
    """Every resource type that the mapping takes."""
    return {name for s in mapping.sources.values() if s.format == "fhir" for name in resources_of(s)}


class _Collector:
    """Walks through the files for one source and keeps account of what is no row."""

    def __init__(self, source: Source, ready: Words, mapping: Mapping, result: staging.Staged):
        self.source, self.words, self.result = source, ready, result
        self.known = _types(mapping)
        self.main = source.name == mapping.main
        leads: dict[str, str] = {}
        for one in mapping.sources.values():
            for name in resources_of(one) if one.format == "fhir" else ():
                leads.setdefault(name, one.name)
        self.leads = frozenset(name for name in ready.resources if leads[name] == source.name)
        self.versions = Versions(result.path.with_suffix(".versions.parquet"))

    def rows(self, found: Delivery) -> Iterator[tuple[int, Resource]]:
        """(row, resource) of everything that the source takes; elements of `each` as resources of their own."""
        row = 0
        starts: list[str] = []
        parts = found.parts if self.main else found.of(self.words.resources)
        for part in parts:
            if part.claimed and part.claimed not in self.words.resources:
                continue
            starts.append(f"{part.name} 从第 {row + 1} 行起")
            # the main source reads everything, so that it can say what no source takes
            holding = () if self.main or part.claimed else self.words.resources
            for item in items(part, holding):
                row += 1
                if item is not None:
                    yield from self._taken(item, row, part.claimed)
        if len(starts) > 1 and self.leads and len(starts) <= 20:
            self.result.notes.append(f"{self.source.name} 的行号按文件顺序连续编号：{'；'.join(starts)}。")

    def _taken(self, item: Item, row: int, claimed: str) -> Iterator[tuple[int, Resource]]:
        resource = item.resource
        if resource is None:
            yield from self._no_resource(item, row, claimed)
            return
        kind = resource.get("resourceType")
        if kind not in self.words.resources:
            self._other(kind, row, claimed)
            return
        if self.versions.note(row, resource) and not self.result.live:
            return
        for one in _elements(resource, self.words.each) if self.words.each else (resource,):
            because = next((rule.because for rule in self.words.leave_out if rule.takes(one)), None)
            if because is None:
                yield row, one
            else:
                self.result.left.setdefault(because, []).append(row)

    def _no_resource(self, item: Item, row: int, claimed: str) -> Iterator[tuple[int, Resource]]:
        """A fault, or a deletion: in a live feed the resource once more, as one that was entered in error."""
        if item.deleted:
            kind, _, number = item.deleted.split("/_history/")[0].rpartition("/")
            kind = kind.rpartition("/")[2]
            if kind in self.words.resources:
                self.versions.note_deleted(row, f"{kind}/{number}")
                if self.result.live:
                    yield row, {"resourceType": kind, "id": number, "status": "entered-in-error"}
        elif claimed in self.leads or (not claimed and self.main):
            self._fault(item.fault, row, "", "")

    def _other(self, kind: Any, row: int, claimed: str) -> None:
        """A resource of another type: where its file's name or no source of the mapping claims it, that is said."""
        if claimed in self.leads:
            self._fault("wrong_resource", row, str(kind)[:_SHOWN], claimed)
        elif not claimed and self.main and kind not in self.known:
            name = str(kind)[:_SHOWN]
            because = self.source.options.get("not_held", {}).get(name, "映射没有接收它的来源")
            self.result.left.setdefault(f"{name} 资源：{because}", []).append(row)

    def _fault(self, reason: str, row: int, value: str, detail: str) -> None:
        one = problem(
            reason,
            source=self.source.name,
            row=row,
            table="",
            column="",
            label="整行",
            value=value,
            detail=detail,
        )
        self.result.problems.append(one)

    def finish(self) -> None:
        """Take back the rows of versions that do not count; the source that leads its type says so."""
        withdrawn = []
        for loser in self.versions.losers():
            if self.result.live and loser.row == loser.winner:
                continue  # this row takes the earlier ones back
            withdrawn.append(loser.row)
            if loser.key.split("/")[0] in self.leads:
                self._fault(loser.reason, loser.row, loser.key[:_SHOWN], str(loser.winner))
        self.result.withdrawn = pa.array(withdrawn, pa.int64())


def _elements(resource: Resource, path: tuple[str, ...]) -> Iterator[Resource]:
    """The resource once for each element of a list, with that element in the list's place and its number as `#`."""
    name, rest = path[0], path[1:]
    child = resource.get(name)
    several = child if isinstance(child, list) else [] if child is None else [child]
    for number, element in enumerate(several, 1):
        if rest and isinstance(element, dict):
            yield from ({**resource, name: e, INDEX: e.get(INDEX)} for e in _elements(element, rest))
        elif not rest:
            yield {**resource, name: element, INDEX: str(number)}
