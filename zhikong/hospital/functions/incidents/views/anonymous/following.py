"""The conversation: number and key open it, answers are read, questions answered, facts added, a reward fetched."""

from __future__ import annotations

import time
from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from zhikong.hospital.functions.incidents.actions.anonymous import depositing
from zhikong.hospital.functions.incidents.queries.anonymous import threads
from zhikong.hospital.functions.incidents.rules_reporting_report import LONGEST
from zhikong.hospital.functions.incidents.spool import claims, limits, tickets
from zhikong.hospital.functions.incidents.views.anonymous.asked import Asked, Page, message, page


def answer(asked: Asked) -> Page:
    """GET: asks for number and key. POST: the conversation."""
    if asked.method == "GET":
        return page("open", path="answer/")
    found = _opened(asked.fields)
    return found if isinstance(found, Page) else _conversation(found, asked.fields)


def tell(asked: Asked) -> Page:
    """Keep an answer or a further fact; it reaches the office like the report did."""
    found = _opened(asked.fields)
    if isinstance(found, Page):
        return found
    text = asked.fields.get("text", "").replace("\x00", "").strip()
    if not text or len(text) > LONGEST:
        error = _("请写下要说的话。") if not text else _("最多 %(most)s 个字。") % {"most": LONGEST}
        return _conversation(found, asked.fields, error=error)
    question = asked.fields.get("question", "")
    known = {str(q.question) for q in found.questions}
    fields = {"thread": found.thread, "text": text, "question": int(question) if question in known else None}
    _deposit(asked.fields, found, "told", fields)
    return _conversation(found, {**asked.fields, "ticket": "", "text": ""}, kept=True)


def reward(asked: Asked) -> Page:
    """Ask for the reward's blind signature; the code is shown once it has come."""
    found = _opened(asked.fields)
    if isinstance(found, Page):
        return found
    if found.reward_fen and found.signature is None:
        hidden = claims.blinded(_key(asked.fields), found.public_key())
        _deposit(asked.fields, found, "claim", {"thread": found.thread, "blinded": f"{hidden:x}"})
    return _conversation(found, {**asked.fields, "ticket": ""}, claimed=True)


def _deposit(fields: Mapping[str, str], found: threads.Conversation, kind: str, content: dict) -> None:
    ticket = tickets.read(fields.get("ticket", ""), _own(), now=time.time())
    depositing.deposit(
        ticket=ticket, institution=found.institution, kind=kind, fields=content, now=time.time()
    )


def _opened(fields: Mapping[str, str]) -> threads.Conversation | Page:
    """The conversation, or the page that says why not. Tries are bounded for everybody together."""
    if not limits.OPENING.take():
        text = _("现在同时查询的人太多，请一分钟后再试。")
        return message(_("请稍后再试"), text, status=429, again="/speak/answer/")
    number, key = tickets.typed(fields.get("number", "")), _key(fields)
    found = threads.opened(number=number, key=key) if number and key else None
    if found is None:
        error = _("没有找到。请核对查询号和密钥；报告发出后要等办理时间（最迟见回执上的时间）才能查到。")
        return page("open", status=404, path="answer/", error=error, number=fields.get("number", ""))
    return found


def _conversation(found: threads.Conversation, fields: Mapping[str, str], **more) -> Page:
    code = ""
    if found.signature is not None:
        code = tickets.grouped(claims.code(_key(fields), found.signature, found.public_key()))
    return page(
        "conversation",
        found=found,
        code=code,
        number=fields.get("number", ""),
        key=fields.get("key", ""),
        text=fields.get("text", ""),
        ticket=fields.get("ticket") or tickets.issue(_own(), now=time.time()),
        hold=depositing.hold_hours(),
        **more,
    )


def _key(fields: Mapping[str, str]) -> str:
    return tickets.typed(fields.get("key", ""))


def _own() -> bytes:
    return settings.SPEAK_SECRET.encode()
