"""A mapping made from a person's choices on a screen: which column of the file is which column of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from zhikong.engine.tables import TABLES, Column, Type
from zhikong.intake.contract_columns import FREE_TEXT, NATIONAL_CODES
from zhikong.intake.lowering import DEPARTMENT_COLUMNS
from zhikong.intake.proposing import GIVEN
from zhikong.intake.reasons import FileRefused

SOURCE = "file"


@dataclass(frozen=True)
class Choices:
    """What was chosen. `columns`: contract column → header; `numbers`: one of proposing.NUMBERS → header;
    `codes`: contract column → {text in the file: code of the contract, None for "unknown"}."""

    id: str
    name: str
    table: str
    columns: Mapping[str, str]
    numbers: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    version: int = 1


def mapping_text(choices: Choices) -> str:
    """The choices as the YAML of a mapping. Raises FileRefused for what is still missing."""
    head = f"# 由导入向导生成：{choices.name}\n"
    return head + yaml.safe_dump(mapping_data(choices), allow_unicode=True, sort_keys=False, width=110)


def mapping_data(choices: Choices) -> dict[str, Any]:
    """See `mapping_text`; as plain values."""
    _refuse_incomplete(choices)
    source: dict[str, Any] = {"format": "csv"}
    if pseudonyms := _pseudonyms(choices):
        source["pseudonyms"] = pseudonyms
    if identity := _identity(choices):
        source["identity"] = identity
    source["required"] = _required(choices)
    return {
        "id": choices.id,
        "version": choices.version,
        "name": choices.name,
        "future": "reject",
        "blank": ["", "-", "—", "--", "/", "NULL", "null"],
        "sources": {SOURCE: source},
        "tables": {choices.table: {"from": SOURCE, "columns": _columns(choices)}},
    }


def needs_stay(table: str) -> bool:
    """True when rows of the table are stays or belong to one."""
    return table == "stays" or TABLES[table].child_of == "stays"


def missing(choices: Choices) -> list[str]:
    """What must still be chosen, each as a Chinese phrase; empty when the mapping can be made."""
    derived = {column for column in ("seq", "days") if _derived(choices, column)}
    given = GIVEN | choices.columns.keys() | derived
    table = TABLES[choices.table]
    found = [_short(c) for c in table.columns if not c.nullable and c.name not in given]
    if needs_stay(choices.table) and not _stay_parts(choices):
        found.insert(0, "病案号和住院次数（或住院流水号）")
    if choices.table == "stays" and "record_number" not in choices.numbers:
        found.insert(0, "病案号")
    return list(dict.fromkeys(found))


def _refuse_incomplete(choices: Choices) -> None:
    if lacking := missing(choices):
        raise FileRefused(
            f"还没有指定：{'、'.join(lacking)}。", "请为它们各选一列；文件里没有的，请重新导出。"
        )


def _short(column: Column) -> str:
    return column.meaning.split("：")[0].split("（")[0].split("，")[0]


def _stay_parts(choices: Choices) -> list[str]:
    """Headers that together name a stay: the visit's own number, else record number and admission number."""
    numbers = choices.numbers
    if "visit_number" in numbers:
        return [numbers["visit_number"]]
    both = [numbers.get(name) for name in ("record_number", "admission_number")]
    return [header for header in both if header] if all(both) else []


def _pseudonyms(choices: Choices) -> dict[str, Any]:
    names, found, parts = TABLES[choices.table].column_names, {}, _stay_parts(choices)
    if "stay_id" in names and parts:
        found["stay_id"] = {"kind": "stay", "of": parts}
    if "patient_key" in names and "record_number" in choices.numbers:
        found["patient_key"] = {"kind": "patient", "of": [choices.numbers["record_number"]]}
    return found


def _identity(choices: Choices) -> dict[str, str]:
    if choices.table != "stays":
        return {}
    return {key: choices.numbers[key] for key in ("record_number", "name") if key in choices.numbers}


def _required(choices: Choices) -> list[str]:
    """Headers without which a later file is refused: what the contract demands, and what tells stays apart."""
    demanded = {c.name for c in TABLES[choices.table].columns if not c.nullable}
    numbers = [n for key, n in choices.numbers.items() if key != "name"] if needs_stay(choices.table) else []
    return list(dict.fromkeys([*numbers, *(h for c, h in choices.columns.items() if c in demanded)]))


def _columns(choices: Choices) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for column in TABLES[choices.table].columns:
        said = _given(choices, column) or _chosen(choices, column) or _derived(choices, column.name)
        if said:
            found[column.name] = said
    return found


def _given(choices: Choices, column: Column) -> Any:
    if column.name in ("institution", "zone"):
        return {"context": column.name}
    return column.name if column.name in _pseudonyms(choices) else None


def _chosen(choices: Choices, column: Column) -> Any:
    header = choices.columns.get(column.name)
    if not header:
        return None
    said: dict[str, Any] = {"from": header}
    if column.name in DEPARTMENT_COLUMNS:
        said["as"] = "department"
    elif column.type is Type.INT and column.unit == "分":
        said["as"] = "fen"
    elif (choices.table, column.name) in FREE_TEXT:
        said["as"] = "deidentified"
    elif (choices.table, column.name) in NATIONAL_CODES:
        said["as"] = "code"
    if codes := {str(k): v for k, v in choices.codes.get(column.name, {}).items()}:
        said["codes"] = codes
    return said


def _derived(choices: Choices, column: str) -> Any:
    """What can be counted when the file does not say it: days of a stay, numbers of its rows in their order."""
    chosen = choices.columns
    if column in chosen:
        return None
    if choices.table == "stays" and column == "days" and {"admitted_at", "discharged_at"} <= chosen.keys():
        return {"days_between": [chosen["admitted_at"], chosen["discharged_at"]]}
    if column == "seq" and TABLES[choices.table].column("seq") and _stay_parts(choices):
        kind = [chosen["kind"]] if "kind" in TABLES[choices.table].key and "kind" in chosen else []
        return {"number_within": ["stay_id", *kind]}
    return None
