"""Mapping files: how a source's columns become the contract's columns. Data, read and checked here.

The vocabulary is small on purpose (see README.md); what it cannot say belongs into the export, not into a mapping.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from pathlib import Path
from typing import Any

import yaml

from zhikong.engine.tables import TABLES, Type
from zhikong.intake.contract_columns import contract_columns
from zhikong.intake.live_words import LiveWords, column_of, live_words
from zhikong.intake.references import deidentified_columns as deidentified_columns
from zhikong.intake.references import used_columns as used_columns
from zhikong.intake.words import Join, Pick, Steps, Unfold, Within

FORMS = (
    *("text", "deidentified", "code", "staff_number", "department"),
    *("integer", "number", "fen", "flag", "given", "date", "datetime"),
)
_FORM_OF = {
    Type.TEXT: "text",
    Type.INT: "integer",
    Type.FLOAT: "number",
    Type.BOOL: "flag",
    Type.DATE: "date",
    Type.TIMESTAMP: "datetime",
}


_SOURCE_WORDS = frozenset(
    [
        "format",
        "file",
        "optional",
        "pseudonyms",
        "identity",
        "names",
        "judged",
        "aliases",
        "may_lack",
        "required",
        "of",
    ]
)


class MappingFault(ValueError):
    """A mapping file says something that cannot be: a Chinese sentence with file and place."""


@dataclass(frozen=True)
class Source:
    """One file of a delivery. Columns named in `identity` and `pseudonyms` never reach a staging file as they are."""

    name: str
    format: str  # csv | parquet
    file: str | None  # pattern of the file's name in a folder or wheel; None: the file that was given
    optional: bool
    pseudonyms: MappingType[str, tuple[str, tuple[str, ...]]]  # staged column -> (kind, source columns)
    identity: MappingType[str, str]  # identity field -> source column
    names: MappingType[str, str]  # source column -> what people call it
    aliases: MappingType[str, tuple[str, ...]]  # source column -> other headers for the same thing
    may_lack: frozenset[str]  # columns whose absence is tolerated (their values are unknown)
    required: frozenset[str]  # when given: every other column may be absent
    judged: MappingType[str, MappingType[str, str]] = dataclass_field(default_factory=dict)  # identity_checks
    of: str | None = None  # this source reads the file that was given for another one
    options: MappingType[str, Any] = dataclass_field(default_factory=dict)  # words of the format's own reader

    def tolerates(self, column: str) -> bool:
        """True when the column may be absent from the file."""
        return column not in self.required if self.required else column in self.may_lack

    def label(self, column: str) -> str:
        """The column as a message names it: code and Chinese name."""
        if column in self.pseudonyms:
            return "+".join(self.label(part) for part in self.pseudonyms[column][1])
        name = self.names.get(column)
        return f"{column} {name}" if name and name != column else column


@dataclass(frozen=True)
class Field:
    """How one contract column is filled: from a column, a pick, a constant or the context; `form` types it."""

    column: str
    form: str
    from_: str | None = None
    pick: Pick | None = None
    constant: Any = None
    context: str | None = None
    codes: MappingType[str, str | None] | None = None
    times: int = 1
    lenient: bool = False  # a value that cannot be read becomes unknown and is counted, the row stays
    days_between: tuple[str, str] | None = None
    number_within: tuple[str, ...] = ()
    in_order: tuple[str, ...] = ()
    otherwise: tuple[str, ...] = ()  # columns to take from where `from_` is unknown
    years_between: tuple[str, str] | None = None
    hour: str | None = None  # the column that holds the hour of the day, where `from_` holds the date only
    within: Within | None = None


@dataclass(frozen=True)
class TableMapping:
    """How one contract table is made from one source."""

    table: str
    source: str
    fields: tuple[Field, ...]
    join: tuple[Join, ...] = ()
    unfold: tuple[Unfold, ...] = ()
    present: str | None = None
    changes: tuple[str, str] | None = None  # (of, order): one row each time `of` changes within a stay
    steps: Steps | None = None
    where: MappingType[str, tuple[str, ...]] | None = None
    live: LiveWords = dataclass_field(default_factory=LiveWords)
    absent: tuple[str, ...] = ()  # texts of `present` columns that say there is nothing, as 0.00 of a fee
    part: str = ""  # one of several sources of the same table

    @property
    def name(self) -> str:
        """What tells this mapping from the others of the same table."""
        return f"{self.table}@{self.part}" if self.part else self.table


@dataclass(frozen=True)
class Mapping:
    """A whole mapping: sources in, contract tables out."""

    id: str
    name: str
    version: int
    zone: str | None
    blank: tuple[str, ...]
    future: str  # reject | accept: what to do with times after the reading (shifted public data lie there)
    sources: MappingType[str, Source]
    tables: tuple[TableMapping, ...]
    main: str


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file; raises MappingFault with a Chinese sentence for anything that cannot be."""
    return read_mapping(path.read_text("utf-8"), path)


def read_mapping(text: str, path: Path) -> Mapping:
    """See `load_mapping`; `path` only names the text in messages."""
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise MappingFault(f"{path.name}：不是有效的 YAML：{error}") from error
    try:
        return parse_mapping(data)
    except MappingFault as error:
        raise MappingFault(f"{path.name}：{error}") from error
    except (KeyError, TypeError, AttributeError, ValueError, StopIteration) as error:
        raise MappingFault(f"{path.name}：缺少或写错了 {error}。") from error


