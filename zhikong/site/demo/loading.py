"""Brings the simulated hospital's data through the ordinary door, and computes its indicators."""

from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from zhikong.engine.tables import TABLES
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.facts.reported import Count
from zhikong.foundation.organisation.actions import seed_hospital
from zhikong.foundation.organisation.queries import resolve
from zhikong.hospital.functions.datasources.actions import load_tables
from zhikong.hospital.functions.indicators.actions import load_preset, recompute, set_target
from zhikong.hospital.functions.indicators.queries.targets import target_book
from zhikong.hospital.overviews.home import demo_records, demo_reporting, demo_story
from zhikong.simulator import Simulation, hospital, simulate
from zhikong.site import frame, home
from zhikong.site.demo import (
    PASSWORD,
    actions_story,
    analysis_story,
    anonymous_story,
    campaigns_story,
    cases_story,
    complaints_story,
    disputes_story,
    duties_story,
    handling_story,
    improvements_story,
    incidents_story,
    inspections_findings,
    inspections_story,
    learning_story,
    meetings_story,
    organisation,
    plans_story,
    policies_story,
    quotas_story,
    records_story,
    reviews_story,
    risks_story,
    sampling_story,
    tools_story,
    years_story,
)
from zhikong.site.home import Explained
from zhikong.site.progress import Progress

FIRST_MONTH, MONTHS = "2024-11", 24
EVENTS_FROM = "2026-10"
"""Month of discharge from which the demo has clinical events: the last one, so that the first start stays short."""
PRESET = "000-P2"
REHABILITATION, STAY_LENGTH = "REHA", "average_length_of_stay"
STEPS = 6
JOB = "demo"  # who acts, in the audit trail


class DemoRefused(Explained):
    """The data folder holds something else."""


def wanted() -> bool:
    """Whether the demo hospital still has to be loaded; refuses a data folder of a real hospital."""
    known = frame.institutions()
    others = [code for code in known if code != hospital.profile().code]
    if others and not home.is_demo():
        raise DemoRefused(f"数据目录 {home.folder()} 已有机构 {'、'.join(others)}，不能装入演示数据。")
    return not (hospital.profile().code in known and home.options().get("demo_loaded") == _database())


def load(*, now: datetime, progress: Progress) -> None:
    """Organisation, facts, patients, targets, values, story. Each step may run again after an interruption."""
    with progress.step("建立组织机构、人员和账号"):
        number = frame.institutions().get(hospital.profile().code)
        number = number or seed_hospital(profile=organisation.described(PASSWORD)).pk
    with progress.step(f"仿真 {MONTHS} 个月的病案"):
        made = simulate(months=MONTHS, first_month=FIRST_MONTH, events_from=EVENTS_FROM)
    with progress.step(f"导入并发布 {made.tables['stays'].num_rows} 次住院"):
        _publish(made, number, now)
    with progress.step("科室填报最近一个月的数"), scoped(job_scope(number, job=JOB)):
        demo_reporting.tell(counts=_last_reported(made), now=now)
        inspections_findings.tell(now=now)
    with progress.step("设定目标值并计算指标"), scoped(job_scope(number, job=JOB)):
        load_preset(by=None, now=now, name=PRESET, valid_from=_first_day())
        _own_target(now)
        recompute(by=None, now=now)
    with progress.step("演示几个月来的日常工作"), scoped(job_scope(number, job=JOB)):
        demo_story.tell(now=now)
        demo_records.tell(now=now, password=PASSWORD)
        duties_story.tell(now=now)
        cases_story.tell(now=now)
        complaints_story.tell(now=now)
        disputes_story.tell(now=now)
        records_story.tell(now=now)
        reviews_story.tell(now=now)
        sampling_story.tell(now=now)
        inspections_story.tell(now=now)
        actions_story.tell(now=now)
        risks_story.tell(now=now)
        improvements_story.tell(now=now)
        tools_story.tell(now=now)
        incidents_story.tell(now=now)
        anonymous_story.tell()
        handling_story.tell(now=now)
        analysis_story.tell(now=now)  # after handling: it analyses what was accepted
        quotas_story.tell(now=now)
        learning_story.tell(now=now)  # after handling: what it brings is closed already
        plans_story.tell(now=now)
        campaigns_story.tell(now=now)
        policies_story.tell(now=now)
        meetings_story.tell(now=now)
        years_story.tell(now=now)  # last: it sums up what the others told
    home.set_options(demo_loaded=_database())


def _own_target(now: datetime) -> None:
    """Rehabilitation stays are long by nature: that department has a target of its own, as in any hospital."""
    department = resolve(name_or_code=REHABILITATION, on=now.date())
    known = target_book().history(STAY_LENGTH)
    if department is None or any(row.department_id == department.id for row in known):
        return
    set_target(
        by=None,
        now=now,
        indicator_id=STAY_LENGTH,
        department_id=department.id,
        valid_from=_first_day(),
        at_most=Decimal(21),
        source="演示：医院与康复医学科约定",
        reason="康复疗程长，不适用全院目标",
    )


def _publish(made: Simulation, number: int, now: datetime) -> None:
    scope = job_scope(number, job=JOB)
    done = load_tables(
        by=None,
        now=now,
        tables={name: made.tables[name] for name in TABLES if name in made.tables}
        | {"reported_counts": _reported_before(made)},
        source_name="仿真医院",
        identities=made.tables["identities"],
        scope=scope,
    )
    if done.state not in (done.State.PUBLISHED, done.State.UNCHANGED):
        raise DemoRefused(f"演示数据没有装入：{done.message}")
    with scoped(scope):
        records_story.admit(made=made, now=now)


def _reported_before(made: Simulation) -> pa.Table:
    """What departments had reported before the product came; the newest month they report in it."""
    table = made.tables["reported_counts"]
    return table.filter(pc.not_equal(table["month"], made.ledger.months[-1]))


def _last_reported(made: Simulation) -> list[Count]:
    table = made.tables["reported_counts"]
    rows = table.filter(pc.equal(table["month"], made.ledger.months[-1])).to_pylist()
    return [Count(r["department"], r["period"], r["item"], r["numerator"], r["denominator"]) for r in rows]


def _first_day() -> date:
    return date.fromisoformat(f"{FIRST_MONTH}-01")


def _database() -> str:
    """Which database holds the demo; with another one it is loaded again."""
    from django.conf import settings

    found = settings.DATABASES["default"]
    embedded = frame.external_url() is None
    return "embedded" if embedded else f"{found['HOST']}:{found['PORT']}/{found['NAME']}"
