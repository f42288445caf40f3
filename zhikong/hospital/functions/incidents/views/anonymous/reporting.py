"""The anonymous form: six questions, a look at what may still tell who wrote it, and the receipt."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.hospital.functions.incidents import rules_anonymous_hints as hints
from zhikong.hospital.functions.incidents.actions.anonymous import depositing
from zhikong.hospital.functions.incidents.queries.anonymous import choices
from zhikong.hospital.functions.incidents.rules_reporting import Outcome, Place, Shift
from zhikong.hospital.functions.incidents.rules_reporting_report import (
    ELSEWHERE,
    UNSURE_OUTCOME,
    WITHOUT_LOGIN,
    Judged,
    Report,
    judge,
)
from zhikong.hospital.functions.incidents.spool import limits, locks, photos, slots, tickets, voice
from zhikong.hospital.functions.incidents.spool.places import places
from zhikong.hospital.functions.incidents.views.anonymous.asked import Asked, Page, message, page

CHOSEN = {"source": "speak"}
BUSY = 0.5  # share of the spool from which a sum is asked, that a careless program gets wrong


def report(asked: Asked) -> Page:
    """GET: the empty form, for a department when the code on the wall names one. POST: look, then keep."""
    hospitals = choices.hospitals()
    here = _hospital(hospitals, asked.fields.get("h") or asked.query.get("h", ""))
    if here is None:
        return page("hospitals", hospitals=hospitals, asked=asked)
    if asked.method == "GET":
        today = timezone.localdate().isoformat()
        return _form(here, {"department": asked.query.get("d", ""), "occurred_on": today}, {})
    return _sent(asked, here)


def about() -> dict[str, Any]:
    """What the page about protection tells of this installation."""
    return {"hold": depositing.hold_hours()}


def _sent(asked: Asked, here: choices.Hospital) -> Page:
    """Nothing is kept before the writer has seen what may tell who wrote it."""
    fields, errors = dict(asked.fields), {}
    try:
        ticket = tickets.read(fields.get("ticket", ""), _own(), now=time.time())
    except tickets.Expired:
        stale = _("这一页打开得太久（或太快）了。内容还在，请再点一次发送；照片要重新选。")
        return _form(here, {**fields, "ticket": ""}, {"form": stale})
    pictures = _pictures(asked, errors)
    _hear(asked, fields, errors)
    if fields.pop("later", ""):
        fields.pop("at_once", None)
        fields["seen"] = "1"
    if fields.pop("soon", ""):  # chosen on the second page, beside the warning
        fields["at_once"] = fields["seen"] = "1"
    judged = _judged(here, fields)
    errors = {**judged.errors, **errors, **_wrong_sum(fields, ticket)}
    if errors or judged.report is None or fields.get("change"):
        return _form(here, fields, errors, pictures)
    found = _hints(here, fields, judged.report, len(pictures))
    grave = judged.report.level == "I"
    if (found or grave or fields.get("at_once")) and not fields.get("seen"):
        return _look(here, fields, pictures, found, grave)
    return _keep(ticket, here, fields, judged.report, pictures)


def _keep(ticket, here, fields: Mapping[str, str], said: Report, pictures: list[bytes]) -> Page:
    if not limits.SENDING.take():
        text = _("现在同时发送的人太多，没有保存。请一分钟后在浏览器里刷新本页，再发一次。")
        return message(_("请稍后再试"), text, status=429, again="")
    lock = {"number": ticket.number, **locks.made_for(ticket.key)}
    content = {**asdict(said), "occurred_on": said.occurred_on.isoformat(), "lock": lock}
    content["patient"] = dict(said.patient)
    at_once = bool(fields.get("at_once"))
    depositing.deposit(
        ticket=ticket,
        institution=here.id,
        kind="report",
        fields=content,
        photos=pictures,
        at_once=at_once,
        now=time.time(),
    )
    shown = {"number": tickets.grouped(ticket.number), "key": tickets.grouped(ticket.key)}
    return page("receipt", **shown, at_once=at_once, reward_fen=here.reward_fen, **about())


def _judged(here: choices.Hospital, fields: Mapping[str, str]) -> Judged:
    return judge(
        {**fields, "privacy": WITHOUT_LOGIN[0], "stay": ""},
        now=timezone.localtime().replace(tzinfo=None),
        departments={room.code: room.id for room in here.rooms},
        categories=frozenset(number for number, _title in here.categories),
        allowed=WITHOUT_LOGIN,
        **CHOSEN,
    )


def _hints(here, fields: Mapping[str, str], said: Report, pictures: int) -> list[str]:
    room = here.room(fields.get("department", ""))
    texts = (said.what, said.done, said.where)
    name, people = (room.name, room.people) if room else ("", None)
    return hints.all_hints(texts, name, people, said.shift, pictures)


def _pictures(asked: Asked, errors: dict[str, str]) -> list[bytes]:
    """Pictures made small and bare: those of this form, or those that an earlier look already made so."""
    found = []
    kept = [asked.fields.get(f"kept{n}", "") for n in range(photos.MOST)]
    try:
        given = [base64.b64decode(text) for text in kept if text and not asked.fields.get("no_photo")]
        for content in [*asked.files.get("photo", []), *given][: photos.MOST]:
            found.append(photos.small(content))
    except ValueError:
        sound = any(voice.is_sound(content) for content in asked.files.get("photo", []))
        errors["photo"] = NO_VOICE() if sound else _("只收照片（JPG、PNG、WebP）。这个文件没有保存。")
    if len(asked.files.get("photo", [])) > photos.MOST:
        errors["photo"] = _("最多两张照片。")
    return found


def NO_VOICE() -> str:
    """Why a recording is refused."""
    return _("不收录音：声音本身就能认出人，本院服务器上也没有装语音转文字的程序。请写成文字。")


def _hear(asked: Asked, fields: dict[str, str], errors: dict[str, str]) -> None:
    """A recording becomes text at the end of what was written, and is gone; without a recogniser it is refused."""
    sounds = asked.files.get("voice", [])
    if not sounds:
        return
    if not voice.recogniser():
        errors["voice"] = NO_VOICE()
        return
    try:
        heard = voice.text_of(sounds[0])
        fields["what"] = f"{fields.get('what', '')}\n{heard}".strip()
        fields.pop("seen", None)
        errors["what"] = _("录音已转成文字并删除。请看一遍，去掉能认出您的话，再发送。")
    except voice.NotUnderstood:
        errors["voice"] = _("没有听清，录音已删除。请写成文字。")


def _wrong_sum(fields: Mapping[str, str], ticket: tickets.Ticket) -> dict[str, str]:
    if slots.filling(places()) < BUSY or fields.get("sum", "").strip() == str(sum(ticket.sum)):
        return {}
    return {"sum": _("现在报告很多，请算一下这道题再发送。")}


def _look(here, fields: dict[str, str], pictures: list[bytes], found: list[str], grave: bool) -> Page:
    hidden = [(n, v) for n, v in fields.items() if n in KEPT and v]
    return page(
        "look",
        here=here,
        hidden=hidden,
        pictures=_encoded(pictures),
        found=found,
        what=fields.get("what", ""),
        at_once=bool(fields.get("at_once")),
        grave=grave,
    )


KEPT = (
    "h", "ticket", "what", "department", "occurred_on", "shift", "harm", "category", "place", "where", "done",
    "patient_told", "at_once", "sum", "l",
)  # fmt: skip


def _form(here, fields: Mapping[str, str], errors: Mapping[str, str], pictures=()) -> Page:
    """The form with what was typed; a ticket that was given once stays with its form."""
    ticket = fields.get("ticket") or tickets.issue(_own(), now=time.time())
    busy = slots.filling(places()) >= BUSY
    return page(
        "report",
        status=400 if errors else 200,
        here=here,
        fields=fields,
        errors=errors,
        ticket=ticket,
        pictures=_encoded(pictures),
        outcomes=[*Outcome.choices, (UNSURE_OUTCOME, _("不清楚"))],
        shifts=Shift.choices,
        spots=Place.choices,
        elsewhere=ELSEWHERE,
        voice=bool(voice.recogniser()),
        sum=tickets.peek(ticket).sum if busy else None,
        few=hints.FEW,
    )


def _encoded(pictures) -> list[str]:
    return [base64.b64encode(content).decode("ascii") for content in pictures]


def _hospital(found: list[choices.Hospital], code: str) -> choices.Hospital | None:
    if len(found) == 1:
        return found[0]
    return next((one for one in found if one.code == code), None)


def _own() -> bytes:
    return settings.SPEAK_SECRET.encode()