def parse_mapping(data: dict[str, Any]) -> Mapping:
    """Build a `Mapping` from parsed YAML and check that its words are known."""
    sources = {name: _source(name, spec or {}) for name, spec in data["sources"].items()}
    tables = tuple(_table(name, spec, sources) for name, spec in data["tables"].items())
    return Mapping(
        id=data["id"],
        name=data["name"],
        version=data.get("version", 1),
        zone=data.get("zone"),
        blank=tuple(data.get("blank", ("", "-", "—"))),
        future=data.get("future", "reject"),
        sources=sources,
        tables=tables,
        main=data.get("main", next(iter(sources))),
    )


def _source(name: str, spec: dict[str, Any]) -> Source:
    return Source(
        name=name,
        format=spec.get("format", "csv"),
        file=spec.get("file"),
        optional=spec.get("optional", False),
        pseudonyms={k: (p["kind"], tuple(p["of"])) for k, p in spec.get("pseudonyms", {}).items()},
        judged=spec.get("judged", {}),
        identity=spec.get("identity", {}),
        names=spec.get("names", {}),
        aliases={column: tuple(names) for column, names in spec.get("aliases", {}).items()},
        may_lack=frozenset(spec.get("may_lack", ())),
        required=frozenset(spec.get("required", ())),
        of=spec.get("of"),
        options={key: value for key, value in spec.items() if key not in _SOURCE_WORDS},
    )


def _table(name: str, spec: dict[str, Any], sources: dict[str, Source]) -> TableMapping:
    name, _, part = name.partition("@")
    if name not in TABLES:
        raise MappingFault(f"表 {name} 不在数据契约中。")
    if spec["from"] not in sources:
        raise MappingFault(f"表 {name} 的来源 {spec['from']} 没有定义。")
    changes = spec.get("changes")
    return TableMapping(
        table=name,
        part=part,
        source=spec["from"],
        fields=tuple(
            _field(name, column, value) for column, value in _columns(name, spec["columns"]).items()
        ),
        join=tuple(_join(one) for one in spec.get("join", ())),
        unfold=tuple(_unfold(group) for group in spec.get("unfold", ())),
        present=spec.get("present"),
        absent=tuple(map(str, spec.get("absent", ()))),
        changes=(changes["of"], changes["order"]) if changes else None,
        steps=Steps(**spec["steps"]) if "steps" in spec else None,
        where=_where(spec.get("where")),
        live=live_words(spec, whole=sources[spec["from"]].format != "hl7"),
    )


def _columns(table: str, spec: Any) -> dict[str, Any]:
    """A table's columns as written; `contract` stands for rows that already have the contract's own columns."""
    return contract_columns(TABLES[table]) if spec == "contract" else spec


def _join(spec: Any) -> Join:
    if isinstance(spec, str):
        return Join(spec, {})
    return Join(spec["source"], spec.get("match", {}), spec.get("stay", True))


def _field(table: str, column: str, spec: Any) -> Field:
    contract = column_of(table, column)
    if contract is None:
        raise MappingFault(f"表 {table} 没有列 {column}。")
    spec = {"from": spec} if isinstance(spec, str) else spec
    form = spec.get("as", _FORM_OF[contract.type])
    if form not in FORMS:
        raise MappingFault(f"表 {table} 列 {column}：不认识的形式 {form}，可用：{'、'.join(FORMS)}。")
    return Field(
        column=column,
        form=form,
        from_=spec.get("from"),
        pick=_pick(spec),
        constant=spec.get("constant"),
        context=spec.get("context"),
        codes={str(k): None if v is None else str(v) for k, v in spec["codes"].items()}
        if "codes" in spec
        else None,
        times=spec.get("times", 1),
        lenient=spec.get("lenient", False),
        days_between=tuple(spec["days_between"]) if "days_between" in spec else None,
        number_within=tuple(spec.get("number_within", ())),
        in_order=_several(spec.get("in_order", ())),
        otherwise=_several(spec.get("otherwise", ())),
        hour=spec.get("hour"),
        years_between=tuple(spec["years_between"]) if "years_between" in spec else None,
        within=Within(**spec["within"]) if "within" in spec else None,
    )


def _pick(spec: dict[str, Any]) -> Pick | None:
    for which, key in (("first", "first_of"), ("last", "last_of"), ("same", "same")):
        if key in spec:
            where = _where(spec.get("where")) or {}
            return Pick(which, spec[key], spec["take"], spec["by"], where, spec.get("key"))
    return None


def _several(spec: Any) -> tuple[str, ...]:
    return (spec,) if isinstance(spec, str) else tuple(spec)


def _unfold(group: dict[str, Any]) -> Unfold:
    first, last = group.get("times", (1, 1))
    constants = {key: str(value) for key, value in group.get("set", {}).items()}
    return Unfold(group["take"], constants, (first, last), group.get("start", 1))


def _where(spec: dict[str, Any] | None) -> dict[str, tuple[str, ...]] | None:
    if spec is None:
        return None
    return {k: tuple(map(str, v)) if isinstance(v, list) else (str(v),) for k, v in spec.items()}
