"""Views are exchanged before anything is concluded (INS-23): the inspected side speaks, an objection is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.foundation.notices import actions as notices
from zhikong.foundation.tasks import actions as tasks
from zhikong.hospital.functions.inspections.actions.planning.steps import lock, widened
from zhikong.hospital.functions.inspections.actions.visiting.context import Context, Outcome
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.visiting import Exchange
from zhikong.hospital.functions.inspections.queries.planning.visits import inspects
from zhikong.hospital.functions.inspections.queries.visiting import exchange
from zhikong.hospital.functions.inspections.rules_planning import State
from zhikong.hospital.functions.inspections.rules_sync import Status
from zhikong.hospital.functions.inspections.rules_visiting import (
    LEAST_REASON,
    OF_THE_INSPECTED,
    TAKES_WORDS,
    VOICE_NAMES,
    Voice,
)

COMMENT_TASK = "visit_comment"
"""``source_kind`` of the task by which the department's head is asked for an opinion."""
LONGEST = 2000


@transaction.atomic
def say(
    visit: Visit, *, by, now: datetime, voice: str, text: str, items: list[str] | None = None
) -> Exchange:
    """The inspected side agrees, remarks or objects from its own account, until the conclusion is drawn."""
    lock(visit)
    if not exchange.may_speak(by, visit):
        raise PermissionDenied(_("由被检科室的负责人或质控人员发表意见，您不是其中一员。"))
    spoken = _voice(voice)
    if spoken not in OF_THE_INSPECTED:
        raise ValidationError(_("请选择同意、说明或异议。"))
    made = _add(
        visit, voice=spoken, text=_text(text, spoken), items=items or [], at=now, by=by, speaker=str(by)
    )
    _heard(visit, made, by=by, now=now)
    return made


@transaction.atomic
def reply(visit: Visit, *, by, now: datetime, to: Exchange, text: str) -> Exchange:
    """The inspectors answer an objection; what they changed because of it stands in the answers' own history."""
    lock(visit)
    if not inspects(by, visit):
        raise PermissionDenied(_("异议由这次检查的检查人答复。"))
    if to.visit_id != visit.pk or to.voice != Voice.OBJECT:
        raise ValidationError(_("这不是这次检查的异议。"))
    said = _text(text, Voice.REPLY)
    made = _add(visit, voice=Voice.REPLY, text=said, answers=to, at=now, by=by, speaker=str(by))
    with widened():
        _tell(visit, f"异议已答复：{visit}", said, by=by, now=now, users=[to.by])
    return made


def _add(visit: Visit, **said: Any) -> Exchange:
    if visit.state not in TAKES_WORDS:
        raise ValidationError(
            _("这次检查的状态是“%(state)s”，意见交换在现场检查到下结论之间进行。")
            % {"state": visit.get_state_display()}
        )
    return Exchange.objects.create(institution_id=visit.institution_id, visit=visit, **said)


def _voice(raw: str) -> Voice:
    try:
        return Voice(raw)
    except ValueError:
        raise ValidationError(_("请选择同意、说明或异议。")) from None


def _text(text: str, voice: Voice) -> str:
    said = (text or "").strip()[:LONGEST]
    if voice is Voice.AGREE:
        return said or str(VOICE_NAMES[Voice.AGREE])
    if len(said) < LEAST_REASON:
        raise ValidationError(_("请写明内容，至少 %(n)d 个字。") % {"n": LEAST_REASON})
    return said


def _heard(visit: Visit, made: Exchange, *, by, now: datetime) -> None:
    """The question to the head is answered, and the inspectors hear what was said."""
    with widened():
        tasks.complete_for(source_kind=COMMENT_TASK, source_key=str(visit.pk), by=by, now=now)
        named = [one.user for one in visit.inspectors.filter(left_at=None).select_related("user")]
        title = f"被检科室{VOICE_NAMES[Voice(made.voice)]}：{visit}"
        _tell(visit, title, made.text, by=by, now=now, users=named)


def _tell(visit: Visit, title: str, text: str, *, by, now: datetime, users) -> None:
    notices.send(
        by=by,
        now=now,
        title=title[:120],
        text=text,
        users=[one for one in users if one is not None],
        url=reverse("inspections:visit_exchange", args=[visit.pk]),
        source_kind=COMMENT_TASK,
        source_key=str(visit.pk),
    )


def from_phone(context: Context) -> Outcome:
    """What the inspected side said at the inspector's phone; whose words they are stands beside them."""
    from zhikong.hospital.functions.inspections.actions.visiting.kinds import text_of

    value, visit = context.one.value, context.visit
    if visit.state not in TAKES_WORDS:
        raise ValidationError(_("意见交换在现场检查到下结论之间进行。"))
    spoken = {True: Voice.AGREE, False: Voice.OBJECT}.get(value.get("agrees"), Voice.REMARK)
    said = {
        "voice": spoken,
        "text": _text(text_of(value), spoken),
        "speaker": text_of(value, "by_name", most=60),
        "post": text_of(value, "post", most=60),
        "items": _items(value.get("items")),
    }
    if not said["speaker"]:
        raise ValidationError(_("请写明发言人的姓名。"))
    return Outcome(Status.STORED, then=[lambda op: _kept(context, op, said)])


def _kept(context: Context, op, said: dict[str, Any]) -> None:
    made = _add(context.visit, op=op, at=context.when.at, by=context.author, **said)
    if context.visit.state == State.COMMENT:
        _heard(context.visit, made, by=context.author, now=context.now)


def _items(raw: Any) -> list[str]:
    listed = raw if isinstance(raw, list) else []
    return [one[:100] for one in listed if isinstance(one, str)][:50]
