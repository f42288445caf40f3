"""Facts of the outbox that prove duties by themselves: ``evidence: {fact: month_closed}``."""

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from zhikong.foundation.duties import actions, evidence
from zhikong.foundation.duties.evidence import Arrival, EvidenceKind
from zhikong.foundation.outbox.registry import Fact, subscribe, title_of

Text = Callable[[Fact], str]


def facts_prove(
    fact_type: type[Fact],
    *,
    key: Text,
    period: Text = lambda fact: "",
    url: Text = lambda fact: "",
    department: Callable[[Fact], int | None] = lambda fact: None,
) -> None:
    """Let every announced fact of a type count as evidence; called in the ready() of the app that announces it.

    key: what makes the fact count once, such as its month; period: the period it is for, if it says so.
    """
    name = fact_type.fact_name

    def prove(fact: Fact, *, now: datetime) -> None:
        arrival = Arrival(
            kind="fact",
            ref=name,
            key=key(fact),
            dated_on=timezone.localdate(now),
            title=f"{title_of(name)} {key(fact)}",
            department_id=department(fact),
            period=period(fact),
            url=url(fact),
        )
        actions.arrive(arrival, now=now)

    evidence.register(EvidenceKind(f"fact:{name}", title_of=title_of))
    subscribe(fact_type, prove, name=f"duties.proved_by.{name}")
