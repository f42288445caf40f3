"""Worked examples beside a record rule: a few rows in, the verdict on the first encounter out; run on both judges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from zhikong.engine.backends.source import Row, Source
from zhikong.engine.definitions.examples import Reader, Wrong, examples_file
from zhikong.engine.definitions.located import read
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.engine.record_rules import checking
from zhikong.engine.record_rules.clock.model import ClockRule
from zhikong.engine.record_rules.judging import judge, needs_of
from zhikong.engine.record_rules.model import Head, RecordRule, Verdict
from zhikong.engine.record_rules.verdicts import Override
from zhikong.engine.tables import TABLES

BACKENDS = ("duckdb", "reference")
"""The fast judge of each kind, and the plain one."""
KEYS = {
    "name",
    "month",
    "tables",
    "verdict",
    "now",
    "limit",
    "missing",
    "shift_hours",
    "due_at",
    "at",
    "reason",
}
_MONTH = "2026-01"
LATER = datetime(2036, 1, 1)  # noqa: DTZ001  facts carry the local wall time without a zone
"""Without a word about now everything is due."""


@dataclass(frozen=True, slots=True)
class Example:
    """`tables` are complete rows; `verdict` is what the first encounter must get, and due_at, at and a part of the
    reason where they are given. now: the moment of judging. limit: the hospital's own. missing: tables and columns
    (table.column) that were not delivered; other tables that are not mentioned are empty."""

    name: str
    month: str
    tables: dict[str, list[Row]]
    verdict: Verdict
    line: int
    now: datetime = LATER
    limit: str | None = None
    missing: frozenset[str] = frozenset()
    shift_hours: tuple[str, ...] | None = None
    due_at: datetime | None = None
    at: datetime | None = None
    reason: str | None = None


def load_examples(file: Path) -> list[Example] | list[Problem]:
    """The examples of one file, or everything that is wrong with it."""
    located = read(file)
    if isinstance(located, Problem):
        return [located]
    if not isinstance(located.data, list) or not located.data:
        return [located.problem((), "示例文件应是一个列表，至少两例。", "写明通过和不通过各一例。")]
    found: list[Example] = []
    problems: list[Problem] = []
    for place, raw in enumerate(located.data):
        try:
            found.append(ExampleReader(located, (place,)).rule_example(raw))
        except Wrong as error:
            problems.append(error.problem)
    return problems or found


class ExampleReader(Reader):
    """Reads one example, knowing where it stands in the file."""

    def rule_example(self, raw: Any) -> Example:
        """The example. Raises Wrong."""
        if not isinstance(raw, dict) or not isinstance(raw.get("tables"), dict):
            raise self.wrong((), "每例写 name、tables 和 verdict。", "tables: {stays: [{…}]}")
        for key in raw:
            if key not in KEYS:
                raise self.wrong((key,), f"示例没有字段 {key}。", suggestion(key, KEYS))
        month = str(raw.get("month", _MONTH))
        verdict = next((v for v in Verdict if v.word == raw.get("verdict")), None)
        if verdict is None:
            words = "、".join(v.word for v in Verdict)
            raise self.wrong(("verdict",), "verdict 的写法不对。", f"可用：{words}。")
        if not raw["tables"].get("stays") and not raw["tables"].get("visit_records"):
            raise self.wrong(("tables",), "示例要有一次住院。", "tables: {stays: [{…}]}")
        hours = raw.get("shift_hours")
        return Example(
            name=str(raw.get("name", "")),
            month=month,
            tables=self._with_open_stays(raw["tables"], month),
            verdict=verdict,
            line=self.located.line(*self.path),
            now=self._moment(raw, "now") or LATER,
            limit=raw.get("limit"),
            missing=frozenset(raw.get("missing") or ()),
            shift_hours=None if hours is None else tuple(str(one) for one in hours),
            due_at=self._moment(raw, "due_at"),
            at=self._moment(raw, "at"),
            reason=raw.get("reason"),
        )

    def _moment(self, raw: dict[str, Any], key: str) -> datetime | None:
        if raw.get(key) is None:
            return None
        try:
            return datetime.fromisoformat(str(raw[key]))
        except ValueError:
            raise self.wrong((key,), f"{key} 不是时间。", '写成 "2026-01-31 08:00"。') from None

    def _with_open_stays(self, raw: dict[str, Any], month: str) -> dict[str, list[Row]]:
        """A stay with `discharged_at: null` is still open: the contract's table does not know such, the ward does."""
        stays = [dict(row) if isinstance(row, dict) else row for row in raw.get("stays") or ()]
        waiting = [
            i for i, row in enumerate(stays) if isinstance(row, dict) and row.get("discharged_at", 0) is None
        ]
        for place in waiting:
            del stays[place]["discharged_at"]
        tables = self.tables_of(raw | ({"stays": stays} if stays else {}), month)
        for place in waiting:
            tables["stays"][place]["discharged_at"] = None
        return tables


