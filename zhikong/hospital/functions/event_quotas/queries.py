"""Reads of plans and settlements; and the one view that gives a year's reports by department, in numbers."""

from dataclasses import dataclass
from datetime import date

from django.db import connections

from zhikong.foundation.access.scope import current_scope, job_scope, scoped
from zhikong.foundation.organisation.queries import DepartmentOn, departments, institution
from zhikong.hospital.functions.event_quotas import rules
from zhikong.hospital.functions.event_quotas.models import GROUPS, Plan, Quota, Settlement, Switch
from zhikong.hospital.functions.event_quotas.rules import Group, Line

VIEW = "event_quotas_counts"


@dataclass(frozen=True)
class Row:
    """A department in the planner. base: the source's quota; quota: the plan's; proposals by scale and by beds."""

    department: DepartmentOn
    group: Group
    base: int
    quota: int
    by_scale: int
    by_beds: int

    @property
    def group_name(self) -> str:
        return str(dict(GROUPS)[self.group])


@dataclass(frozen=True)
class Planner:
    """The quotas against the bed-based target."""

    beds: int
    per_100: int
    needed: int
    base_total: int
    total: int
    rows: tuple[Row, ...]

    @property
    def base_covers(self) -> int:
        """Up to how many beds 10/5/2 suffice with the departments of this hospital."""
        return rules.beds_covered(self.base_total, self.per_100)

    @property
    def covers(self) -> int:
        return rules.beds_covered(self.total, self.per_100)

    @property
    def suffices(self) -> bool:
        return self.total >= self.needed


def plan_of(year: int) -> Plan | None:
    return Plan.objects.select_related("planned_by", "decided_by", "simulated_by").filter(year=year).first()


def switch() -> Switch | None:
    return Switch.objects.select_related("changed_by").first()


def is_on() -> bool:
    found = switch()
    return found is not None and found.is_on


def open_beds(today: date) -> int:
    """Open beds: of the institution, or of its departments where they are more."""
    counted = sum(one.open_beds for one in departments(on=today, kinds=("clinical",)))
    return max(institution().open_beds, counted)


def planner(*, plan: Plan | None, today: date) -> Planner:
    """Departments with their group and quotas: of the plan where there is one, else of the source."""
    beds, per_100 = open_beds(today), plan.per_100_beds if plan else rules.PER_100_BEDS
    found = departments(on=today, kinds=("clinical", "medtech"))
    kept = {one.department_id: one for one in Quota.objects.filter(plan=plan)} if plan else {}
    groups = {
        d.id: Group(kept[d.id].group) if d.id in kept else rules.group_of(d.name, d.kind) for d in found
    }
    base = {d.id: rules.BASE[groups[d.id]] for d in found}
    wanted = rules.needed(beds, per_100)
    scaled, sized = (
        rules.scaled(base, wanted),
        rules.by_beds(base, {d.id: d.open_beds for d in found}, wanted),
    )
    rows = tuple(
        Row(d, groups[d.id], base[d.id], kept[d.id].quota if d.id in kept else base[d.id], scaled[d.id], sized[d.id])
        for d in found
    )  # fmt: skip
    return Planner(beds, per_100, wanted, sum(base.values()), sum(row.quota for row in rows), rows)


def counts(year: int) -> dict[int | None, int]:
    """Reports of a year by department (None: told without one), up to the end of last month. Numbers only."""
    scope = job_scope(current_scope().institution_id, job="event_quotas.count")
    with scoped(scope), connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT department_id, reports FROM {VIEW} WHERE year = %s", [year])  # noqa: S608  a constant
        return dict(cursor.fetchall())


def simulated(plan: Plan, *, counted_year: int, today: date) -> list[Line]:
    """What the plan would have settled with another year's counts."""
    return _lines(plan, counts(counted_year), today)


def settled(plan: Plan, *, today: date) -> list[Line]:
    """What the plan settles with its own year's counts."""
    return _lines(plan, counts(plan.year), today)


def _lines(plan: Plan, counted: dict, today: date) -> list[Line]:
    names = {one.id: one.name for one in departments(on=today)}
    quotas = [(q.department_id, names.get(q.department_id, ""), q.quota) for q in plan.quotas.order_by("pk")]
    return rules.settle(quotas, counted, short_fen=plan.short_fen, over_fen=plan.over_fen)


def settlement_of(plan: Plan | None) -> Settlement | None:
    rows = Settlement.objects.select_related("made_by", "decided_by").prefetch_related("lines")
    return rows.filter(plan=plan).first() if plan else None
