"""The demo hospital's report quotas (planned, simulated, not switched on) and two files on somebody's responsibility."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.organisation.models import Person
from zhikong.hospital.functions.accountability import actions as accountability
from zhikong.hospital.functions.accountability.models import AccountabilityFile
from zhikong.hospital.functions.event_quotas import actions as quotas
from zhikong.hospital.functions.event_quotas import queries
from zhikong.site.demo.acting import acting, at

MEDICAL, LEADER, DOCTOR, HEAD = "yiwu", "yuanzhang", "yishi", "guke"


def tell(*, now: datetime) -> None:
    """This year's quotas shared out by beds, as the planner proposes; one file concluded, one waiting for a decision."""
    year = timezone.localdate(now).year
    if queries.plan_of(year) is None:
        _plan(year, at(now, -20))
    if not AccountabilityFile.objects.exists():
        _concluded(now)
        _proposed(now)


def _plan(year: int, when: datetime) -> None:
    shown = queries.planner(plan=None, today=timezone.localdate(when))
    with acting(MEDICAL, when) as medical:
        plan = quotas.save_plan(
            by=medical, now=when, year=year, per_100_beds=20, short_fen=5000, over_fen=2000,
            quotas={row.department.id: (row.group, row.by_beds) for row in shown.rows},
        )  # fmt: skip
        quotas.simulate(plan, by=medical, now=when)
        quotas.submit(plan, by=medical, now=when)


def _concluded(now: datetime) -> None:
    """From an inspection: opened, proved, heard, concluded with points that end after a year."""
    opened, heard, ended = at(now, -40), at(now, -36), at(now, -30)
    found = _propose(
        DOCTOR, at(now, -42), "手术前未执行核查", "inspection", "医务科手术安全专项检查通报第 9 期",
        "专项检查现场抽查三台手术，术前核查表均空白，当场提醒后次日抽查仍未执行。",
    )  # fmt: skip
    if found is None:
        return
    with acting(LEADER, opened) as leader:
        accountability.decide_opening(
            found, by=leader, now=opened, opened=True, text="检查结论明确，同意立案核实。"
        )
    with acting(MEDICAL, heard) as medical:
        accountability.add_evidence(
            found,
            by=medical,
            now=heard,
            kind="record",
            text="三台手术的核查表无一项填写",
            reference="手术麻醉系统，检查当日打印件",
        )
    with acting(DOCTOR, heard) as doctor:
        accountability.make_statement(
            found, by=doctor, now=heard, text="当日连台，确实疏漏，已和麻醉科约定由巡回护士发起核查。"
        )
    with acting(MEDICAL, ended) as medical:
        accountability.conclude(
            found, by=medical, now=ended, conclusion="未执行核查事实清楚，本人认识到位，予以批评教育。", outcome="criticism",
            points=2,
        )  # fmt: skip


def _proposed(now: datetime) -> None:
    """From a complaint that was verified: waits for the decision to open."""
    _propose(
        HEAD, at(now, -3), "未按规定向家属告知手术方案变更", "complaint", "投诉核实结论第 3 号",
        "投诉核实认定：术中变更方案后未及时告知家属，知情同意书无补充签字。",
    )  # fmt: skip


def _propose(who: str, when: datetime, title: str, source: str, reference: str, grounds: str):
    person_id = User.objects.filter(username=who).values_list("person_id", flat=True).first()
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        return None
    place = User.objects.get(username=who).role_assignments.exclude(department=None).first()
    with acting(MEDICAL, when) as medical:
        return accountability.propose(
            by=medical, now=when, person=person, department_id=place.department_id if place else None, title=title,
            source=source, source_reference=reference, grounds=grounds, declared=True,
        )  # fmt: skip
