"""What the reader finds, as plain values with their place in the plain text, and their form as JSON.

The form is documented in docs and stable; see `as_json`. Offsets count characters of the plain text, end excluded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

KINDS = ("target", "duty", "deadline", "quota", "money", "threshold", "date_range", "result", "body")
OPERATORS = (">=", "<=", "=", "<", ">")
UNITS = (
    "%", "‰", "‱", "per_10k", "days", "hours", "minutes", "months", "count", "ml", "CNY", "CNY_10k",
    "CNY_10k_per_CNY_100M", "points", "score", "per_100_beds", "per_1000_device_days", "pp",
)  # fmt: skip
EVIDENCE = (
    "minutes",
    "inspection",
    "analysis",
    "training",
    "report",
    "submission",
    "exam",
    "survey",
    "review",
    "drill",
)
PERIODS = ("day", "week", "month", "quarter", "half_year", "year", "event")


@dataclass(frozen=True)
class Frequency:
    """How often: `count` times in each period; None when the text gives no number."""

    count: float | None
    per: str


@dataclass(frozen=True)
class Within:
    """A limit of time: minutes, hours, days, workdays or months; 0 minutes is at once."""

    value: float
    unit: str


@dataclass(frozen=True)
class Link:
    """What an item speaks of, in the caller's words: kind is indicator, rule, department or committee."""

    kind: str
    id: str


@dataclass(frozen=True)
class Item:
    """One thing that the plan says. Empty strings and None where the text does not tell."""

    kind: str
    start: int
    end: int
    subject: str = ""
    operator: str = ""
    value: float | None = None
    unit: str = ""
    frequency: Frequency | None = None
    within: Within | None = None
    starts_on: str = ""
    ends_on: str = ""
    department: str = ""
    level: str = ""
    confidence: float = 0.9
    needs_review: bool = False
    relative: bool = False
    conditional: bool = False  # 如…, 必要时…
    negated: bool = False  # 不得…, 严禁…
    evidence: str = ""  # what shows that it was done, one of EVIDENCE
    chair: str = ""  # of a body
    members: str = ""
    theme_month: int | None = None  # the month whose theme this is
    stage: str = ""  # the stage of a campaign
    document: str = ""  # what is to be produced
    link: Link | None = None
    why: str = ""  # what to look at when it needs a review, in the reader's words


@dataclass(frozen=True)
class Left:
    """A stretch that was not understood, or a number that is no item: why says what it is."""

    start: int
    end: int
    why: str = ""


@dataclass(frozen=True)
class Spoken:
    """A sentence of the document, its heading, and whether its part tells of the past."""

    start: int
    end: int
    heading: str = ""
    back: bool = False


@dataclass(frozen=True)
class Reading:
    """A document as it was understood."""

    text: str
    items: tuple[Item, ...]
    unparsed: tuple[Left, ...]
    other_numbers: tuple[Left, ...] = field(default=())
    sentences: tuple[Spoken, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """The stable form that `zhikong read --json` prints."""
        return {
            "items": [_item(self.text, one) for one in self.items],
            "unparsed": [_left(self.text, one) for one in self.unparsed],
            "other_numbers": [_left(self.text, one) | {"why": one.why} for one in self.other_numbers],
        }


def _item(text: str, one: Item) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": one.kind, "start": one.start, "end": one.end, "text": text[one.start : one.end],
        "subject": one.subject, "operator": one.operator or None, "value": _plain(one.value), "unit": one.unit or None,
        "frequency": {"count": _plain(one.frequency.count), "per": one.frequency.per} if one.frequency else None,
        "within": {"value": _plain(one.within.value), "unit": one.within.unit} if one.within else None,
        "starts_on": one.starts_on or None, "ends_on": one.ends_on or None, "department": one.department or None,
        "level": one.level or None, "confidence": one.confidence, "needs_review": one.needs_review,
    }  # fmt: skip
    return found | {key: value for key, value in _more(one).items() if value}


def _more(one: Item) -> dict[str, Any]:
    """What is printed only where it was found."""
    return {
        "relative": one.relative, "why": one.why, "conditional": one.conditional, "negated": one.negated,
        "evidence": one.evidence, "chair": one.chair, "members": one.members, "theme_month": one.theme_month,
        "stage": one.stage, "document": one.document,
        "link": {"kind": one.link.kind, "id": one.link.id} if one.link else None,
    }  # fmt: skip


def _plain(value: float | None) -> float | int | None:
    return int(value) if value is not None and float(value).is_integer() else value


def _left(text: str, one: Left) -> dict[str, Any]:
    return {"start": one.start, "end": one.end, "text": text[one.start : one.end]}
