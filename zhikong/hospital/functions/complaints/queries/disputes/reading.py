"""Disputes as pages show them: the board, the calendar, one case with its parts, one person's statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.audit.actions import log_read
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.findings.rules import STATE_NAMES
from zhikong.foundation.findings.sources import Source
from zhikong.foundation.notices.sealing import unseal
from zhikong.hospital.functions.complaints import rules_disputes_clocks as timing
from zhikong.hospital.functions.complaints.models.disputes import (
    Dispute,
    DisputeBranch,
    DisputeClock,
    DisputeParty,
)
from zhikong.hospital.functions.complaints.models.disputes_parts import (
    DisputeHearing,
    DisputeMeasure,
    DisputeStatement,
)
from zhikong.hospital.functions.complaints.models.disputes_sealing import Sealing
from zhikong.hospital.functions.complaints.queries.disputes import guards
from zhikong.hospital.functions.complaints.queries.disputes.rules import rules


@dataclass(frozen=True)
class Ticking:
    """A clock as it stands now: state ok, warn or bad; left: the time in words."""

    clock: DisputeClock
    state: str
    left: str


@dataclass(frozen=True)
class BoardRow:
    """A dispute with its nearest clock and the route it is on."""

    dispute: Dispute
    next: Ticking | None
    route: str
    class_title: str
    open_clocks: int


def ticking(clock: DisputeClock, now: datetime) -> Ticking:
    state = timing.standing(clock.starts_at, clock.due_at, now, clock.met_at)
    if clock.stopped:
        return Ticking(clock, "none", _("不再适用"))
    if clock.met_at is not None:
        return Ticking(clock, state, _("按期完成") if state == "ok" else _("逾期完成"))
    return Ticking(clock, state, timing.left(clock.due_at, now))


def dispute(pk: int) -> Dispute | None:
    return Dispute.objects.select_related("officer", "complaint").filter(pk=pk).first()


def disputes(
    *, show: str = "open", department_id: int | None = None, text: str = "", cause: str = "", route: str = ""
) -> QuerySet[Dispute]:
    """show: open (not closed), handling, settled, closed, all. text: a part of number or matter."""
    found = Dispute.objects.all()
    if show == "open":
        found = found.exclude(state=Dispute.State.CLOSED)
    elif show in Dispute.State.values:
        found = found.filter(state=show)
    if department_id:
        found = found.filter(department_id=department_id)
    if text:
        found = found.filter(Q(number__icontains=text) | Q(title__icontains=text))
    if cause:
        found = found.filter(cause=cause)
    if route:
        found = found.filter(branches__route=route, branches__state=DisputeBranch.State.OPEN)
    return found


def board(found: QuerySet[Dispute], *, now: datetime) -> list[BoardRow]:
    """What is most urgent stands on top; a dispute without an open clock comes after those with one."""
    running = DisputeClock.objects.filter(met_at=None, stopped=False).order_by("due_at")
    open_branch = DisputeBranch.objects.filter(state=DisputeBranch.State.OPEN)
    found = found.select_related("officer").prefetch_related(
        Prefetch("clocks", running, to_attr="running"), Prefetch("branches", open_branch, to_attr="underway")
    )
    known = rules()
    rows = [
        BoardRow(
            one,
            ticking(one.running[0], now) if one.running else None,
            known.word("routes", one.underway[0].route) if one.underway else "",
            known.word("classes", one.report_class),
            len(one.running),
        )
        for one in found
    ]
    far = now + timedelta(days=36_500)
    return sorted(rows, key=lambda row: (row.next.clock.due_at if row.next else far, -row.dispute.pk))


def counts(*, now: datetime) -> dict[str, int]:
    """The numbers over the board, within the scope."""
    open_ones = Dispute.objects.exclude(state=Dispute.State.CLOSED)
    running = DisputeClock.objects.filter(met_at=None, stopped=False)
    return {
        "handling": open_ones.filter(state=Dispute.State.HANDLING).count(),
        "settled": open_ones.filter(state=Dispute.State.SETTLED).count(),
        "late": running.filter(due_at__lt=now).count(),
        "soon": running.filter(due_at__gte=now, due_at__lte=now + timedelta(days=1)).count(),
        "sealed": Sealing.objects.filter(state=Sealing.State.SEALED).count(),
    }


def calendar(*, first: date, days: int) -> list[tuple[date, list[DisputeHearing], list[DisputeClock]]]:
    """Days on which something is: dates and deadlines, in order; days without anything are left out."""
    zone = timezone.get_current_timezone()
    begin = datetime.combine(first, datetime.min.time(), tzinfo=zone)
    end = begin + timedelta(days=days)
    hearings = DisputeHearing.objects.filter(starts_at__gte=begin, starts_at__lt=end, cancelled=False)
    clocks = DisputeClock.objects.filter(due_at__gte=begin, due_at__lt=end, met_at=None, stopped=False)
    by_day: dict[date, tuple[list, list]] = {}
    for place, rows, moment in ((0, hearings, "starts_at"), (1, clocks, "due_at")):
        for one in rows.select_related("dispute").order_by(moment):
            day = timezone.localdate(getattr(one, moment))
            by_day.setdefault(day, ([], []))[place].append(one)
    return [(day, *by_day[day]) for day in sorted(by_day)]


@dataclass(frozen=True)
class Stop:
    """One station of the line that is drawn over a case: done, now, open (to come) or off (ended without result)."""

    title: str
    state: str
    note: str = ""
    note_bad: bool = False


def line(found: Dispute, branches: Sequence[DisputeBranch]) -> list[Stop]:
    """From the opening over each route that was taken to the close."""
    known = rules()
    stops = [Stop(_("立案"), "done", f"{timezone.localdate(found.opened_at)}")]
    for one in branches:
        title = known.word("routes", one.route) + (f" {one.instance}" if one.instance else "")
        if one.state == DisputeBranch.State.OPEN:
            stops.append(Stop(title, "now", _("%(day)s 起") % {"day": one.opened_on}))
        else:
            good = one.state == DisputeBranch.State.AGREED
            stops.append(Stop(title, "done" if good else "off", one.get_state_display(), not good))
    handling = found.state == Dispute.State.HANDLING
    if handling and not any(one.state == DisputeBranch.State.OPEN for one in branches):
        stops.append(Stop(_("待选途径") if not branches else _("待了结"), "now"))
    settled = _("了结") + (f"：{found.get_outcome_display()}" if found.outcome else "")
    stops.append(Stop(settled, "open" if handling else "done"))
    supervised = found.state == Dispute.State.SETTLED
    stops.append(
        Stop(
            _("事后监管"),
            "now" if supervised else "done" if found.state == Dispute.State.CLOSED else "open",
        )
    )
    closed = found.state == Dispute.State.CLOSED
    note = f"{timezone.localdate(found.closed_at)}" if found.closed_at else ""
    return [*stops, Stop(_("结案"), "done" if closed else "open", note)]


@dataclass(frozen=True)
class Ledger:
    """What is owed, borne and paid, in fen. owed None: nothing is settled yet, which is not zero."""

    owed: int | None
    borne: int
    paid: int
    shares: list
    problems: list[str]

    @property
    def left(self) -> int | None:
        return None if self.owed is None else self.owed - self.paid


def ledger(found: Dispute) -> Ledger:
    shares = list(
        found.shares.select_related("who", "set_by").prefetch_related("payments").order_by("ended_at", "pk")
    )
    for one in shares:
        one.paid = sum(payment.amount_fen for payment in one.payments.all())
        one.left = one.amount_fen - one.paid
    borne = sum(one.amount_fen for one in shares if one.ended_at is None)
    paid = found.payments.aggregate(total=Sum("amount_fen"))["total"] or 0
    return Ledger(guards.owed_fen(found), borne, paid, shares, guards.ledger_problems(found))


@dataclass(frozen=True)
class MeasureRow:
    measure: DisputeMeasure
    state: str
    closed: bool
    url: str


def measures(found: Dispute) -> list[MeasureRow]:
    rows = list(found.measures.order_by("pk"))
    states = dict(Finding.objects.filter(pk__in=[one.finding_id for one in rows]).values_list("pk", "state"))
    return [
        MeasureRow(
            one, str(STATE_NAMES.get(states.get(one.finding_id), "")), states.get(one.finding_id) == "closed",
            reverse("findings:detail", args=[one.finding_id]) if one.finding_id in states else "",
        )
        for one in rows
    ]  # fmt: skip


def contact_of(party: DisputeParty, *, by) -> dict[str, str]:
    """Telephone, identity number and address, for who handles disputes; the look is in the trail."""
    if not can(by, Permission.HANDLE_DISPUTES, party.dispute.department_id):
        return {}
    log_read(by=by, subject="complaints.dispute_party", purpose=_("联系纠纷当事人"), count=1)
    return unseal(party.contact, bound_to=f"dispute_party:{party.tag}")


def statement(pk: int) -> DisputeStatement | None:
    return DisputeStatement.objects.select_related("writer", "asked_by").filter(pk=pk).first()


def describe(key: str, department_id: int | None = None) -> Source | None:
    """Where a measure's finding came from: the case's number, nothing of its content."""
    found = Dispute.objects.filter(pk=key).first() if key.isascii() and key.isdigit() else None
    if found is None:
        return None
    return Source(
        label=found.number, url=reverse("complaints:dispute", args=[found.pk]), severity="major",
        departments=(found.department_id,),
    )  # fmt: skip


def sealings(*, show: str = "sealed") -> QuerySet[Sealing]:
    """show: sealed, draft, opened, dropped or all."""
    found = Sealing.objects.select_related("custodian", "dispute").order_by("-made_at", "-pk")
    return found.filter(state=show) if show in Sealing.State.values else found
