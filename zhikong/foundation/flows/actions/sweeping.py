"""One sweep for every case that waits for the clock: reminders, the escalation ladder, timeouts, owners who left.

It asks one indexed column, `next_sweep_at`, in batches; rungs and reminders are written by one statement a batch,
and each person gets one notice a sweep and flow, however many cases it names. Whatever it did moves `next_sweep_at`
on, so a second sweep at the same moment finds nothing. It never waits for a lock: a case that somebody is acting on
is left for the next minute.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.models import RoleAssignment
from zhikong.foundation.flows import deadlines, library, queries
from zhikong.foundation.flows.actions import bulk
from zhikong.foundation.flows.actions.moving import take
from zhikong.foundation.flows.actions.people import owner_for, people_of
from zhikong.foundation.flows.actions.steps import KIND, admit, give_task, record, summarise, tell
from zhikong.foundation.flows.definition import FlowDefinition, State
from zhikong.foundation.flows.models import Branch, Case
from zhikong.foundation.flows.rules import Act
from zhikong.foundation.tasks import actions as tasks

BATCH = 10_000
TIMEOUTS_AT_ONCE = 500  # they run one by one, as a person's act does; the rest follows in the next minute
AGAIN = timedelta(minutes=1)


@dataclass
class Swept:
    """What one sweep did, in cases."""

    warned: int = 0
    escalated: int = 0
    timed_out: int = 0
    reassigned: int = 0

    def __bool__(self) -> bool:
        return bool(self.warned or self.escalated or self.timed_out or self.reassigned)


@dataclass
class _Work:
    """What a batch amounts to, collected before anything is written."""

    now: datetime
    updates: list[bulk.Swept] = field(default_factory=list)
    lines: list[bulk.Line] = field(default_factory=list)
    notices: bulk.Notices = field(default_factory=bulk.Notices)
    admitted: dict[int, set[int]] = field(default_factory=dict)
    timeouts: list[int] = field(default_factory=list)


def sweep(*, now: datetime, limit: int = 200_000) -> Swept:
    """Do what the clock demands of up to `limit` branches in the institution in scope. Runs under a job's scope."""
    done, seen, notices = Swept(), 0, bulk.Notices()
    while seen < limit:
        rows = _waiting(now, min(BATCH, limit - seen))
        if not rows:
            break
        seen += len(rows)
        _take_batch(rows, now, done, notices)
    notices.send(now=now)
    done.reassigned = _reassign(now)
    return done


COLUMNS = (
    "pk", "case_id", "number", "state", "owner_id", "due_at", "warn_at", "warned", "level",
    "case__flow_id", "case__flow_hash", "case__flow_version", "case__number", "case__title", "case__department_id",
    "case__opened_by_id", "case__confidential",
)  # fmt: skip


class _Row(NamedTuple):
    """One branch whose moment has come, with what is asked of its case; COLUMNS in this order."""

    pk: int
    case_id: int
    branch: int
    state: str
    owner_id: int
    due_at: datetime
    warn_at: datetime | None
    warned: bool
    level: int
    flow_id: str
    flow_hash: str
    flow_version: int
    number: str
    title: str
    department_id: int | None
    opened_by_id: int | None
    confidential: bool


def _waiting(now: datetime, size: int) -> list[_Row]:
    """The branches whose moment has come, the longest waiting first; those that somebody works on are passed over."""
    rows = Branch.objects.select_for_update(skip_locked=True, of=("self",))
    rows = rows.filter(closed_at=None, next_sweep_at__lte=now).order_by("next_sweep_at", "pk")
    return [_Row(*row) for row in rows.values_list(*COLUMNS)[:size]]


def _take_batch(rows: list[_Row], now: datetime, done: Swept, notices: bulk.Notices) -> None:
    work = _Work(now, notices=notices)
    judge = _Judge(work)
    for row in rows:
        judge.take(row)
    bulk.write(work.updates, work.lines, work.admitted, now=now)
    done.warned += sum(1 for line in work.lines if line.act == Act.WARN)
    done.escalated += len({line.case_id for line in work.lines if line.act == Act.ESCALATE})
    done.timed_out += sum(_time_out(pk, now) for pk in work.timeouts[:TIMEOUTS_AT_ONCE])


