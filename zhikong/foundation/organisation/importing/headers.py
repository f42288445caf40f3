"""Which row of a table is its heading, and which column means what: titles above it and headings of two rows are usual."""

from __future__ import annotations

from dataclasses import dataclass

from zhikong.foundation.organisation.importing import words
from zhikong.foundation.organisation.importing.cells import plain
from zhikong.foundation.organisation.importing.tables import Table
from zhikong.intake.reasons import FileRefused

WITHIN = 20
DEPTHS = (1, 2, 3)


@dataclass(frozen=True)
class Heading:
    """Where the data begin (index of the first row), which column is which field, and what stays unread."""

    below: int
    fields: dict[str, int]
    read: dict[str, str]  # field → heading as written
    unread: tuple[str, ...]
    private: tuple[str, ...]


def find(table: Table, kind: str) -> Heading | None:
    """The heading of a table, or None when it has not what this kind of list needs."""
    needed = words.words()["needed"][kind]
    best: Heading | None = None
    for top in range(min(WITHIN, len(table.rows))):
        for depth in DEPTHS:
            made = _heading(table, kind, top, depth)
            if all(field in made.fields for field in needed) and (
                best is None or len(made.fields) > len(best.fields)
            ):
                best = made
    return best


def _heading(table: Table, kind: str, top: int, depth: int) -> Heading:
    known, rows = words.columns(kind), table.rows[top : top + depth]
    fields: dict[str, int] = {}
    read: dict[str, str] = {}
    unread: list[str] = []
    private: list[str] = []
    for column in range(len(rows[0])):
        said = [row[column] for row in reversed(rows) if row[column]]
        field = next((known[plain(one)] for one in said if plain(one) in known), "")
        if said and any(map(words.is_private, said)):
            private.append(said[0])
        elif field and field not in fields:
            fields[field], read[field] = column, next(one for one in said if known.get(plain(one)) == field)
        elif said and len(said[0]) <= 40:
            unread.append(said[0])
    return Heading(top + depth, fields, read, tuple(dict.fromkeys(unread)), tuple(private))


def refusal(tables: list[Table], kind: str) -> FileRefused:
    """Why no table could be taken: what is needed, and what stands in the file."""
    said = words.words()["columns"][kind]
    needed = "、".join(said[field][0] for field in words.words()["needed"][kind])
    seen = next((row for table in tables for row in table.rows[:WITHIN] if sum(map(bool, row)) >= 2), [])
    shown = "、".join(dict.fromkeys(cell[:12] for cell in seen if cell and not words.is_private(cell)))
    return FileRefused(
        f"没有找到列名：{needed}。文件里像表头的一行是：{shown[:80] or '（没有）'}。",
        "请下载模板对照，把这些列名写在数据上方的一行后再上传。",
    )
