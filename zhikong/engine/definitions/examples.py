"""Worked examples beside a definition: a few rows in, the expected number out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from zhikong.engine import months
from zhikong.engine.definitions.located import Key, Located, read
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.engine.tables import TABLES, Column, Type

Row = dict[str, Any]
KEYS = {"name", "month", "department", "tables", "expect"}
EXPECT_KEYS = {"numerator", "denominator", "value", "cannot_compute", "reason"}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must come out. Only the fields that are given are compared; a value by its written digits."""

    numerator: int | None = None
    denominator: int | None = None
    value: Decimal | None = None
    reason: str | None = None
    cannot_compute: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    name: str
    month: str
    department: str | None
    tables: dict[str, list[Row]]
    expect: Expectation
    file: Path
    line: int


def examples_file(definition_file: Path) -> Path:
    """Where the examples of a definition lie."""
    return definition_file.with_name(definition_file.name.removesuffix(".yaml") + ".examples.yaml")


def load_examples(file: Path) -> list[Example] | list[Problem]:
    """The examples of one file, or everything that is wrong with it."""
    located = read(file)
    if isinstance(located, Problem):
        return [located]
    if not isinstance(located.data, list) or not located.data:
        return [located.problem((), "算例文件应是一个列表，至少一例。", "写法见 packs/README.md。")]
    examples: list[Example] = []
    problems: list[Problem] = []
    for i, raw in enumerate(located.data):
        try:
            examples.append(Reader(located, (i,)).example(raw))
        except Wrong as error:
            problems.append(error.problem)
    return problems or examples


