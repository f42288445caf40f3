"""The only way from Django to the facts: it demands a scope, reads a published version, and logs the read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.core.exceptions import PermissionDenied

from zhikong.engine import compute as engine
from zhikong.engine import explain as trail
from zhikong.engine import record_rules
from zhikong.engine.backends.source import Source
from zhikong.engine.backends.vector.backend import fastest
from zhikong.engine.compute import Cases, Results
from zhikong.engine.definitions import Definition
from zhikong.engine.partials.state import State
from zhikong.engine.partials.tallying import PartialBackend
from zhikong.engine.record_rules import Judgement, RecordRule
from zhikong.foundation.access.scope import Scope, current_scope
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.facts import lake
from zhikong.foundation.facts.queries import latest_publication, versions_of
from zhikong.foundation.organisation.models import Department
from zhikong.foundation.organisation.queries import institution

PARTIALS = ".partials"
NOTHING = "none"
"""The data version of an institution that has published nothing yet."""


@dataclass(frozen=True)
class Snapshot:
    """One whole state of an institution's facts. Reading it later, or while others publish, gives the same rows."""

    institution: str
    data_version: str
    published_at: datetime | None
    versions: Mapping[str, int] = field(default_factory=dict)

    def files(self, table: str) -> tuple[str, ...]:
        """The parquet files of a table in this state; none when the table was never delivered."""
        version = self.versions.get(table)
        return () if version is None else lake.files(self.institution, table, version)

    def months(self, table: str = "stays") -> list[str]:
        """The months that a table has rows for, in order."""
        return sorted({lake.month_of_file(path) for path in self.files(table)})

    def source(self) -> Source:
        """The state as the engine reads it."""
        return Source.of_files({table: list(self.files(table)) for table in self.versions})


def published(
    *, tables: Sequence[str] | None = None, as_of: datetime | None = None, data_version: str | None = None
) -> Snapshot:
    """The published state of the scope's institution: now, as of a moment, or of a data version.

    tables: narrow to some tables. Raises ScopeMissing without a scope, LookupError for an unknown data version.
    """
    current_scope()
    publication = latest_publication(as_of=as_of, data_version=data_version)
    code = institution().code
    if publication is None:
        if data_version not in (None, NOTHING):
            raise LookupError(data_version)
        return Snapshot(code, NOTHING, None)
    versions = versions_of(publication)
    if tables is not None:
        versions = {name: version for name, version in versions.items() if name in tables}
    return Snapshot(code, publication.data_version, publication.published_at, versions)


def compute(
    definitions: Sequence[Definition],
    *,
    months: tuple[str, str],
    now: datetime,
    snapshot: Snapshot | None = None,
    by=None,
    keeping: bool = False,
    stratum: str | None = None,
    department: str | None = None,
) -> Results:
    """Indicators over the published facts, with values of departments outside the scope left out.

    months: first and last month, 'YYYY-MM'. Hospital-level values are for everybody in the hospital. keeping: what
    can be added up is taken from the institution's partial results, which are brought up to the snapshot first;
    without it everything is counted on the rows. stratum: split by this one of the strata that the definitions
    declare, of the whole hospital or of one department (its code). Raises PermissionDenied for one outside the scope.
    """
    scope = current_scope()
    snapshot = snapshot or published()
    results = engine.compute(
        definitions,
        source=snapshot.source(),
        months=months,
        now=now,
        data_version=snapshot.data_version,
        backend=partials(snapshot.institution) if keeping else "fastest",
        stratum=stratum,
        department=department,
    )
    allowed = codes_in_scope(scope)
    if stratum and allowed is not None and department not in allowed:
        raise PermissionDenied("该科室不在您的权限范围内，不能查看其分层结果。")
    if allowed is not None:
        kept = [row for row in results.rows if row.department is None or row.department in allowed]
        results = replace(results, rows=kept)
    purpose = f"计算 {len(definitions)} 项指标，{months[0]} 至 {months[1]}"
    log_read(by=by, subject="facts", purpose=purpose, count=len(results.rows))
    return results


