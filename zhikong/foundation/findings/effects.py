"""How a finding learns whether its measure worked: a provider of the source's kind reads the numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from zhikong.foundation.findings.rules import Verdict


@dataclass(frozen=True)
class Point:
    """One month's value; None when it could not be computed."""

    month: str
    value: Decimal | None


@dataclass(frozen=True)
class Effect:
    """Before and after, the verdict, and the sentence that a reader can check (CAP-08).

    chart: SVG of the provider, already safe to show, or empty.
    review_on: when there will be enough data; only with NOT_ENOUGH_DATA.
    """

    before: tuple[Point, ...]
    after: tuple[Point, ...]
    verdict: Verdict
    sentence: str
    unit: str = ""
    review_on: date | None = None
    chart: str = ""


Provider = Callable[..., Effect]
_providers: dict[str, Provider] = {}


def register(kind: str, provider: Provider) -> None:
    """Let ``provider(finding, now) -> Effect`` judge findings of a source kind; called in an app's ready().

    "After" are the months that began after ``finding.corrected_at`` (after ``raised_at`` while it is empty).
    """
    _providers[kind] = provider


def unregister(kind: str) -> None:
    _providers.pop(kind, None)


def has_provider(finding) -> bool:
    """True when the finding hangs on something whose numbers can be read."""
    return bool(finding.indicator_id) and _kind(finding) in _providers


def effect_of(finding, *, now: datetime) -> Effect | None:
    """What the numbers say now, or None when nobody can read them."""
    return _providers[_kind(finding)](finding, now) if has_provider(finding) else None


def _kind(finding) -> str:
    return finding.source_kind if finding.source_kind in _providers else "indicator"
