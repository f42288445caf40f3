"""Gold files: what people say a document asks for, and how far a reading agrees with them.

A line: `kind | quote | value unit operator | frequency | within | dates | flags`; `-` leaves open what the line does not
say. Flags: `relative`, `review`, `level=三级`, `department=…`. A quote that stands more than once is wanted at each place.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

GROUPS = {
    "targets": ("target", "result"),
    "limits": ("deadline",),
    "frequencies": ("duty",),
    "dates": ("date_range",),
    "money": ("money",),
    "quotas": ("quota", "threshold", "body"),
}


@dataclass(frozen=True)
class Wanted:
    """One line of a gold file with its place in the text; None or "-" for what the line leaves open."""

    kind: str
    quote: str
    start: int
    end: int
    value: tuple[str, ...]
    frequency: tuple[str, ...]
    within: tuple[str, ...]
    dates: tuple[str, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """found of wanted: recall; right of given: precision. Items that ask for a review are never counted as wrong."""

    wanted: int
    found: int
    wrong: int

    @property
    def recall(self) -> float:
        return self.found / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0

    def __add__(self, other: Figures) -> Figures:
        return Figures(self.wanted + other.wanted, self.found + other.found, self.wrong + other.wrong)


def wanted(file: Path, text: str) -> list[Wanted]:
    """The lines of a gold file, each with its places in the text."""
    found = []
    for line in file.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        kind, quote, *rest = line.split("|")
        rest = [part.strip() for part in rest]
        places = list(_places(text, quote := quote.strip(" ")))
        assert places, f"{file.name}: 原文里没有「{quote}」"
        parts = [tuple(part.split()) for part in [*rest, "-", "-", "-", "-", "-"][:5]]
        found += [Wanted(kind.strip(), quote, at, at + len(quote), *parts) for at in places]
    return found


def _places(text: str, quote: str):
    at = text.find(quote)
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)


def agrees(one: Wanted, item: dict) -> bool:
    """Same kind, overlapping places, and everything that the gold line says."""
    often, within = item["frequency"] or {}, item["within"] or {}
    return (
        item["kind"] == one.kind
        and item["start"] < one.end
        and item["end"] > one.start
        and _same(one.value, (item["value"], item["unit"], item["operator"]))
        and _same(one.frequency, (often.get("count"), often.get("per")))
        and _same(one.within, (within.get("value"), within.get("unit")))
        and _same_dates(one.dates, item)
        and all(_flagged(flag, item) for flag in one.flags if flag != "-")
    )


def _same(said: tuple[str, ...], got: tuple) -> bool:
    if said == ("-",):
        return True
    return all(
        a == "-" or (abs(float(a) - b) < 0.005 if isinstance(b, (int, float)) else a == b)
        for a, b in zip(said, got, strict=True)
    )


def _same_dates(said: tuple[str, ...], item: dict) -> bool:
    if said == ("-",):
        return True
    first, last = ("" if one in "-_" else one for one in said)
    return (first, last) == (item["starts_on"] or "", item["ends_on"] or "")


def _flagged(flag: str, item: dict) -> bool:
    if "=" in flag:
        key, value = flag.split("=")
        return item[key] == value
    return bool(item["needs_review"] if flag == "review" else item.get(flag))


def compared(gold: list[Wanted], items: list[dict]) -> tuple[list[Wanted], list[dict]]:
    """(wanted and not found, found and not wanted). Items that ask for a review count as neither right nor wrong."""
    left, missing = list(items), []
    for one in gold:
        match = next((item for item in left if agrees(one, item)), None)
        missing += [one] if match is None else []
        if match is not None:
            left.remove(match)
    return missing, [
        one for one in left if not one["needs_review"] and (one["kind"] != "body" or one["value"])
    ]


def figures(gold: list[Wanted], items: list[dict]) -> dict[str, Figures]:
    """Recall and precision of each group of kinds."""
    missing, extra = compared(gold, items)
    return {
        group: Figures(
            len(of := [one for one in gold if one.kind in kinds]),
            len(of) - sum(one.kind in kinds for one in missing),
            sum(item["kind"] in kinds for item in extra),
        )
        for group, kinds in GROUPS.items()
    }
