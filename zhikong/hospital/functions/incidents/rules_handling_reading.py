"""What the readers of levels, matrices and clocks share: the head of a file, its examples, sentences for problems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from zhikong.engine.definitions import located, shapes
from zhikong.engine.definitions.located import Located
from zhikong.engine.definitions.problems import Problem

MARKS = ("verified", "paraphrased", "memory")
STATES = ("ok", "info", "warn", "bad")
HEAD = {
    "id": str, "version": int, "title": dict, "source": dict, "owner": str, "checker": str, "next_review": date,
}  # fmt: skip


def opened(
    text: str, file: Path, needed: dict[str, type], fix: str, parts: dict[str, shapes.Shape]
) -> Located | list[Problem]:
    """The file with its head and the needed parts present, or what is wrong with it.

    parts: the shape of what the head does not name, so that no later check meets a value that it cannot read.
    """
    found = located.read_text(text, file=file)
    if isinstance(found, Problem):
        return [found]
    if not isinstance(found.data, dict):
        return [found.problem((), "文件应是“键: 值”。", fix)]
    problems = [
        found.problem((name,), f"缺少 {name}，或它的写法不对。", fix)
        for name, kind in {**HEAD, **needed}.items()
        if not isinstance(found.data.get(name), kind)
    ]
    if not problems and not sourced(found.data["source"]):
        problems.append(found.problem(("source",), "来源要写 document 和 mark。", fix))
    shape = shapes.Record({**shapes.HEAD, **parts}, open=True)
    return problems or shapes.problems(found, shape, fix) or found


def sourced(source: Any, key: str = "document") -> bool:
    """A source says where it stands and how sure that is."""
    return isinstance(source, dict) and bool(source.get(key)) and source.get("mark") in MARKS


def texts(found: Any) -> bool:
    """A list of words with at least one in it."""
    return isinstance(found, list) and bool(found) and all(isinstance(one, str) and one for one in found)


def positive(found: Any) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and found > 0


def examples(file: Path, wrong: Callable[[dict[str, Any]], str]) -> list[Problem]:
    """The problems of the worked examples beside a packaged file: ``wrong`` gives a sentence, '' when one holds."""
    beside = file.with_name(f"{file.stem}.examples.yaml")
    if not beside.is_file():
        return [Problem(file, 1, "没有样例。", f"请在 {beside.name} 里写几条应当成立的样例。")]
    found = located.read(beside)
    if isinstance(found, Problem):
        return [found]
    if not isinstance(found.data, list) or not found.data:
        return [found.problem((), "样例应是一个列表。", "请参照同类文件。")]
    return [
        found.problem((index,), told, "请改正样例，或改正定义。")
        for index, one in enumerate(found.data)
        if (told := _told(wrong, one))
    ]


def _told(wrong: Callable[[dict[str, Any]], str], one: Any) -> str:
    try:
        return wrong(one)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return f"样例的写法不对：{error}。"