class _Judge:
    """Decides for one branch after the other; remembers what many of them share."""

    def __init__(self, work: _Work) -> None:
        self.work = work
        self.flows: dict[str, tuple[FlowDefinition, deadlines.Clock]] = {}
        self.rungs: dict[tuple, tuple[datetime, ...]] = {}
        self.people: dict[tuple, list[tuple[int, str]]] = {}

    def take(self, row: _Row) -> None:
        flow, clock = self._flow(row.flow_hash)
        state, now = flow.by_state[row.state], self.work.now
        times = self._rung_times(row, state, clock)
        climbed = sum(1 for time in times if time <= now)
        if not row.warned and row.warn_at is not None and row.warn_at <= now < row.due_at:
            self._line(row, Act.WARN, [(row.owner_id, "")], flow)
        for rung in range(row.level, climbed):
            self._line(row, Act.ESCALATE, self._people(row, state, rung), flow)
        level, due = max(row.level, climbed), bool(state.timeout) and row.due_at <= now
        if due:
            self.work.timeouts.append(row.pk)
        next_at = self._next(row, state, times[level:], due)
        self.work.updates.append(bulk.Swept(row.pk, True, level, next_at))

    def _next(self, row: _Row, state: State, times: Iterable[datetime], due: bool) -> datetime | None:
        """Reminding is over once the first event has come; a timeout that cannot be taken now is tried again."""
        coming = [time for time in times if time > self.work.now]
        if not row.warned and row.warn_at is not None and row.warn_at > self.work.now:
            coming.append(row.warn_at)
        if state.timeout:
            coming.append(self.work.now + AGAIN if due else row.due_at)
        return min(coming, default=None)

    def _flow(self, flow_hash: str) -> tuple[FlowDefinition, deadlines.Clock]:
        if flow_hash not in self.flows:
            flow = library.definition(flow_hash)
            self.flows[flow_hash] = (flow, queries.clock_of(flow))
        return self.flows[flow_hash]

    def _rung_times(self, row: _Row, state: State, clock: deadlines.Clock) -> tuple[datetime, ...]:
        key = (row.flow_hash, row.state, row.due_at)
        if key not in self.rungs:
            self.rungs[key] = deadlines.rung_times(state, row.due_at, clock)
        return self.rungs[key]

    def _people(self, row: _Row, state: State, rung: int) -> list[tuple[int, str]]:
        """Everybody whom a rung means: the same for all cases of a department, unless it means a case's own people."""
        to = state.escalate[rung].to
        key = (
            (to, row.department_id, row.opened_by_id, row.owner_id)
            if to.opener or to.actor
            else (to, row.department_id)
        )
        if key not in self.people:
            case = Case.objects.select_related("opened_by", "owner").get(pk=row.case_id)
            self.people[key] = [(user.pk, str(user)) for user in people_of(case, to, now=self.work.now)]
        return self.people[key]

    def _line(self, row: _Row, act: Act, people: list[tuple[int, str]], flow: FlowDefinition) -> None:
        names = "、".join(name for _pk, name in people if name)
        first = people[0][0] if people else None
        self.work.lines.append(
            bulk.Line(row.case_id, act, row.branch, row.state, first, names, row.flow_version)
        )
        named = row.number if row.confidential else f"{row.number} {row.title}"
        for user, _name in people:
            self.work.notices.add(user, act, row.flow_id, flow.title, (row.case_id, named))
        if row.confidential and act is Act.ESCALATE:
            self.work.admitted.setdefault(row.case_id, set()).update(user for user, _name in people)


def _time_out(pk: int, now: datetime) -> int:
    """Take the transition that the flow sets for the deadline; left for later when somebody works on the case."""
    with transaction.atomic():
        branch = Branch.objects.select_related("owner").get(pk=pk)
        case = (
            Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=branch.case_id).first()
        )
        if case is None or branch.closed_at is not None:
            return 0
        flow = queries.flow_of(case)
        step = flow.by_transition[flow.by_state[branch.state].timeout]
        take(case, branch, step, flow=flow, by=None, now=now, reason=branch.due_reason, timeout=True)
        return 1


# ---- owners who left -------------------------------------------------------------------------------------------------


def _reassign(now: datetime, limit: int = TIMEOUTS_AT_ONCE) -> int:
    """Give the cases of accounts that were closed, or hold no role any more, to whom the flow names today."""
    return sum(_pass_on(branch, now) for branch in list(_ownerless(now)[:limit]))


def _ownerless(now: datetime):
    """Branches of accounts that cannot act any more. Owners are few: they are asked first, not every branch."""
    owners = set(
        Branch.objects.filter(closed_at=None).order_by().values_list("owner_id", flat=True).distinct()
    )
    held = RoleAssignment.objects.on(timezone.localdate(now)).filter(user_id__in=owners, user__is_active=True)
    gone = owners - set(held.values_list("user_id", flat=True))
    return (
        Branch.objects.filter(closed_at=None, owner_id__in=gone).order_by("pk")
        if gone
        else Branch.objects.none()
    )


def _pass_on(branch: Branch, now: datetime) -> int:
    with transaction.atomic():
        case = (
            Case.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=branch.case_id).first()
        )
        if case is None:
            return 0
        branch.refresh_from_db()
        flow = queries.flow_of(case)
        state, before = flow.by_state[branch.state], branch.owner
        chosen = owner_for(case, state, flow=flow, now=now)
        if branch.closed_at is not None or chosen.user.pk == before.pk:
            return 0
        reason = f"{before}的账号已停用或不再有角色。{chosen.instead_of}".strip()
        tasks.cancel_for(source_kind=KIND, source_key=branch.source_key, by=None, now=now, reason=reason)
        branch.owner = chosen.user
        branch.save(update_fields=["owner"])
        admit(case, chosen.user)
        give_task(case, branch, state, by=None, now=now)
        record(
            case, Act.REASSIGN, by=None, now=now, branch=branch.number, before=state.id, after=state.id,
            to=chosen.user, reason=reason, due_reason=branch.due_reason,
        )  # fmt: skip
        summarise(case, flow)
        tell(case, by=None, now=now, title=f"改派给您：“{state.title}”", users=[chosen.user], text=reason)
        return 1
