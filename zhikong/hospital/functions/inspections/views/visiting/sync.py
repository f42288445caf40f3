"""What the phone module talks to: its visits, their packages, batches of ops, changes, signatures (INS-12, INS-23)."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext

from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils import timezone

from zhikong.foundation.access.scope import current_scope, job_scope, scoped
from zhikong.foundation.files.images.guarded import LARGEST_SIDE
from zhikong.foundation.files.rules import KINDS
from zhikong.foundation.forms import actions as forms
from zhikong.foundation.organisation.queries import institution
from zhikong.hospital.functions.inspections.actions.planning.starting import prepare_visit
from zhikong.hospital.functions.inspections.actions.visiting import (
    depositing,
    devices,
    signing,
    taking,
    uploading,
)
from zhikong.hospital.functions.inspections.actions.visiting.context import sheet_of
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.queries.visiting import media, ops, packages
from zhikong.hospital.functions.inspections.rules_sync import (
    Malformed,
    batch,
    document,
    uuid,
)
from zhikong.hospital.functions.inspections.rules_visiting import TAKES_ANSWERS, TAKES_WORDS
from zhikong.hospital.functions.inspections.views.visiting.answering import (
    UNKNOWN_VISIT,
    Refused,
    api,
    body_of,
    json_of,
    refusal,
    said,
    visit_of,
)

OTHER_ACCOUNT = "这些内容是另一个账号在这部手机上填的，没有记到您的名下；请由本人登录后同步。"
TOO_OFTEN = "试得太多次了，请过几分钟再试。"
WAIT = 300


@api("GET")
def me(request: HttpRequest) -> HttpResponse:
    """Who is signed in, the token for what follows, and the own visits."""
    now, here = timezone.now(), institution()
    return said(
        {
            "user": {"id": request.user.pk, "name": str(request.user)},
            "institution": {"id": here.pk, "name": str(here)},
            "token": get_token(request),
            "now": now.isoformat(),
            "offline_hours": packages.HOURS_OFFLINE,
            "visits": packages.manifest(request.user, now=now),
        }
    )


@api("POST")
def package(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the visit's sheets, so that they can be taken along, and give everything that is needed on the way."""
    visit, asked, now = visit_of(request, pk), json_of(request), timezone.now()
    device = uuid(asked.get("device"), "device")
    devices.seen(by=request.user, now=now, device_id=device, label=_text(asked.get("label")))
    if visit.state in TAKES_ANSWERS | TAKES_WORDS:
        prepare_visit(visit, by=request.user, now=now)
    lines = visit.visit_sheets.filter(dropped_at=None).select_related("sheet", "item", "stop")
    ticket = depositing.Ticket(visit.institution_id, visit.pk, request.user.pk, device)
    return said(
        {
            **packages.package(visit, lines.order_by("position"), now=now),
            "ticket": depositing.seal(ticket),
            "now": now.isoformat(),
            "max_photo_bytes": uploading.most_bytes("photo"),
            "max_photo_side": LARGEST_SIDE,
            "max_audio_bytes": uploading.most_bytes("voice"),
            "audio_types": [KINDS[kind].types[0] for kind in uploading.SOUNDS],
        }
    )


def _text(raw) -> str:
    return raw[:80] if isinstance(raw, str) else ""


