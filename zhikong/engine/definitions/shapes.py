"""The shape that a definition's data must have, said once and checked before anything reads it.

A reader of packs first asks `problems(found, SHAPE, remedy)`; when nothing is wrong every value has the type and the
place that the reader counts on, so that junk in a file becomes a sentence with its line and never a crash.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from zhikong.engine.definitions.located import Key, Located
from zhikong.engine.definitions.problems import Problem, suggestion

Path = tuple[Key, ...]
Found = Iterator[tuple[Path, str, str]]
Shape = Callable[[Any, Path], Found]  # a value and its place -> (place, what is wrong, what to do or "")


def problems(found: Located, shape: Shape, remedy: str) -> list[Problem]:
    """What of the file has not the shape, by line; `remedy` is said where the shape knows none of its own."""
    return [found.problem(path, said, own or remedy) for path, said, own in shape(found.data, ())]


def _name(path: Path) -> str:
    names = [str(key) for key in path if isinstance(key, str)]
    return names[-1] if names else "文件"


def _plain(good: Callable[[Any], bool], said: str) -> Shape:
    def shape(value: Any, path: Path) -> Found:
        if not good(value):
            yield path, f"{_name(path)} 应是{said}。", ""

    return shape


text = _plain(lambda value: isinstance(value, str) and bool(value.strip()), "一段文字")
words = _plain(lambda value: isinstance(value, str), "一段文字（可以为空）")
flag = _plain(lambda value: isinstance(value, bool), " true 或 false")
day = _plain(lambda value: isinstance(value, date) and not isinstance(value, datetime), "日期（YYYY-MM-DD）")
label = _plain(lambda value: isinstance(value, str | int | float) and value != "", "文字或数字")
anything = _plain(lambda value: True, "任何内容")


def whole(least: int = 0, most: int = 1_000_000) -> Shape:
    """A whole number between two bounds, both allowed."""

    def good(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most

    return _plain(good, f" {least} 到 {most} 的整数")


def number(least: float = 0, most: float = 1e9) -> Shape:
    """A number between two bounds, both allowed."""

    def good(value: Any) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most

    return _plain(good, f" {least} 到 {most} 的数")


def one_of(*allowed: str) -> Shape:
    """One of some words."""

    def shape(value: Any, path: Path) -> Found:
        if not isinstance(value, str) or value not in allowed:
            yield path, f"{_name(path)} 不能写 {value!r:.60}。", suggestion(str(value)[:60], allowed)

    return shape


def matching(pattern: str, said: str) -> Shape:
    """Text that matches the whole pattern; `said` names what it should be."""
    good = re.compile(pattern)
    return _plain(lambda value: isinstance(value, str) and bool(good.fullmatch(value)), said)


def list_of(inner: Shape, *, least: int = 0, most: int = 10_000) -> Shape:
    """A list whose every item has the shape `inner`."""

    def shape(value: Any, path: Path) -> Found:
        if not isinstance(value, list) or not least <= len(value) <= most:
            yield path, f"{_name(path)} 应是列表" + (f"，至少 {least} 项。" if least else "。"), ""
            return
        for index, one in enumerate(value):
            yield from inner(one, (*path, index))

    return shape


def map_of(inner: Shape, *, keys: Shape = label, least: int = 0) -> Shape:
    """A mapping of free keys; every value has the shape `inner`."""

    def shape(value: Any, path: Path) -> Found:
        if not isinstance(value, dict) or len(value) < least:
            yield path, f"{_name(path)} 应是“键: 值”。", ""
            return
        for key, one in value.items():
            yield from keys(key, (*path, key))
            yield from inner(one, (*path, key))

    return shape


@dataclass(frozen=True)
class Record:
    """A mapping of known keys. needed: must be there; may: may be there; others are refused unless `open`."""

    needed: Mapping[str, Shape]
    may: Mapping[str, Shape] = field(default_factory=dict)
    open: bool = False

    def __call__(self, value: Any, path: Path) -> Found:
        if not isinstance(value, dict):
            yield path, f"{_name(path)} 应是“键: 值”。", ""
            return
        for key in self.needed:
            if key not in value:
                yield path, f"缺少 {key}。", ""
        for key, one in value.items():
            shape = self.needed.get(key) or self.may.get(key)
            if shape:
                yield from shape(one, (*path, key))
            elif not self.open:
                yield (*path, key), f"没有 {key} 这一项。", suggestion(str(key), [*self.needed, *self.may])


MARKS = ("verified", "paraphrased", "memory")
titles = Record({"zh": text}, {"en": text, "zh-hant": text})
source = Record({"document": text, "mark": one_of(*MARKS)}, {"clause": label, "url": text})
HEAD: Mapping[str, Shape] = {
    "id": text, "version": whole(1), "title": titles, "source": source, "owner": text, "checker": text,
    "next_review": day,
}  # fmt: skip


def either(first: Shape, second: Shape) -> Shape:
    """One shape or the other; the problems of the first are told when it is neither."""

    def shape(value: Any, path: Path) -> Found:
        if list(second(value, path)):
            yield from first(value, path)

    return shape
