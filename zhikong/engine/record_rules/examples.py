"""Worked examples beside a record rule: a few rows in, the verdict on the first stay out; run on both judges."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhikong.engine.backends.source import Row, Source
from zhikong.engine.definitions.examples import Reader, Wrong, examples_file
from zhikong.engine.definitions.located import read
from zhikong.engine.definitions.problems import Problem, suggestion
from zhikong.engine.record_rules.judging import judge, needs_of
from zhikong.engine.record_rules.model import RecordRule, Verdict

BACKENDS = ("duckdb", "reference")
KEYS = {"name", "month", "tables", "verdict"}
_MONTH = "2026-01"


@dataclass(frozen=True, slots=True)
class Example:
    """`tables` are complete rows; `verdict` is what the first stay must get."""

    name: str
    month: str
    tables: dict[str, list[Row]]
    verdict: Verdict
    line: int


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
            found.append(_Reader(located, (place,)).rule_example(raw))
        except Wrong as error:
            problems.append(error.problem)
    return problems or found


class _Reader(Reader):
    def rule_example(self, raw: Any) -> Example:
        if not isinstance(raw, dict) or not isinstance(raw.get("tables"), dict):
            raise self.wrong((), "每例写 name、tables 和 verdict。", "tables: {stays: [{…}]}")
        for key in raw:
            if key not in KEYS:
                raise self.wrong((key,), f"示例没有字段 {key}。", suggestion(key, KEYS))
        month = str(raw.get("month", _MONTH))
        verdict = next((v for v in Verdict if v.word == raw.get("verdict")), None)
        if verdict is None:
            raise self.wrong(
                ("verdict",), "verdict 的写法不对。", f"可用：{'、'.join(v.word for v in Verdict)}。"
            )
        if not raw["tables"].get("stays"):
            raise self.wrong(("tables",), "示例要有一次住院。", "tables: {stays: [{…}]}")
        tables = self.tables_of(raw["tables"], month)
        return Example(str(raw.get("name", "")), month, tables, verdict, self.located.line(*self.path))


def failure(rule: RecordRule, example: Example, backend: str) -> str | None:
    """What differs from the expectation, in Chinese, or None when the example holds. Tables that it does not mention
    are empty, not missing."""
    rows = {table: [] for table in needs_of(rule)} | example.tables
    given = judge([rule], source=Source.of_rows(rows), months=(example.month, example.month), backend=backend)
    first = example.tables["stays"][0]["stay_id"]
    (row,) = [row for row in given.scores.to_pylist() if row["stay_id"] == first]
    got = next(v for v in Verdict if row[v.word])
    return None if got is example.verdict else f"应为 {example.verdict.word}，得到 {got.word}"


def example_problems(rule: RecordRule) -> Iterator[Problem]:
    """Missing or broken examples, those that do not hold on a judge, and rules never shown to pass and to fail."""
    file = examples_file(rule.file)
    if not file.is_file():
        yield Problem(
            rule.file, 1, f"规则 {rule.id} 没有示例。", f"请在 {file.name} 里写通过和不通过各一例。"
        )
        return
    shown = set()
    for example in load_examples(file):
        if isinstance(example, Problem):
            yield example
            continue
        shown.add(example.verdict)
        for backend in BACKENDS:
            wrong = failure(rule, example, backend)
            if wrong is not None:
                yield Problem(
                    file,
                    example.line,
                    f"示例“{example.name}”不成立（{backend}）：{wrong}。",
                    "请改正规则或示例。",
                )
    if not {Verdict.PASS, Verdict.FAIL} <= shown:
        yield Problem(file, 1, f"规则 {rule.id} 的示例没有同时写明通过和不通过。", "请各写至少一例。")
