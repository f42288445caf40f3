"""Evidence arrives by itself or is linked by hand; enough of it finishes the occurrence and its task."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.duties import periods, queries, rules
from zhikong.foundation.duties.actions.noting import Act, note
from zhikong.foundation.duties.actions.opening import KIND, give, open_duty, place_of
from zhikong.foundation.duties.definition.model import BY_HAND, Body, Duty
from zhikong.foundation.duties.evidence import Arrival, asks
from zhikong.foundation.duties.models import Occurrence, Proof
from zhikong.foundation.duties.places import people
from zhikong.foundation.files import actions as files
from zhikong.foundation.files.models import File
from zhikong.foundation.packstore.queries import Resolved
from zhikong.foundation.tasks import actions as tasks


@transaction.atomic
def arrive(arrival: Arrival, *, now: datetime) -> list[Proof]:
    """Note something that may show duties were done; gives the proofs it became (none: no duty asks for it).

    The same thing arriving again changes nothing.
    """
    today = timezone.localdate(now)
    found = []
    for resolved in queries.duties(on=today):
        if asks(resolved.obj, arrival):
            found += _occurrences(resolved, arrival, today, now)
    return [_take(occurrence, arrival, now) for occurrence in found]


def _occurrences(resolved: Resolved, arrival: Arrival, today: date, now: datetime) -> list[Occurrence]:
    """Which occurrences of a duty the arrival belongs to; the running period is opened first if nobody did."""
    open_duty(resolved, today=today, calendar=working_calendar(), now=now)
    rows = Occurrence.objects.select_for_update().filter(duty_id=resolved.id)
    if arrival.occurrence_id is not None and (begun := list(rows.filter(pk=arrival.occurrence_id))):
        return begun
    if resolved.obj.body is Body.DEPARTMENT:
        rows = rows.filter(department_id=arrival.department_id)
        if arrival.department_id is None:
            return []
    if resolved.obj.body is Body.COMMITTEE and arrival.body_id is not None:
        rows = rows.filter(body_id=arrival.body_id)
    return list(rows.filter(period=_period(resolved.obj, rows, arrival).key))


def _period(duty: Duty, rows, arrival: Arrival) -> periods.Period:
    """The period that the arrival names, else the one its day belongs to."""
    if arrival.period:
        try:
            named = periods.parse(arrival.period)
        except ValueError:
            named = None
        if named is not None and named.every is duty.every:
            return named
    before = periods.period_of(duty.every, arrival.dated_on).previous
    waiting = (
        rows.filter(period=before.key, done_on=None, excused_at=None).first() if duty.due.following else None
    )
    return rules.period_for(duty, arrival.dated_on, waiting.due_on if waiting else None)


def _take(occurrence: Occurrence, arrival: Arrival, now: datetime) -> Proof:
    proof, created = Proof.objects.get_or_create(
        occurrence=occurrence,
        kind=arrival.proof_kind,
        key=arrival.key[:80],
        defaults={
            "institution_id": occurrence.institution_id,
            "department_id": occurrence.department_id,
            "dated_on": arrival.dated_on,
            "title": arrival.title[:160],
            "url": arrival.url,
            "at": now,
            "by": arrival.by,
        },
    )
    if not created and proof.withdrawn_at is not None and proof.withdrawn_by_id is None:
        # it lapsed by itself (a sheet went back) and has come again; what a person took back stays taken back
        proof.withdrawn_at, proof.withdrawn_reason, proof.dated_on = None, "", arrival.dated_on
        proof.save(update_fields=["withdrawn_at", "withdrawn_reason", "dated_on"])
        note(occurrence, Act.BACK, now=now, proof=proof)
    settle(occurrence, by=arrival.by, now=now)
    return proof


@transaction.atomic
def lapse(*, kind: str, key: str, now: datetime, reason: str) -> int:
    """What arrived no longer counts (a sheet was withdrawn): its proofs are withdrawn; gives how many."""
    rows = Proof.objects.select_related("occurrence").filter(kind=kind, key=key, withdrawn_at=None)
    for proof in rows:
        _withdraw(proof, by=None, now=now, reason=reason)
    return len(rows)


def may_prove(user, occurrence: Occurrence) -> bool:
    """Whoever holds the permission for the department, and the person who has the task."""
    if can(
        user, Permission.PROVE_DUTY, occurrence.department_id, whole_hospital=occurrence.department_id is None
    ):
        return True
    owner = queries.owner_of(occurrence)
    return owner is not None and owner.pk == user.pk


@transaction.atomic
def add_proof(
    occurrence: Occurrence,
    *,
    by,
    now: datetime,
    kind: str,
    title: str,
    dated_on: date,
    text: str = "",
    url: str = "",
    attached: Iterable[File] = (),
) -> Proof:
    """Link a meeting, a decision, a notice or another paper by hand.

    Raises PermissionDenied, and ValidationError in Chinese for a day that cannot be.
    """
    attached = list(attached)
    _lock(occurrence)
    if not may_prove(by, occurrence):
        raise PermissionDenied(
            "您没有权限：登记这项职责的证据。由本科室的质控员、护士长、科主任或质控科登记。"
        )
    _check_proof(occurrence, kind, title, dated_on, url, today=timezone.localdate(now))
    proof = Proof.objects.create(
        institution_id=occurrence.institution_id,
        occurrence=occurrence,
        department_id=occurrence.department_id,
        kind=kind,
        dated_on=dated_on,
        title=title.strip()[:160],
        text=text.strip(),
        url=url.strip(),
        file_ids=[file.pk for file in attached],
        at=now,
        by=by,
    )
    for file in attached:
        files.use(file, by=by, now=now, used_for=f"duties.proof:{proof.pk}")
    settle(occurrence, by=by, now=now)
    return proof


def _check_proof(
    occurrence: Occurrence, kind: str, title: str, dated_on: date, url: str, *, today: date
) -> None:
    if occurrence.excused_at is not None:
        raise ValidationError("这一期已免报；如要登记证据，请质控科先取消免报。")
    if kind not in BY_HAND:
        raise ValidationError("请选择证据的类别。")
    if len(title.strip()) < 2:
        raise ValidationError("请写明证据的名称，如“10 月质控小组会议记录”。")
    if dated_on > today:
        raise ValidationError("证据的日期不能晚于今天。")
    if dated_on < occurrence.starts_on:
        raise ValidationError(f"证据的日期早于本期开始（{occurrence.starts_on}），请登记到它所属的那一期。")
    if url.strip() and not url.strip().startswith(("https://", "http://", "/")):
        raise ValidationError("链接应以 https:// 或 / 开头。")


@transaction.atomic
def withdraw_proof(proof: Proof, *, by, now: datetime, reason: str) -> None:
    """Take back a proof that was linked by mistake; it stays visible with the reason."""
    occurrence = proof.occurrence
    _lock(occurrence)
    office = can(by, Permission.EXCUSE_DUTY, occurrence.department_id)
    if not office and proof.by_id != getattr(by, "pk", None):
        raise PermissionDenied("证据由登记人本人或质控科撤回。")
    if proof.kind not in BY_HAND and not office:
        raise PermissionDenied("自动关联的证据由质控科撤回。")
    if len(reason.strip()) < 2:
        raise ValidationError("撤回证据必须写明理由。")
    if proof.withdrawn_at is not None:
        raise ValidationError("这份证据已经撤回。")
    _withdraw(proof, by=by, now=now, reason=reason.strip())


def _withdraw(proof: Proof, *, by, now: datetime, reason: str) -> None:
    proof.withdrawn_at, proof.withdrawn_by, proof.withdrawn_reason = now, by, reason[:300]
    proof.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    note(proof.occurrence, Act.WITHDRAWN, now=now, proof=proof)
    settle(proof.occurrence, by=by, now=now)


def settle(occurrence: Occurrence, *, by, now: datetime) -> None:
    """Done when there are enough valid proofs, on the day of the one that made it enough; else open again."""
    days = list(
        occurrence.proofs.filter(withdrawn_at=None)
        .order_by("dated_on", "pk")
        .values_list("dated_on", flat=True)
    )
    done_on = days[occurrence.needed - 1] if len(days) >= occurrence.needed else None
    was = occurrence.done_on
    if done_on != was:
        occurrence.done_on = done_on
        occurrence.save(update_fields=["done_on"])
    if done_on is not None and was is None:
        tasks.complete_for(source_kind=KIND, source_key=str(occurrence.pk), by=by, now=now)
    if done_on is None and was is not None and occurrence.excused_at is None:
        hand_out(occurrence, now=now)


def hand_out(occurrence: Occurrence, *, now: datetime) -> None:
    """Give an occurrence that is open again to the person who should do it."""
    duty = queries.definition(occurrence)
    if duty is None:
        return
    owner = people(timezone.localdate(now)).owner(duty.who.role, place_of(occurrence))
    if owner is not None:
        give(occurrence, owner=owner, now=now)


def _lock(occurrence: Occurrence) -> None:
    occurrence.refresh_from_db(from_queryset=Occurrence.objects.select_for_update())
