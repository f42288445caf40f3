"""FHIR resources of one case → rows of the clinical tables, by the paths of fhir_clinical.yaml.

Only the columns that are asked for are looked up; paths are compiled once. A case is the resources of one patient.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml

from zhikong.engine.tables import Type
from zhikong.engine.tables.clinical import CLINICAL
from zhikong.engine.tables.clinical_data import CASE, Clinical
from zhikong.intake.formats import fhir_elements as elements
from zhikong.intake.formats.fhir_elements import Held, Resource
from zhikong.intake.formats.fhir_moments import day, moment, zone_of

_FILE = Path(__file__).with_name("fhir_clinical.yaml")
Read = Callable[[Any, Held], Any]


@dataclass(frozen=True)
class _Source:
    """One resource type that gives rows of one table: `each` finds the elements that are rows (None: the resource)."""

    table: str
    each: elements.Find | None
    own: tuple[tuple[str, Read], ...]
    above: tuple[tuple[str, Read], ...]
    unread: tuple[str, ...]


class Unreadable(ValueError):
    """A value that FHIR does not allow where it stands: a Chinese sentence."""


@cache
def _mapping() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load(_FILE.read_text("utf-8"))
    return found


class Flattener:
    """Fills `Clinical` tables. `wanted`: table → columns; None takes everything."""

    def __init__(self, zone: str, wanted: Mapping[str, Collection[str]] | None = None) -> None:
        self.data = Clinical(zone)
        self._sources: dict[str, list[_Source]] = {}
        at = zone_of(zone)
        for table, sources in _mapping().items():
            if wanted is None or table in wanted:
                columns = None if wanted is None else wanted[table]
                for spec in sources:
                    self._sources.setdefault(spec["resource"], []).append(
                        self._source(table, spec, columns, at)
                    )

    def _source(
        self, table: str, spec: dict[str, Any], wanted: Collection[str] | None, at: tzinfo
    ) -> _Source:
        own: list[tuple[str, Read]] = []
        above: list[tuple[str, Read]] = []
        paths = dict(spec["columns"])
        if "each" not in spec:
            paths["id"] = "id"
        paths = {name: path for name, path in paths.items() if wanted is None or name in wanted}
        for name, path in paths.items():
            kind = CLINICAL[table].column(name).type  # type: ignore[union-attr]
            (above if path.startswith("^") else own).append((name, self._reader(kind, path.lstrip("^"), at)))
        unread = tuple(c.name for c in CLINICAL[table].columns if c.name not in paths)
        each = elements.finder(spec["each"]) if "each" in spec else None
        return _Source(table, each, tuple(own), tuple(above), unread)

    def _reader(self, kind: Type, path: str, at: tzinfo) -> Read:
        if kind is Type.CODES:
            return elements.codings(path, self.data.concept)
        find = elements.first(path)
        match kind:
            case Type.TIMESTAMP:
                return _converted(find, partial(moment, zone=at))
            case Type.DATE:
                return _converted(find, partial(day, zone=at))
            case Type.INT:
                return _converted(find, _whole)
            case Type.FLOAT:
                return _converted(find, _number)
            case Type.BOOL:
                return _converted(find, _yes_no)
            case _:
                return _converted(find, _text)

    def add(self, name: str, resources: list[Resource]) -> None:
        """Adds one case. Raises Unreadable, and then the case has left nothing behind."""
        data, case = self.data, len(self.data.cases)
        before = {table: data.rows(table) for table in data.tables}
        held: Held = {f"{r.get('resourceType')}/{r.get('id')}": r for r in resources}
        try:
            for resource in resources:
                for source in self._sources.get(resource["resourceType"], ()):
                    self._rows(source, resource, held, case)
        except Unreadable:
            self._forget(before)
            raise
        data.cases.append(name)

    def _rows(self, source: _Source, resource: Resource, held: Held, case: int) -> None:
        inside = {**held, "#": resource} if "contained" in resource else held
        found = (resource,) if source.each is None else source.each(resource, inside)
        try:
            above = [(name, read(resource, inside)) for name, read in source.above]
            for element in found:
                columns = self.data.tables[source.table]
                row = len(columns[CASE])
                values = [(name, read(element, inside)) for name, read in source.own]
                columns[CASE].append(case)
                for name, value in (*above, *values):
                    if type(value) is tuple:
                        value, self.data.spans.setdefault((source.table, name), {})[row] = value
                    columns[name].append(value)
                for name in source.unread:
                    columns[name].append(None)
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            place = f"{resource.get('resourceType')}/{resource.get('id', '?')}"
            raise Unreadable(f"资源 {place} 中有读不懂的值：{error}。") from error

    def _forget(self, before: dict[str, int]) -> None:
        for table, rows in before.items():
            for held in self.data.tables[table].values():
                del held[rows:]
        for (table, _), held_spans in self.data.spans.items():
            for row in [r for r in held_spans if r >= before[table]]:
                del held_spans[row]


def _converted(find: Read, change: Callable[[Any], Any]) -> Read:
    def read(node: Any, held: Held) -> Any:
        value = find(node, held)
        return None if value is None else change(value)

    return read


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise ValueError(f"{value!r} 不是文字")


def _whole(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    raise ValueError(f"{value!r} 不是整数")


def _number(value: Any) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    raise ValueError(f"{value!r} 不是数字")


def _yes_no(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"{value!r} 不是 true 或 false")