@api("POST")
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a batch of ops. Who was taken off the visit may still hand in what he has; it is put aside."""
    sent, now = batch(body_of(request)), timezone.now()
    if sent.author is not None and sent.author != request.user.pk:
        raise Refused(refusal(409, "other_account", OTHER_ACCOUNT))
    with _reaching(request, pk) as visit:
        taken = taking.take(visit, sent, by=request.user, now=now)
        return said(_answer(visit, taken, now))


@contextmanager
def _reaching(request: HttpRequest, pk: int):
    """The visit; for somebody who was named for it once and sees it no more, as the job that puts ops aside."""
    found = Visit.objects.filter(pk=pk).first()
    aside = job_scope(current_scope().institution_id, job=depositing.JOB)
    with nullcontext() if found else scoped(aside):
        visit = found or Visit.objects.filter(pk=pk).first()
        if visit is None or not media.inspected_by(request.user, visit.pk):
            raise Refused(refusal(404, "unknown_visit", UNKNOWN_VISIT))
        yield visit


def _answer(visit: Visit, taken: taking.Taken, now) -> dict:
    return {
        "now": now.isoformat(),
        "drift_seconds": taken.drift,
        "drift_note": packages.clock_note(taken.drift),
        "state": visit.state,
        "state_name": str(visit.get_state_display()),
        "results": taken.results,
        "missing_media": taken.missing_media,
    }


@api("GET")
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """What this phone has not seen, also from other phones and from the desktop."""
    visit = visit_of(request, pk)
    found = packages.changes(visit, since=request.GET.get("since", ""))
    return said({**found, "now": timezone.now().isoformat()})


@api("GET")
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every answer to one item that a phone sent, the newest first."""
    visit = visit_of(request, pk)
    number = request.GET.get("sheet", "")
    sheet = sheet_of(visit, int(number) if number.isdecimal() and len(number) < 19 else None)
    if sheet is None:
        raise Refused(refusal(404, "unknown_sheet", "这份表不属于这次检查。"))
    lines = ops.history(sheet, request.GET.get("item", "")[:70])
    return said({"entries": [ops.as_history(op) for op in lines]})


@api("GET")
def held(request: HttpRequest, pk: int) -> HttpResponse:
    """What of a phone stands on the server; the answer to: my storage was cleared, what is lost?"""
    visit = visit_of(request, pk)
    device = uuid(request.GET.get("device"), "device")
    return said(ops.held(visit, user=request.user, device_id=device))


@api("POST")
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """A signature with account and password; tries are counted for the phone's account and for the one typed."""
    visit, asked, now = visit_of(request, pk), json_of(request), timezone.now()
    username, password = _text(asked.get("username")), asked.get("password")
    if not isinstance(password, str) or not password:
        raise Malformed("没有密码。")
    _count_try(request, username or request.user.username)
    if asked.get("item"):
        return _sign_item(request, visit, asked, password, now)
    try:
        made = signing.sign_with_account(
            visit,
            by=request.user,
            now=now,
            sign_id=uuid(asked.get("id"), "id"),
            role=_text(asked.get("role")),
            username=username,
            password=password,
        )
    except ValidationError as refused:
        return refusal(422, "password", " ".join(refused.messages))
    return said(
        {"signature": {"role": made.role, "name": made.name, "how": made.how, "at": made.at.isoformat()}}
    )


def _count_try(request: HttpRequest, username: str) -> None:
    """A phone that goes round is no place to guess passwords: tries are few, by who is signed in and by account."""
    own = ratelimit.consume(request, action="reauthenticate", user=request.user)
    if not own or not ratelimit.consume(request, action="login_failed", key=f"sign:{username.casefold()}"):
        raise Refused(refusal(429, "too_often", TOO_OFTEN, retry_after=WAIT))


def _sign_item(request: HttpRequest, visit: Visit, asked: dict, password: str, now) -> HttpResponse:
    """An item of type signature is signed as on the fill page, by who is signed in."""
    number = asked.get("sheet")
    sheet = sheet_of(visit, number if isinstance(number, int) else None)
    if sheet is None:
        raise Malformed("这份表不属于这次检查。")
    try:
        saved = forms.sign(sheet, by=request.user, now=now, item=_text(asked.get("item")), password=password)
    except ValidationError as refused:
        return refusal(422, "password", " ".join(refused.messages))
    value = saved.sheet.answers.get(_text(asked.get("item")))
    return said({"signature": value, "revision": saved.sheet.revision})


@api("POST", session=False)
def deposit(request: HttpRequest) -> HttpResponse:
    """Ops without a session: the ticket says whose they are; nothing is applied, the lead inspector decides."""
    if not ratelimit.consume(request, action="login", key=request.META.get("REMOTE_ADDR", "")):
        raise Refused(refusal(429, "too_often", TOO_OFTEN, retry_after=WAIT))
    content, now = body_of(request), timezone.now()
    ticket = depositing.opened(document(content).get("ticket"))
    taken = depositing.deposit(ticket, batch(content), now=now)
    return said({"now": now.isoformat(), "results": taken.results, "drift_seconds": taken.drift})
