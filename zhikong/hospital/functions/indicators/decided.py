"""A decision about a chart as plain data, and the fingerprint of several."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Decision:
    """What people decided about a chart: see models.ChartDecision. first and last are months, both included."""

    kind: str
    first: str = ""
    last: str = ""
    chart: str = ""
    reason: str = ""


def stamp_of(decisions: Iterable[Decision]) -> str:
    """A fingerprint of what changes the limits; empty while nothing does."""
    texts = sorted(f"{d.kind} {d.first} {d.last} {d.chart}" for d in decisions if d.kind != "note")
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16] if texts else ""


def first_month_needed(first: str, decisions: Sequence[Decision]) -> str:
    """Where a chart must begin so that its frozen baseline is in it."""
    return min([first, *(d.first for d in decisions if d.kind == "freeze")])
