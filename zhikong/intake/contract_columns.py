"""Rows that already have the contract's columns: the mapping that needs no list, whatever columns the contract gains."""

from __future__ import annotations

from typing import Any

from zhikong.engine.tables import Column, Table

NATIONAL_CODES = frozenset({("stays", "principal_diagnosis"), ("diagnoses", "code"), ("operations", "code")})
"""Columns of national codes; a hospital's spelling of the letters is brought into form."""

_VISIT_TEXTS = (
    "chief_complaint",
    "present_illness",
    "past_history",
    "examination",
    "tests",
    "diagnosis",
    "plan",
)
FREE_TEXT = frozenset(
    {("document_sections", "text"), ("results", "text"), ("pathways", "reason")}
    | {("visit_records", name) for name in _VISIT_TEXTS}
)
"""Columns of sentences that people wrote; names and numbers are taken out before they are staged."""

GIVEN = ("institution", "zone")
"""Columns that the reading fills by itself."""


def contract_columns(table: Table) -> dict[str, Any]:
    """Contract column -> how it is filled from the row's value of the same name, in the vocabulary of mappings."""
    return {column.name: _filled(table, column) for column in table.columns}


def _filled(table: Table, column: Column) -> Any:
    if column.name in GIVEN:
        return {"context": column.name}
    if column.name == "department" or column.name.endswith("_department"):
        return {"from": column.name, "as": "department"}
    if (table.name, column.name) in NATIONAL_CODES:
        return {"from": column.name, "as": "code"}
    if (table.name, column.name) in FREE_TEXT:
        return {"from": column.name, "as": "deidentified"}
    return column.name
