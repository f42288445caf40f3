"""What a rule belongs to: kind, stage of care, core systems, rows of the registers. Pure.

Front-page rules are older than these words: they belong to the discharge.
"""

from __future__ import annotations

from typing import Any


def kind_of(rule: Any) -> str:
    """clock, complete, text or row."""
    return str(getattr(rule.kind, "value", rule.kind))


def stage_of(rule: Any) -> str:
    """The stage of care; a rule of the front page belongs to the discharge."""
    said = str(getattr(rule, "stage", "") or "")
    return said or ("discharge" if kind_of(rule) == "row" else "")


def systems_of(rule: Any) -> tuple[str, ...]:
    """The core systems that the rule is a checkable point of."""
    return tuple(getattr(rule, "systems", ()) or ())


def rows_of(rule: Any) -> tuple[str, ...]:
    """Row numbers of the registers that the rule comes from."""
    return tuple(getattr(rule, "rows", None) or getattr(rule.source, "rows", ()) or ())


def is_front_page(rule: Any) -> bool:
    """Rules of the front page (fp01…) have their own page in data quality."""
    return kind_of(rule) == "row" and not getattr(rule, "stage", "")
