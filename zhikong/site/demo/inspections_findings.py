"""The findings of a simulated year, raised and closed by the product's own actions, each in the role of whose step it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.db import transaction

from zhikong.foundation.access.models import User
from zhikong.foundation.findings import actions
from zhikong.foundation.findings.models import Finding
from zhikong.hospital.functions.inspections.actions.results import drafting, issuing
from zhikong.hospital.functions.inspections.queries.results.forms import clause
from zhikong.hospital.functions.inspections.rules_planning import SOURCE
from zhikong.simulator.inspections import Defect
from zhikong.site.demo import inspections_year
from zhikong.site.demo.acting import acting
from zhikong.site.demo.inspections_year import DRUGS, HANDS, RECURRING_IN, Written, moment

HEADS = {"CARD": "keshi", "ORTH": "guke"}  # departments whose heads have accounts
OFFICE = "zhikong"
NEWEST = 60  # days
REQUIRED = 5  # items looked at again before a recurrent finding is closed
Acting = Callable[[User, datetime], AbstractContextManager]


@transaction.atomic
def tell(*, now: datetime) -> bool:
    """The demo's year with the defect that comes back, what was found lately, and the newest month's notices.

    All of it or nothing, so that it may run again after an interruption; False when it was told before.
    """
    written = inspections_year.tell(now=now)
    if written is None:
        return False
    ledger, newest = written.year.ledger, written.window.end_day - NEWEST

    def wants(defect: Defect) -> bool:
        if (defect.form, defect.item) == ledger.plants.recurring and defect.department == RECURRING_IN:
            return True
        return defect.department in HEADS and defect.opened >= newest

    heads = {code: User.objects.get(username=name) for code, name in HEADS.items()}
    raise_and_close(
        written, wants=wants, heads=heads, office=User.objects.get(username=OFFICE),
        acting=lambda user, at: acting(user.username, at),
    )  # fmt: skip
    _notices(written, now)
    return True


def _notices(written: Written, now: datetime) -> None:
    """One notice of the newest month is issued, another is still a draft."""
    last = written.window.count - 1
    own = [v for v in written.year.visits if v.month == last]
    for form, title, signed in (
        (DRUGS, "10 月药品存放检查情况通报", True), (HANDS, "10 月手卫生依从性观察情况通报", False)
    ):  # fmt: skip
        visits = [written.visits[v.number] for v in own if v.form == form]
        with acting(OFFICE, now) as user:
            notice = drafting.draft_of_visits(visits, by=user, now=now, title=title)
            if signed:
                issuing.issue(notice, by=user, now=now)


def raise_and_close(
    written: Written,
    *,
    wants: Callable[[Defect], bool],
    heads: Mapping[str, User],
    office: User,
    acting: Acting,
) -> dict[int, Finding]:
    """Findings of the defects that are wanted, in the order of time; simulated number -> finding.

    heads: who answers, by department's code. acting: gives a user's scope for a step. What the ledger leaves open at the end of the year stays open.
    """
    made: dict[int, Finding] = {}
    waiting: list[tuple[int, int, Defect]] = []
    for defect in written.year.defects:
        if not wants(defect):
            continue
        _close_until(defect.opened, waiting, made, heads, office, acting)
        made[defect.number] = _raise(written, defect, heads[defect.department], office, acting)
        if defect.closed is not None:
            waiting.append((defect.closed, defect.number, defect))
            waiting.sort(key=lambda one: one[:2])
    _close_until(written.window.end_day, waiting, made, heads, office, acting)
    return made


def _close_until(day: int, waiting: list, made, heads, office: User, acting: Acting) -> None:
    while waiting and waiting[0][0] < day:
        closed, number, defect = waiting.pop(0)
        close(
            made[number], head=heads[defect.department], office=office, now=moment(closed, 16), acting=acting
        )


def _raise(written: Written, defect: Defect, head: User, office: User, acting: Acting) -> Finding:
    visit, said = written.visits[defect.visit], clause(defect.form, defect.item)
    now = moment(defect.opened, 14)
    with acting(office, now):
        return actions.raise_finding(
            by=office, now=now, department=visit.department_id, title=said.text[:120],
            detail=f"检查 {visit.number}：不符合“{said.text}”。", severity="major" if defect.major else "minor",
            source_kind=SOURCE, source_key=f"{visit.pk}:{written.sheets[defect.visit].pk}:{defect.item}",
            clause_key=said.key, clause_text=said.text, owner=head,
        )  # fmt: skip


def close(finding: Finding, *, head: User, office: User, now: datetime, acting: Acting) -> Finding:
    """Measure, acceptance, correction, verification, closing: a strict one is verified on several items."""
    hour = timedelta(minutes=20)
    finding.refresh_from_db()
    with acting(head, now):
        actions.answer_cause(finding, by=head, now=now - 5 * hour, cause="没有固定到人，交接时漏查")
        actions.propose_measure(finding, by=head, now=now - 4 * hour, measure="定人每日核对并签名")
        actions.approve(finding, by=head, now=now - 4 * hour)
    with acting(office, now):
        actions.accept(
            finding, by=office, now=now - 3 * hour, items_required=REQUIRED if finding.is_strict else None,
            check_by="reinspection" if finding.is_strict else "evidence",
        )  # fmt: skip
    with acting(head, now):
        actions.correct(finding, by=head, now=now - 2 * hour, evidence="已整改，核对记录见登记本")
    with acting(office, now):
        _verify(finding, by=office, now=now - hour)
        actions.close(finding, by=office, now=now)
    return finding


def _verify(finding: Finding, *, by: User, now: datetime) -> None:
    if finding.is_strict:
        actions.verify_by_items(
            finding, by=by, now=now, items_checked=REQUIRED, items_passed=REQUIRED, text="抽查均已做到"
        )
    else:
        actions.verify(finding, by=by, now=now, text="现场复查已做到")
