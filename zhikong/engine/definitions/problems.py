"""A problem in a pack, told to the person who wrote it: where, what, and how to put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """`message` says in Chinese what is wrong, `remedy` what to write instead. Lines start at 1."""

    file: Path
    line: int
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} {self.remedy}".rstrip()


class ExpressionError(Exception):
    """An expression that is not part of the language or does not fit the tables."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def suggestion(word: str, known: Iterable[str]) -> str:
    """'您是否想写 x？' when a known word is near, else the list of known words."""
    words = sorted(known)
    if not words:
        return ""
    near = get_close_matches(word, words, n=1, cutoff=0.7) or [w for w in words if w.startswith(word)]
    if near:
        return f"是否想写 {near[0]}？"
    shown = "、".join(words[:12])
    return f"可用的有：{shown}{' 等' if len(words) > 12 else ''}。"