def failure(rule: Any, example: Example, backend: str) -> str | None:
    """What differs from the expectation, in Chinese, or None when the example holds. Tables that it does not mention
    are empty, not missing."""
    if isinstance(rule, RecordRule):
        return _row_failure(rule, example, backend)
    return _differs(example, given(rule, example, backend))


def _row_failure(rule: RecordRule, example: Example, backend: str) -> str | None:
    rows = {table: [] for table in needs_of(rule)} | example.tables
    given = judge([rule], source=Source.of_rows(rows), months=(example.month, example.month), backend=backend)
    first = example.tables["stays"][0]["stay_id"]
    (row,) = [row for row in given.scores.to_pylist() if row["stay_id"] == first]
    got = next(v for v in Verdict if row[v.word])
    return None if got is example.verdict else f"应为 {example.verdict.word}，得到 {got.word}"


def given(rule: Head, example: Example, backend: str) -> dict[str, Any]:
    """The verdict's row on the example's first encounter."""
    settings = {rule.id: Override(limit=example.limit)} if example.limit else {}
    found = checking.check(
        [rule],
        source(example),
        now=example.now,
        settings=settings,
        shift_hours=example.shift_hours,
        undelivered=example.missing,
        backend="reference" if backend == "reference" else "vector",
    )
    (row,) = [row for row in found.to_pylist() if row["encounter"] == _first(example)]
    return dict(row)


def source(example: Example) -> Source:
    """The example's rows; every other table of a stay is there and empty."""
    empty: dict[str, list[Row]] = {name: [] for name in TABLES if name not in example.tables}
    return Source.of_rows(empty | example.tables)


def _first(example: Example) -> str:
    table = "stays" if example.tables.get("stays") else "visit_records"
    return str(example.tables[table][0][TABLES[table].key[0]])


def _differs(example: Example, row: dict[str, Any]) -> str | None:
    if row["verdict"] != example.verdict.word:
        return f"应为 {example.verdict.word}，得到 {row['verdict']}（{row['reason']}）"
    for name in ("due_at", "at"):
        wanted = getattr(example, name)
        if wanted is not None and row[name] != wanted:
            return f"{name} 应为 {wanted:%Y-%m-%d %H:%M}，得到 {row[name]}"
    if example.reason is not None and example.reason not in (row["reason"] or ""):
        return f"理由应有“{example.reason}”，得到“{row['reason']}”"
    return None


def example_problems(rule: Any) -> Iterator[Problem]:
    """Missing or broken examples, those that do not hold on a judge, and rules never shown to pass and to fail."""
    file = examples_file(rule.file)
    if not file.is_file():
        remedy = f"请在 {file.name} 里写通过和不通过各一例。"
        yield Problem(rule.file, 1, f"规则 {rule.id} 没有示例。", remedy)
        return
    shown = set()
    for example in load_examples(file):
        if isinstance(example, Problem):
            yield example
            continue
        shown.add(example.verdict)
        yield from _broken(rule, example, file)
    if not {Verdict.PASS, Verdict.FAIL} <= shown:
        yield Problem(file, 1, f"规则 {rule.id} 的示例没有同时写明通过和不通过。", "请各写至少一例。")


def _broken(rule: Any, example: Example, file: Path) -> Iterator[Problem]:
    for backend in BACKENDS if isinstance(rule, RecordRule | ClockRule) else BACKENDS[:1]:
        wrong = failure(rule, example, backend)
        if wrong is not None:
            message = f"示例“{example.name}”不成立（{backend}）：{wrong}。"
            yield Problem(file, example.line, message, "请改正规则或示例。")
