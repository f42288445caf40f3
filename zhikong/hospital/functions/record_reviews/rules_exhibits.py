"""What may be shown to the whole hospital: text without the person, proved again before it is published. No ORM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhikong.intake.deidentifying import deidentify

SHORTEST = 2  # characters of a name that is looked for


@dataclass(frozen=True)
class Leak:
    """One identifier that is left: in which part, what it is taken for, and the words around it."""

    part: str
    kind: str
    found: str
    around: str


def cleared(parts: Iterable[Mapping[str, str]], known: Sequence[str]) -> list[dict[str, str]]:
    """The parts with placeholders instead of identifiers, titles included."""
    return [
        {"title": deidentify(one["title"], known).text, "text": deidentify(one["text"], known).text}
        for one in parts
    ]


def leaks(parts: Iterable[Mapping[str, str]], known: Sequence[str]) -> list[Leak]:
    """Every identifier that is still there; empty only when nothing is found in any part."""
    found = []
    for one in parts:
        for text in (one["title"], one["text"]):
            for span in deidentify(text, known).spans:
                around = text[max(0, span.start - 6) : span.end + 6]
                found.append(
                    Leak(one["title"], span.kind.value.strip("【】"), text[span.start : span.end], around)
                )
    return found


def worth_knowing(names: Iterable[str]) -> list[str]:
    """Names and numbers that are looked for as they stand; a single character would hide half of a text."""
    return sorted(
        {name.strip() for name in names if name and len(name.strip()) >= SHORTEST}, key=len, reverse=True
    )