class Wrong(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Reader:
    """Reads one example, knowing where it stands in the file."""

    def __init__(self, located: Located, path: tuple[Key, ...]) -> None:
        self.located = located
        self.path = path

    def wrong(self, path: tuple[Key, ...], message: str, remedy: str) -> Wrong:
        return Wrong(self.located.problem((*self.path, *path), message, remedy))

    def example(self, raw: Any) -> Example:
        if not isinstance(raw, dict):
            raise self.wrong((), "每个算例应写成“字段: 值”。", "写 name、month、tables、expect。")
        for key in raw:
            if key not in KEYS:
                raise self.wrong((key,), f"算例没有字段 {key}。", suggestion(key, KEYS))
        for key in ("name", "month", "tables", "expect"):
            if not raw.get(key):
                raise self.wrong((), f"算例缺少 {key}。", "写 name、month、tables、expect。")
        month = self._month(raw["month"])
        return Example(
            name=str(raw["name"]),
            month=month,
            department=raw.get("department"),
            tables=self.tables_of(raw["tables"], month),
            expect=self._expect(raw["expect"]),
            file=self.located.file,
            line=self.located.line(*self.path),
        )

    def _month(self, raw: Any) -> str:
        try:
            months.parse(str(raw))
        except ValueError:
            raise self.wrong(("month",), f"month {raw} 不是月份。", "写成 2026-01。") from None
        return str(raw)

    def _expect(self, raw: Any) -> Expectation:
        if not isinstance(raw, dict) or not set(raw) <= EXPECT_KEYS:
            words = "、".join(sorted(EXPECT_KEYS))
            raise self.wrong(("expect",), "expect 的写法不对。", f"可用：{words}。")
        if raw.get("cannot_compute"):
            return Expectation(cannot_compute=True, reason=raw.get("reason"))
        try:
            value = None if raw.get("value") is None else Decimal(str(raw["value"]))
        except InvalidOperation:
            raise self.wrong(("expect", "value"), "value 不是数字。", '写成 "75.0"。') from None
        if value is None:
            raise self.wrong(
                ("expect",), "expect 要写 value，或 cannot_compute: true。", '例如 value: "75.0"。'
            )
        return Expectation(raw.get("numerator"), raw.get("denominator"), value)

    def tables_of(self, raw: Any, month: str) -> dict[str, list[Row]]:
        if not isinstance(raw, dict):
            raise self.wrong(("tables",), "tables 应写成“表名: 行的列表”。", "例如 tables: {stays: […]}。")
        tables: dict[str, list[Row]] = {}
        for name, rows in raw.items():
            if name not in TABLES:
                raise self.wrong(("tables", name), f"没有表 {name}。", suggestion(name, TABLES))
            path: tuple[Key, ...] = ("tables", name)
            tables[name] = [self._row(name, row, (*path, i)) for i, row in enumerate(rows or [])]
        fill(tables, month)
        for name, rows in tables.items():
            for i, row in enumerate(rows):
                self._complete(name, row, ("tables", name, i))
        return tables

    def _row(self, table: str, raw: Any, path: tuple[Key, ...]) -> Row:
        if not isinstance(raw, dict):
            raise self.wrong(path, "每行应写成 {列: 值}。", "例如 {days: 4}。")
        names = TABLES[table].column_names
        for key in raw:
            if key not in names:
                raise self.wrong((*path, key), f"表 {table} 没有列 {key}。", suggestion(key, names))
        return {k: self._cell(table, k, v, (*path, k)) for k, v in raw.items()}

    def _cell(self, table: str, name: str, raw: Any, path: tuple[Key, ...]) -> Any:
        column = TABLES[table].column(name)
        if raw is None or column is None:
            return None
        try:
            return CONVERT[column.type](raw)
        except (ValueError, TypeError):
            raise self.wrong(path, f"列 {name} 的值 {raw!r} 不对。", WRITE[column.type]) from None

    def _complete(self, table: str, row: Row, path: tuple[Key, ...]) -> None:
        for column in TABLES[table].columns:
            if not column.nullable and row.get(column.name) is None:
                raise self.wrong(
                    path, f"表 {table} 这一行缺少 {column.name}（{column.meaning}）。", "请补上。"
                )
            self._in_domain(column, row, path)

    def _in_domain(self, column: Column, row: Row, path: tuple[Key, ...]) -> None:
        value = row.get(column.name)
        if value is not None and column.domain is not None and value not in column.domain.codes:
            shown = "、".join(sorted(column.domain.codes)[:12])
            raise self.wrong(path, f"列 {column.name} 没有取值 {value!r}。", f"可用：{shown}。")


def fill(tables: dict[str, list[Row]], month: str) -> None:
    """Gives rows what an example need not spell out: ids, the institution, a stay of three days."""
    for i, row in enumerate(tables.get("stays", []), start=1):
        row.setdefault("stay_id", f"s{i}")
        row.setdefault("patient_key", f"p{i}")
        row.setdefault("institution", "H")
        row.setdefault("zone", "Asia/Shanghai")
        row.setdefault("discharge_department", "A")
        discharged = row.setdefault("discharged_at", datetime.fromisoformat(f"{month}-15T10:00:00"))
        row.setdefault("admitted_at", discharged - timedelta(days=3))
    only = tables["stays"][0]["stay_id"] if len(tables.get("stays", [])) == 1 else None
    for name, rows in tables.items():
        for i, row in enumerate(rows, start=1):
            _fill_other(name, row, i, only, month)


def _fill_other(table: str, row: Row, position: int, only_stay: str | None, month: str) -> None:
    names = TABLES[table].column_names
    if TABLES[table].child_of and only_stay:
        row.setdefault("stay_id", only_stay)
    if "seq" in names:
        row.setdefault("seq", position)
    for name in TABLES[table].key:
        if name.endswith("_id") and name != "stay_id":
            row.setdefault(name, f"{name[0]}{position}")
    if "institution" in names and TABLES[table].child_of is None:
        row.setdefault("institution", "H")
    if table in ("bed_days", "reported_counts", "inspection_answers"):
        row.setdefault("department", "A")
    if table == "reported_counts":
        row.setdefault("period", month)
    if table == "inspection_answers":
        row.setdefault("visit", f"v{position}")
        row.setdefault("inspected_on", date.fromisoformat(f"{month}-12"))
    if table == "visit_records":
        row.setdefault("registered_at", datetime.fromisoformat(f"{month}-12T09:00:00"))


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise TypeError
    return raw


def _int(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise TypeError
    return raw


def _bool(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise TypeError
    return raw


def _float(raw: Any) -> float:
    if isinstance(raw, bool):
        raise TypeError
    return float(raw)


def _date(raw: Any) -> date:
    if isinstance(raw, datetime):
        raise TypeError
    return raw if isinstance(raw, date) else date.fromisoformat(raw)


def _timestamp(raw: Any) -> datetime:
    if isinstance(raw, datetime):
        return raw
    if isinstance(raw, date) or len(raw) < 16:  # a date alone leaves the hour to be guessed
        raise TypeError
    return datetime.fromisoformat(raw)


CONVERT: dict[Type, Callable[[Any], Any]] = {
    Type.TEXT: _text,
    Type.INT: _int,
    Type.FLOAT: _float,
    Type.BOOL: _bool,
    Type.DATE: _date,
    Type.TIMESTAMP: _timestamp,
}
WRITE = {
    Type.TEXT: "文字和编码要加引号，如 '1'。",
    Type.INT: "写整数，不加引号。",
    Type.FLOAT: "写数字，不加引号。",
    Type.BOOL: "写 true 或 false。",
    Type.DATE: "写成 2026-01-31。",
    Type.TIMESTAMP: '写成 "2026-01-31 08:00"，要有钟点。',
}
