"""Patterns that a pack may write: a small part of regular expressions whose cost is bounded whatever the text says."""

from __future__ import annotations

import re
from functools import lru_cache

from zhikong.engine.definitions.problems import ExpressionError

MAX_LENGTH = 400
MAX_WAYS = 5000
"""The product of the ranges of all repeats: how many ways one place of the text can be tried."""
LONGEST = 20_000  # characters of one text that are looked at; no section of a record is longer
_REPEAT = re.compile(r"\{(\d{1,3})(?:(,)(\d{0,3}))?\}")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]")


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, ready to search. Raises ExpressionError for one that could take long, or that is none.

    Allowed are literals, classes, alternatives, groups and repeats with an end ({0,20}); not allowed are * and +,
    references to groups, looks ahead or behind, and repeats within repeats.
    """
    if not pattern or len(pattern) > MAX_LENGTH:
        raise ExpressionError(f"模式为空或超过 {MAX_LENGTH} 个字符。", "请拆成几个较短的模式。")
    _bounded(pattern)
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ExpressionError(
            f"模式“{pattern}”写法不对（{error}）。", "请检查括号和方括号是否成对。"
        ) from None


def _bounded(pattern: str) -> None:
    ways, at = 1, 0
    varies: list[bool] = [False]  # for each open group: whether something in it repeats
    closed = False  # whether the piece before is a group in which something repeats
    while at < len(pattern):
        step, low, high = _repeat(pattern, at)
        if step:
            if closed and high > 1:
                raise _refused(pattern, "重复里又有重复")
            ways *= high - low + 1
            varies[-1] = varies[-1] or high > 1
            at, closed = at + step, False
            continue
        closed = False
        at, closed = _piece(pattern, at, varies)
    if ways > MAX_WAYS:
        raise _refused(pattern, f"重复范围之积 {ways} 超过 {MAX_WAYS}")


def _repeat(pattern: str, at: int) -> tuple[int, int, int]:
    """Length, least and most of the repeat written at this place; length 0 when there is none."""
    if pattern[at] == "?":
        return 1, 0, 1
    if pattern[at] in "*+":
        raise _refused(pattern, "* 和 + 没有上限")
    found = _REPEAT.match(pattern, at)
    if found is None:
        return 0, 1, 1
    low = int(found[1])
    if found[2] and not found[3]:
        raise _refused(pattern, "重复没有上限")
    return len(found[0]), low, int(found[3]) if found[2] else low


def _piece(pattern: str, at: int, varies: list[bool]) -> tuple[int, bool]:
    """Past one piece of the pattern; whether it closed a group in which something repeats."""
    mark = pattern[at]
    if mark == "\\":
        if pattern[at + 1 : at + 2] not in tuple("dDsSwW.()[]{}?*+|^$\\/-"):
            raise _refused(pattern, "不支持这种转义")
        return at + 2, False
    if mark == "[":
        found = _CLASS.match(pattern, at)
        return (found.end() if found else len(pattern)), False
    if mark == "(":
        if pattern[at + 1 : at + 2] == "?" and pattern[at + 2 : at + 3] != ":":
            raise _refused(pattern, "不支持前后查找和命名分组")
        varies.append(False)
        return at + (3 if pattern[at + 1 : at + 2] == "?" else 1), False
    if mark == ")" and len(varies) > 1:
        inner = varies.pop()
        varies[-1] = varies[-1] or inner
        return at + 1, inner
    return at + 1, False


def _refused(pattern: str, why: str) -> ExpressionError:
    return ExpressionError(f"模式“{pattern}”不能用：{why}。", "重复写成有上限的 {0,20}，不要嵌套重复。")
