"""Local codes that came with the data: what is not in the code table in force, with suggestions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts.models import QuarantinedRow
from zhikong.foundation.facts.values import distinct_codes
from zhikong.foundation.terminology import queries
from zhikong.foundation.terminology.models import LocalTerm
from zhikong.foundation.terminology.rules import Candidates

_NAME_BESIDE = {"code": "name", "item": "name"}
_REFUSED = {"unknown_department": queries.DEPARTMENTS}


@dataclass
class Seen:
    """A local code, the name that stood beside it, how often, and where."""

    name: str = ""
    rows: int = 0
    places: set[str] = field(default_factory=set)

    def add(self, place: str, rows: int, name: str = "") -> None:
        self.rows += rows
        self.name = self.name or name
        self.places.add(place)


def collect(*, now: datetime) -> int:
    """Compare what the published data and the quarantine hold with the tables in force; gives the open terms.

    A table that is only a sample judges nothing: its codes are left alone. What no longer occurs is marked as gone,
    what was decided stays decided.
    """
    today, open_terms = timezone.localdate(now), 0
    refused = _refused()
    for one in queries.systems(on=today):
        table = queries.table_of(one, on=today)
        if not table.complete:
            continue
        seen = refused.get(one.id, {}) | _in_the_facts(table)
        unknown = {code: what for code, what in seen.items() if code not in table.codes}
        open_terms += _store(one.id, unknown, Candidates(table.codes), now)
    return open_terms


def _in_the_facts(table: queries.Table) -> dict[str, Seen]:
    found: dict[str, Seen] = {}
    for name, column in table.system.covers:
        for code, words, rows in distinct_codes(name, column, _NAME_BESIDE.get(column)):
            if code not in table.codes:
                found.setdefault(code, Seen()).add(f"{name}.{column}", rows, words or "")
    return found


def _refused() -> dict[str, dict[str, Seen]]:
    """Values that were set aside because no department is called so, or the closed list has no such code."""
    found: dict[str, dict[str, Seen]] = {}
    covers = {place: one.id for one in queries.systems(on=timezone.localdate()) for place in one.covers}
    rows = QuarantinedRow.objects.filter(
        reason__in=["unknown_department", "not_in_codes"], value__isnull=False
    )
    for reason, table, column, value in rows.values_list("reason", "table", "column", "value").iterator():
        name = _REFUSED.get(reason) or covers.get((table, column))
        if name:
            found.setdefault(name, {}).setdefault(value, Seen()).add(f"{table}.{column}", 1)
    return found


def _store(system: str, unknown: dict[str, Seen], candidates: Candidates, now: datetime) -> int:
    known = {term.code: term for term in LocalTerm.objects.filter(system=system)}
    new = [_new(system, code, what, candidates, now) for code, what in unknown.items() if code not in known]
    LocalTerm.objects.bulk_create(new, batch_size=1_000)
    changed = [_seen_again(known[code], what, now) for code, what in unknown.items() if code in known]
    gone = [t for t in known.values() if t.code not in unknown and t.state == LocalTerm.State.OPEN]
    for term in gone:
        term.state = LocalTerm.State.GONE
    fields = ["name", "places", "rows", "last_seen", "state"]
    LocalTerm.objects.bulk_update([*changed, *gone], fields, batch_size=1_000)
    return sum(term.state == LocalTerm.State.OPEN for term in (*new, *changed))


def _new(system: str, code: str, what: Seen, candidates: Candidates, now: datetime) -> LocalTerm:
    return LocalTerm(
        institution_id=current_scope().institution_id,
        system=system,
        code=code[:120],
        name=what.name[:255],
        places=sorted(what.places),
        rows=what.rows,
        first_seen=now,
        last_seen=now,
        suggestions=[s.as_dict() for s in candidates.suggest(code, what.name)],
    )


def _seen_again(term: LocalTerm, what: Seen, now: datetime) -> LocalTerm:
    term.name, term.places = what.name[:255] or term.name, sorted(what.places)
    term.rows, term.last_seen = what.rows, now
    if term.state == LocalTerm.State.GONE:
        term.state = LocalTerm.State.OPEN
    return term
