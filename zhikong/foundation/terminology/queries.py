"""Code systems in force, their codes, and what local codes were decided to mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Count, Q, QuerySet

from zhikong.engine.tables import TABLES
from zhikong.foundation.organisation.models import Department, DepartmentVersion, Person
from zhikong.foundation.packstore.queries import resolve, resolve_all
from zhikong.foundation.terminology.definition import CodesFrom, CodeSystem
from zhikong.foundation.terminology.kinds import CODE
from zhikong.foundation.terminology.models import Code, Edition, LocalTerm, TermDecision

DEPARTMENTS = "departments"


@dataclass(frozen=True)
class Table:
    """The codes of a system that are in force. complete: a code that is not among them is unknown."""

    system: CodeSystem
    codes: Mapping[str, str]
    edition: str
    source: str
    complete: bool
    loaded: Edition | None = None


def systems(*, on: date) -> list[CodeSystem]:
    """Every code system in force on a day, by id."""
    return [found.obj for found in resolve_all(CODE, on=on)]


def system(system_id: str, *, on: date) -> CodeSystem | None:
    """The code system with an id, or None."""
    found = resolve(CODE, system_id, on=on)
    return found.obj if found else None


def table_of(one: CodeSystem, *, on: date) -> Table:
    """The codes in force: those of the organisation, of the edition that the hospital loaded, else of the pack."""
    if one.codes_from is CodesFrom.DEPARTMENTS:
        return Table(one, _departments(), one.edition, one.source, complete=True)
    if one.codes_from is CodesFrom.STAFF:
        people = dict(Person.objects.values_list("staff_number", "name"))
        return Table(one, people, one.edition, one.source, complete=True)
    loaded = edition_in_force(one.id, on=on)
    if loaded is None:
        return Table(one, one.codes, one.edition, one.source, one.complete)
    return Table(one, codes_of(loaded), loaded.name, loaded.source, complete=True, loaded=loaded)


def _departments() -> dict[str, str]:
    names = dict(
        DepartmentVersion.objects.filter(valid_to__isnull=True).values_list("department__code", "name")
    )
    return {code: names.get(code, code) for code in Department.objects.values_list("code", flat=True)}


def edition_in_force(system_id: str, *, on: date) -> Edition | None:
    """The newest edition whose day has come."""
    return editions(system_id).filter(effective_from__lte=on).first()


def editions(system_id: str) -> QuerySet[Edition]:
    """All editions that the hospital loaded, the newest first."""
    return Edition.objects.filter(system=system_id).select_related("loaded_by")


def codes_of(edition: Edition) -> Mapping[str, str]:
    """code -> name of an edition. Editions never change: the process remembers the last few."""
    return _codes(edition.pk, edition.sha256)


@lru_cache(maxsize=8)
def _codes(edition_id: int, _sha256: str) -> Mapping[str, str]:
    return dict(Code.objects.filter(edition_id=edition_id).values_list("code", "name"))


def counts() -> dict[str, dict[str, int]]:
    """system -> state -> number of local terms."""
    found: dict[str, dict[str, int]] = {}
    rows = LocalTerm.objects.order_by().values_list("system", "state").annotate(n=Count("pk"))
    for name, state, n in rows:
        found.setdefault(name, {})[state] = n
    return found


def terms(system_id: str, *, state: str = "", text: str = "") -> QuerySet[LocalTerm]:
    """Local terms of a system, the most frequent first."""
    found = LocalTerm.objects.filter(system=system_id).select_related("decided_by")
    found = found.filter(state=state) if state else found
    return found.filter(Q(code__icontains=text) | Q(name__icontains=text)) if text else found


def history(system_id: str) -> QuerySet[TermDecision]:
    """What was decided in a system, the newest first."""
    return TermDecision.objects.filter(term__system=system_id).select_related("term", "by")


def search_codes(table: Table, text: str, *, most: int = 20) -> list[tuple[str, str]]:
    """Codes whose code begins with the text or whose name holds it."""
    wanted = text.strip().lower()
    if not wanted:
        return []
    found = ((c, n) for c, n in table.codes.items() if c.lower().startswith(wanted) or wanted in n.lower())
    return [pair for pair, _ in zip(found, range(most), strict=False)]


def translations(*, on: date) -> dict[str, dict[str, str]]:
    """'table.column' -> local code -> standard code: what intake puts in place of confirmed local codes."""
    by_system: dict[str, dict[str, str]] = {}
    confirmed = LocalTerm.objects.filter(state=LocalTerm.State.MAPPED).exclude(system=DEPARTMENTS)
    for name, code, target in confirmed.values_list("system", "code", "target"):
        by_system.setdefault(name, {})[code] = target
    if not by_system:
        return {}
    return {
        f"{table}.{column}": by_system[one.id]
        for one in systems(on=on)
        if one.id in by_system
        for table, column in one.covers
    }


def place_words(places: list[str]) -> str:
    """Where a local code stood, in Chinese: 诊断·疾病编码."""
    words = []
    for place in places:
        table, _, column = place.partition(".")
        known = TABLES.get(table)
        found = known.column(column) if known else None
        words.append(f"{known.meaning.split('：')[0]}·{found.meaning.split('（')[0]}" if found else place)
    return "、".join(words)
