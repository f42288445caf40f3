"""Which sets of reported items are in force: packaged, or the hospital's own version from the pack store."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.engine import months
from zhikong.foundation.packstore import kinds, queries
from zhikong.foundation.packstore.queries import Resolved
from zhikong.hospital.functions.reporting.definition.model import ReportingSet
from zhikong.hospital.functions.reporting.definition.reading import parse

KIND = "reporting"
STARTER = """\
id: {id}
version: 1
title: {zh: }
purpose: 
source: {document: , clause: , mark: memory}
owner: quality_office
checker: medical_affairs
next_review: 2027-10-31
departments: {kinds: [clinical]}
deadline: {working_day: 5, says: }
fill: [qc_officer, head_nurse, department_head]
accept: [quality_office]
items:
  - id: 
    title: 
    numerator: 
    denominator: 
    unit: 
"""


def register() -> None:
    """Make sets known to the pack store; called when the app is ready."""
    kinds.register(
        kinds.Kind(
            code=KIND,
            folder="reporting",
            title=_("填报项目集"),
            parse=parse,
            title_of=lambda found: found.title,
            effect=effect,
            starter=STARTER,
        )
    )


def effect(old: ReportingSet | None, new: ReportingSet, *, now) -> list[str]:
    """What departments would fill differently."""
    before, after = ({i.id: i for i in s.items} if s else {} for s in (old, new))
    said = [f"新增项目：{after[code].title}" for code in after if code not in before]
    said += [f"不再填报：{before[code].title}" for code in before if code not in after]
    said += [
        f"项目有改动：{after[code].title}" for code in after if code in before and after[code] != before[code]
    ]
    if old and old.working_day != new.working_day:
        said.append(f"期限由第 {old.working_day} 个工作日改为第 {new.working_day} 个工作日")
    if old and old.departments != new.departments:
        said.append("填报科室的范围有改动")
    return [*said, "已经建立的填报单仍按原来的版本填写，新的月份按新版本。"]  # fmt: skip


def month_end(month: str) -> date:
    """The last day of a month."""
    following = date.fromisoformat(months.first_day(months.named(months.number(month) + 1)))
    return following - timedelta(days=1)


def sets(*, month: str) -> list[Resolved]:
    """The sets that are reported for a month: those in force on its last day, by id."""
    return queries.resolve_all(KIND, on=month_end(month))


def set_of(sheet) -> ReportingSet:
    """The set as it was when the sheet was opened."""
    return queries.by_hash(KIND, sheet.set_hash).obj


def pairs() -> Mapping[str, str]:
    """Computed indicator id -> indicator that departments report of the same thing, over all sets in force."""
    found = queries.resolve_all(KIND, on=timezone.localdate())
    return {
        item.same_as: item.indicator
        for resolved in found
        for item in resolved.obj.items
        if item.same_as and item.indicator
    }