def partials(institution_code: str) -> PartialBackend:
    """The institution's partial results, which lie beside its tables in the lake."""
    return PartialBackend(State(lake.root(institution_code) / PARTIALS), other=fastest())


def explain(
    definition: Definition,
    *,
    month: str,
    department: str | None = None,
    snapshot: Snapshot | None = None,
    others: Sequence[Definition] = (),
    now: datetime,
    by=None,
) -> trail.Explanation:
    """Where a number comes from, counted anew on the rows of the snapshot: see engine.explain.

    department: a department's code; None is the whole hospital. others: definitions among which sharers are named.
    Raises PermissionDenied for a department outside the scope.
    """
    allowed = codes_in_scope(current_scope())
    if department is not None and allowed is not None and department not in allowed:
        raise PermissionDenied("该科室不在您的权限范围内，不能查看其数据来历。")
    snapshot = snapshot or published()
    found = trail.explain(
        definition,
        source=snapshot.source(),
        month=month,
        department=department,
        now=now,
        data_version=snapshot.data_version,
        versions=snapshot.versions,
        others=others,
    )
    log_read(by=by, subject="facts", purpose=f"查看指标 {definition.id} {month} 的来历", count=1)
    return found


def cases(
    definition: Definition,
    *,
    month: str,
    department: str | None = None,
    part: str = "numerator",
    limit: int = 50,
    offset: int = 0,
    snapshot: Snapshot | None = None,
    by=None,
    purpose: str = "",
) -> Cases:
    """The rows behind a value, of departments in the scope only.

    department: a department's code; None means every department of the scope. Raises PermissionDenied for a
    department outside it. The rows carry pseudonyms; names come from patients.queries.names_for.
    """
    scope = current_scope()
    allowed = codes_in_scope(scope)
    if department is not None and allowed is not None and department not in allowed:
        raise PermissionDenied("该科室不在您的权限范围内，不能查看其病例。")
    snapshot = snapshot or published()
    wanted = [department] if department is not None or allowed is None else sorted(allowed)
    found = _cases_of(definition, snapshot, month, wanted, part, limit, offset)
    what = purpose or f"查看指标 {definition.id} {month} 的病例"
    log_read(by=by, subject="facts.cases", purpose=what, count=len(found.rows))
    return found


def _cases_of(definition, snapshot: Snapshot, month, departments, part, limit, offset) -> Cases:
    """Pages over several departments as if they were one list, in order of the departments' codes."""
    rows, total = [], 0
    for department in departments:
        found = engine.cases(
            definition,
            source=snapshot.source(),
            month=month,
            department=department,
            part=part,
            limit=max(limit - len(rows), 0),
            offset=max(offset - total, 0),
        )
        rows += found.rows
        total += found.total
    return Cases(rows=rows, total=total)


def judge_records(
    rules: Sequence[RecordRule],
    *,
    months: tuple[str, str],
    departments: Sequence[str] | None = None,
    snapshot: Snapshot | None = None,
    by=None,
) -> Judgement:
    """Record rules over the published facts: records of departments in the scope only, by department of discharge.

    departments: narrow further to these codes; those outside the scope are left out. See engine.record_rules.judge.
    """
    allowed = codes_in_scope(current_scope())
    wanted = departments if allowed is None else sorted(allowed & set(departments or allowed))
    source = (snapshot or published()).source()
    found = record_rules.judge(rules, source=source, months=months, departments=wanted)
    purpose = f"按 {len(rules)} 条质控规则检查病案，{months[0]} 至 {months[1]}"
    log_read(by=by, subject="facts.records", purpose=purpose, count=found.scores.num_rows)
    return found


def known_stays(stay_ids: Collection[str]) -> frozenset[str]:
    """Which of these stays are published facts. For jobs: it looks at no content and asks for no department."""
    current_scope()
    return lake.stays_among(published(tables=["stays"]).files("stays"), stay_ids)


def codes_in_scope(scope: Scope) -> frozenset[str] | None:
    """Codes of the departments that a scope covers, or None for the whole hospital."""
    if scope.whole_hospital:
        return None
    found = Department.objects.filter(pk__in=scope.departments or ())
    return frozenset(found.values_list("code", flat=True))
