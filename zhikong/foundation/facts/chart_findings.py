"""What rules found in a chart, told to whoever shows the chart; and what people then said of the rule's verdict.

The function that judges records registers a provider; the pages where people review a chart ask here and import
nobody. The other way goes a typed fact through the outbox: a verdict upheld, refuted or exempted by a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.outbox.registry import Fact, fact

UPHELD, REFUTED, EXEMPTED = "upheld", "refuted", "exempted"
OUTCOMES = {UPHELD: _("属实"), REFUTED: _("误报"), EXEMPTED: _("属实但免责")}


@dataclass(frozen=True)
class ChartFinding:
    """One verdict of a rule on one stay. verdict: fail, not_assessable or error; a pass is not told.

    aspect: which of the six aspects of a record it touches (REC-30); section: of the document it stands on.
    span_start, span_end: half-open offsets of characters in the section's text; None when the finding has no text.
    due_at, at: local wall time of the stay: until when it was to be done, and when it was done.
    """

    rule: str
    version: int
    title: str
    verdict: str
    reason: str
    points: Decimal | None = None
    aspect: str = ""
    section: str = ""
    severity: str = ""
    responsible: str = ""
    span_document: str = ""
    span_section: str = ""
    span_start: int | None = None
    span_end: int | None = None
    due_at: datetime | None = None
    at: datetime | None = None
    url: str = ""


Provider = Callable[[str], Iterable[ChartFinding]]
_providers: list[Provider] = []


def register(provider: Provider) -> None:
    """Let ``provider(stay_id) -> ChartFinding, …`` tell what it found in a chart of the scope; twice is once."""
    if provider not in _providers:
        _providers.append(provider)


def unregister(provider: Provider) -> None:
    _providers.remove(provider)


def of_stay(stay_id: str) -> list[ChartFinding]:
    """Everything that was found in a chart within the current scope: failures first, then what could not be judged."""
    order = {"fail": 0, "error": 1, "not_assessable": 2}
    found = [one for ask in _providers for one in ask(stay_id)]
    return sorted(found, key=lambda one: (order.get(one.verdict, 3), one.rule))


@fact("records.machine_verdict_judged", _("有人核对了规则的判断"))
@dataclass(frozen=True)
class MachineVerdictJudged(Fact):
    """A person looked at what a rule said of a record; outcome: upheld, refuted or exempted (not the writer's fault)."""

    rule: str
    version: int
    stay_id: str
    outcome: str
