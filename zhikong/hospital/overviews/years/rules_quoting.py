"""Words that quote figures: a shown value followed by its mark 〔n〕. Pure.

The words may be edited, the figures may not: a mark must exist, and the value before it must be the figure's own.
"""

import re
from collections.abc import Mapping, Sequence

MARK = re.compile(r"〔(\d{1,3})〕")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
HARMLESS = re.compile(
    r"“[^”]*”|\d{4}\s*年|\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?|第\s*\d+\s*(?:季度|版|次|期)|^\s*\d+[.、]|\d{4}-\d{2}(?:-\d{2})?", re.M
)  # fmt: skip
"""Numbers that are dates, counts of paragraphs or words of others, which need no source."""


def pieces(text: str) -> list[tuple[str, int | None]]:
    """Text split at its marks: (words, None) or ('', number)."""
    parts = MARK.split(text)
    return [
        ("", int(part)) if index % 2 else (part, None)
        for index, part in enumerate(parts)
        if index % 2 or part
    ]


def quoted(entry: Mapping) -> str:
    """The value with its mark, as the text holds it."""
    return f"{entry['shown']}〔{entry['number']}〕"


def unknown(text: str, figures: Sequence[Mapping]) -> list[int]:
    """Marks of figures that do not exist."""
    known = {entry["number"] for entry in figures}
    return sorted({number for _words, number in pieces(text) if number is not None} - known)


def loosened(text: str, figures: Sequence[Mapping]) -> list[Mapping]:
    """Figures whose value does not stand before their mark any more, in the order of the text."""
    by_number = {entry["number"]: entry for entry in figures}
    found, before = [], ""
    for words, number in pieces(text):
        if number is None:
            before = words
            continue
        entry = by_number.get(number)
        if entry is not None and not _ends_with(before, entry["shown"]):
            found.append(entry)
        before = ""
    return found


def _ends_with(words: str, shown: str) -> bool:
    """The value as a whole: “160” does not count as “60”."""
    flat, wanted = _flat(words), _flat(shown)
    if not flat.endswith(wanted):
        return False
    before = flat[: len(flat) - len(wanted)]
    return not (wanted[:1].isdigit() and before[-1:] and (before[-1].isdigit() or before[-1] in ".,−-"))


def _flat(text: str) -> str:
    return "".join(text.split())


def unsourced(text: str, figures: Sequence[Mapping]) -> list[str]:
    """Numbers in the words that no figure stands behind; dates and numbers of paragraphs are none."""
    by_number = {entry["number"]: entry for entry in figures}
    bare = MARK.sub(lambda match: f"〔{match[1]}〕", text)
    for number, entry in by_number.items():
        bare = bare.replace(f"{entry['shown']}〔{number}〕", "")
        if len(entry.get("target", "")) > 1:  # stands beside its figure in the table
            bare = bare.replace(f"（{entry['target']}）", "")
    bare = HARMLESS.sub("", MARK.sub("", bare))
    return list(dict.fromkeys(NUMBER.findall(bare)))
