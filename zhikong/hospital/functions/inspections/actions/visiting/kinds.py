"""What each kind of op does. Every function gives an Outcome, or raises ValidationError with the sentence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhikong.foundation.forms import queries as forms
from zhikong.hospital.functions.inspections.actions.visiting import (
    answering,
    blurring,
    ending,
    exchanging,
    signing,
    starting,
)
from zhikong.hospital.functions.inspections.actions.visiting.context import Context, Outcome
from zhikong.hospital.functions.inspections.models.visiting import Correction, Media
from zhikong.hospital.functions.inspections.queries.visiting import media
from zhikong.hospital.functions.inspections.rules_planning import State
from zhikong.hospital.functions.inspections.rules_sync import Kind, Status, media_of
from zhikong.hospital.functions.inspections.rules_visiting import LEAST_REASON

LONGEST = 2000


def text_of(value: Any, name: str = "text", *, most: int = LONGEST) -> str:
    """A text in an op's value, without spaces around it; '' when there is none. Raises ValidationError."""
    said = value.get(name) if isinstance(value, dict) else None
    if said in (None, ""):
        return ""
    if not isinstance(said, str):
        raise ValidationError(_("这里应当是文字。"))
    if len(said.strip()) > most:
        raise ValidationError(_("文字太长，最多 %(n)d 个字。") % {"n": most})
    return said.strip()


def start(context: Context) -> Outcome:
    """The visit begins; a second inspector who says so as well changes nothing."""
    if context.visit.state == State.PLANNED:
        starting.start(context.visit, by=context.author, now=context.now, at=context.when.at)
    return Outcome(Status.STORED)


def fixed(context: Context) -> Outcome:
    """Put right on the spot, with words or photos that show it (CAP-04)."""
    sheet, one = context.sheet(), context.one
    if forms.definition(sheet).item(one.item) is None:
        raise ValidationError(_("表里没有条目 %(item)s。") % {"item": one.item})
    what, corrector = text_of(one.value, "what", most=500), text_of(one.value, "who", most=60)
    named = media_of(one)
    if len(what) < LEAST_REASON and not named:
        raise ValidationError(_("当场纠正要写明怎样纠正的，或附上纠正后的照片。"))
    if media.unfinished(context.visit, named):
        return Outcome(Status.WAITING, _(answering.WAITING))
    ids = list(Media.objects.filter(visit=context.visit, media_id__in=named).values_list("pk", flat=True))
    made = {"sheet": sheet, "item": one.item, "what": what or _("见照片"), "corrector": corrector}
    return Outcome(Status.STORED, then=[lambda op: _correct(context, op, media_ids=ids, **made)])


def _correct(context: Context, op, **made) -> Correction:
    return Correction.objects.create(
        institution_id=context.visit.institution_id,
        visit=context.visit,
        op=op,
        at=context.when.at,
        by=context.author,
        **made,
    )


def note(context: Context) -> Outcome:
    """A remark to an item or to the visit; it stays in the log with the item's history."""
    if not text_of(context.one.value):
        raise ValidationError(_("说明是空的。"))
    return _noted(context)


def voice(context: Context) -> Outcome:
    """A voice note to an item or to the visit."""
    named = media_of(context.one)
    if not named:
        raise ValidationError(_("没有说明是哪段录音。"))
    if media.unfinished(context.visit, named):
        return Outcome(Status.WAITING, _("等录音传完后自动记入。"))
    return _noted(context)


def _noted(context: Context) -> Outcome:
    if context.one.sheet is not None:
        context.sheet()
    return Outcome(Status.STORED)


APPLY: dict[Kind, Callable[[Context], Outcome]] = {
    Kind.START: start,
    Kind.ANSWER: answering.answer,
    Kind.CHOOSE: answering.choose,
    Kind.FIXED: fixed,
    Kind.NOTE: note,
    Kind.VOICE: voice,
    Kind.COMMENT: exchanging.from_phone,
    Kind.SIGNATURE: signing.from_phone,
    Kind.BLUR: blurring.from_phone,
    Kind.FINISH: ending.finish_from_phone,
    Kind.CONCLUDE: ending.conclude_from_phone,
}
