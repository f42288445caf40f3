"""Lists of cases within what a user sees, with search inside the function, filters and proposals of duplicates."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries import reporting
from zhikong.hospital.functions.incidents.queries.handling import running, scope
from zhikong.hospital.functions.incidents.queries.reporting import categories
from zhikong.hospital.functions.incidents.rules_handling_clocks import Running
from zhikong.hospital.functions.incidents.rules_handling_clocks import State as ClockState
from zhikong.hospital.functions.incidents.rules_handling_states import AT_WORK, Like, duplicates
from zhikong.hospital.functions.incidents.rules_reporting import State

SHOW = {
    "new": (State.REPORTED,),
    "work": AT_WORK,
    "returned": (State.RETURNED,),
    "closed": (State.CLOSED, State.MERGED),
    "all": tuple(State.values),
}
MOST = 600
"""How many of the newest cases a list reads; filters lead to older ones."""
SEARCHED = 500
"""How many of the newest cases a search in the sealed words opens; older ones are found by filters."""


@dataclass(frozen=True)
class Row:
    """One case in a list. clock: the one that ends first, or None; twins: codes of what may be the same event."""

    incident: Incident
    category: str
    clock: Running | None
    clock_state: ClockState | None
    twins: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What a list is narrowed to; empty means everything."""

    show: str = "new"
    category: str = ""
    level: str = ""
    department: int | None = None
    office: str = ""
    text: str = ""


def counts(user) -> dict[str, int]:
    """How many cases stand under each heading."""
    found = Counter(scope.visible(user).values_list("state", flat=True))
    return {name: sum(found[state] for state in states) for name, states in SHOW.items()}


def listed(user, asked: Asked, *, now: datetime) -> list[Row]:
    """Cases that the user sees: what ends first stands first, closed ones the newest first."""
    found = _filtered(user, asked)
    if asked.text:
        found = [one for one in found[:SEARCHED] if _says(one, asked.text)]
    found = [one for one in found if hasattr(one, "handling")]
    clocks, twins = running.clocks_of_many(found), _twins(user, found)
    titles = {one.id: one.title for one in categories.all_in_force()}
    rows = [_row(one, clocks[one.pk], twins.get(one.pk, ()), titles, now) for one in found]
    if asked.show in ("new", "work"):
        far = now + timedelta(days=9999)
        rows.sort(key=lambda row: row.clock.until if row.clock else far)
    return rows


def _filtered(user, asked: Asked) -> list[Incident]:
    rows = scope.visible(user).filter(state__in=SHOW.get(asked.show, SHOW["new"]))
    for field, value in (
        ("category", asked.category),
        ("level", asked.level),
        ("handling__office", asked.office),
    ):
        if value:
            rows = rows.filter(**{field: value if value != "none" else ""})
    if asked.department is not None:
        rows = rows.filter(department_id=asked.department)
    return list(rows.order_by("-reported_at", "code")[:MOST])


def _says(one: Incident, text: str) -> bool:
    """Whether the number, or the opened words of the report, hold the text. Nothing of it is kept in an index."""
    needle = text.casefold()
    if needle in one.code.casefold():
        return True
    told = reporting.told(one)
    return any(needle in part.casefold() for part in (told.what, told.done, told.where))


def _row(one: Incident, runs: list[Running], twins, titles: dict[str, str], now: datetime) -> Row:
    left = [run for run in runs if run.stopped is None]
    clock = left[0] if left and one.state not in (*running.OVER, State.CLOSED) else None
    state = clock.state(now) if clock else None
    return Row(one, titles.get(one.category, one.category), clock, state, twins)


def _twins(user, found: list[Incident]) -> dict[int, tuple[str, ...]]:
    """Proposals for cases that are not decided yet, among all open cases that the user sees."""
    fresh = [one for one in found if one.state in (State.REPORTED, State.ACCEPTED)]
    if not fresh:
        return {}
    days = {one.occurred_on for one in fresh}
    others = list(
        scope.visible(user)
        .filter(occurred_on__in=days)
        .exclude(state__in=(State.MERGED, State.RETURNED, State.CLOSED))
    )
    codes, likes = {one.pk: one.code for one in others}, [like(one) for one in others]
    return {one.pk: tuple(codes[pk] for pk in duplicates(like(one), likes)) for one in fresh}


def like(one: Incident) -> Like:
    return Like(one.pk, one.department_id, one.occurred_on, one.category)


def twins_of(user, one: Incident) -> list[Incident]:
    """What may be the same event as this case."""
    others = {
        other.pk: other
        for other in scope.visible(user)
        .filter(occurred_on=one.occurred_on)
        .exclude(state__in=(State.MERGED, State.RETURNED, State.CLOSED))
    }
    return [others[pk] for pk in duplicates(like(one), [like(other) for other in others.values()])]
