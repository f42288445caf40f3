"""Examples beside a definition: what they may leave out, and how their mistakes are told."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from zhikong.engine.definitions.examples import Example, load_examples
from zhikong.engine.definitions.problems import Problem

STAYS = "- {name: 例, month: 2026-01, expect: {value: '1'}, tables: {stays: [%s]}}"


def load(tmp_path: Path, text: str) -> list[Example] | list[Problem]:
    file = tmp_path / "x.examples.yaml"
    file.write_text(text)
    return load_examples(file)


def test_rows_are_completed(tmp_path: Path) -> None:
    (example,) = load(tmp_path, STAYS % "{days: 4}, {stay_id: mine}")
    assert isinstance(example, Example)
    first, second = example.tables["stays"]
    assert (first["stay_id"], second["stay_id"], first["days"]) == ("s1", "mine", 4)
    assert first["discharged_at"] - first["admitted_at"] == timedelta(days=3)
    assert first["discharged_at"] == datetime.fromisoformat("2026-01-15T10:00")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{day: 4}", "表 stays 没有列 day。"),
        ("{days: '4'}", "列 days 的值 '4' 不对。"),
        ("{sex: 1}", "列 sex 的值 1 不对。"),
        ("{sex: '7'}", "列 sex 没有取值 '7'。"),
        ("{discharged_at: 2026-01-05}", "列 discharged_at 的值"),
        ("{confirmed_on: 2026-01-05 08:00:00}", "列 confirmed_on 的值"),
        ("{day_surgery: 1}", "列 day_surgery 的值 1 不对。"),
        ("{stay_id: null}", "表 stays 这一行缺少 stay_id"),
    ],
)
def test_wrong_cells(tmp_path: Path, row: str, message: str) -> None:
    (problem,) = load(tmp_path, STAYS % row)
    assert isinstance(problem, Problem)
    assert problem.message.startswith(message)
    assert problem.line == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "算例文件应是一个列表"),
        ("- {month: 2026-01, tables: {stays: []}, expect: {value: 1}}", "算例缺少 name。"),
        ("- {name: x, month: 2026-13, tables: {stays: []}, expect: {value: 1}}", "month 2026-13 不是月份。"),
        ("- {name: x, month: 2026-01, tables: {nowhere: []}, expect: {value: 1}}", "没有表 nowhere。"),
        ("- {name: x, month: 2026-01, tables: {stays: []}, expect: {total: 1}}", "expect 的写法不对。"),
        ("- {name: x, month: 2026-01, tables: {stays: []}, expect: {numerator: 1}}", "expect 要写 value"),
        ("- {name: x, month: 2026-01, tables: {stays: []}, expect: {value: 多}}", "value 不是数字。"),
        (
            "- {name: x, month: 2026-01, tables: {stays: []}, expect: {value: 1}, note: y}",
            "算例没有字段 note。",
        ),
    ],
)
def test_wrong_examples(tmp_path: Path, text: str, message: str) -> None:
    (problem,) = load(tmp_path, text)
    assert isinstance(problem, Problem)
    assert problem.message.startswith(message)


def test_a_failing_example_says_what_differs(tmp_path: Path) -> None:
    from tests.spec.running import define
    from zhikong.engine.examples import failure

    (example,) = load(tmp_path, STAYS.replace("'1'", "'7.5'") % "{days: 4}, {days: 10}")
    assert isinstance(example, Example)
    definition = define(kind="mean", numerator={"sum": "days"})
    assert failure(definition, example, "duckdb") == failure(definition, example, "reference")
    assert failure(definition, example, "duckdb") == "value 应为 7.5，得到 7"
