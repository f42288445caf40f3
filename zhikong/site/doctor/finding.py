"""What one question found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

FINE, WARNING, ERROR = "fine", "warning", "error"


@dataclass(frozen=True)
class Finding:
    """level: fine, warning or error. sentence: what is. remedy: what to do; empty only when fine."""

    level: str
    name: str
    sentence: str
    remedy: str = ""


Question = Callable[[], Iterable[Finding]]


def fine(name: str, sentence: str) -> Finding:
    return Finding(FINE, name, sentence)


def warning(name: str, sentence: str, remedy: str) -> Finding:
    return Finding(WARNING, name, sentence, remedy)


def error(name: str, sentence: str, remedy: str) -> Finding:
    return Finding(ERROR, name, sentence, remedy)


def asked(questions: Iterable[tuple[str, Question]]) -> Iterator[Finding]:
    """All answers in order; a question that breaks is an error of its own, never a pass."""
    for name, question in questions:
        try:
            yield from question()
        except Exception as broken:  # noqa: BLE001 - whatever is wrong with the machine, the other questions are asked
            told = f"这一项没能检查：{type(broken).__name__}：{broken}"
            yield error(name, told.splitlines()[0], "请把这一行连同 zhikong --version 的输出交给技术支持。")


def worst(found: Iterable[Finding]) -> int:
    """Exit code: 0 all fine, 1 warnings, 2 errors."""
    levels = {one.level for one in found}
    return 2 if ERROR in levels else 1 if WARNING in levels else 0
