"""A visit from the ward's door to its conclusion: what still arrives, who speaks, when it may be concluded. No ORM.

Sources: INS-23 (004-P5 L159): views are exchanged with the inspected side before anything is concluded; CAP-04
(000-P1 L20, L22): what is put right on the spot is closed with evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.inspections.rules_planning import STATE_NAMES, Notice, State
from zhikong.hospital.functions.inspections.rules_planning import Kind as PlanKind

TAKES_ANSWERS = frozenset({State.PLANNED, State.OPEN})
TAKES_WORDS = frozenset({State.OPEN, State.COMMENT})
COMMENT_WORKING_DAYS = 2
LEAST_REASON = 4


def why_set_aside(state: str) -> str:
    """Why an answer that arrives now is left for the lead inspector to decide; '' when it is simply taken."""
    now = State(state)
    if now in TAKES_ANSWERS:
        return ""
    return str(
        _("到达服务器时这次检查%(state)s，内容已保留，由检查组长决定是否采用。") % {"state": STATE_NAMES[now]}
    )


class Calendar(Protocol):
    """What the window for comments needs of the working calendar."""

    def add_working_days(self, day: date, count: int) -> date: ...


def comment_until(finished_on: date, calendar: Calendar) -> date:
    """The last day on which the inspected side may comment before the conclusion is drawn without it."""
    return calendar.add_working_days(finished_on, COMMENT_WORKING_DAYS)


class Voice(StrEnum):
    """One line of the exchange of views."""

    AGREE = "agree"
    REMARK = "remark"
    OBJECT = "object"
    REPLY = "reply"
    WAIVE = "waive"


VOICE_NAMES = {
    Voice.AGREE: _("同意"),
    Voice.REMARK: _("说明"),
    Voice.OBJECT: _("异议"),
    Voice.REPLY: _("答复"),
    Voice.WAIVE: _("不再等待意见"),
}
OF_THE_INSPECTED = frozenset({Voice.AGREE, Voice.REMARK, Voice.OBJECT})


@dataclass(frozen=True)
class Said:
    """A line of the exchange as the rule of the conclusion sees it. answers: the key of the objection it replies to."""

    key: int
    voice: Voice
    answers: int | None = None


def unanswered(said: Sequence[Said]) -> list[int]:
    """Keys of the objections that nobody has replied to."""
    replied = {one.answers for one in said if one.voice is Voice.REPLY}
    return [one.key for one in said if one.voice is Voice.OBJECT and one.key not in replied]


@dataclass(frozen=True)
class Readiness:
    """Everything that the conclusion looks at. conflicts, missing, waiting, undecided: how many there are."""

    state: str
    said: Sequence[Said]
    comment_until: date | None
    today: date
    conflicts: int = 0
    missing: int = 0
    waiting: int = 0
    undecided: int = 0


def obstacles(case: Readiness, *, waive: str = "") -> list[str]:
    """Why the visit cannot be concluded now, one sentence each; an empty list when it can."""
    found = _open_work(case)
    if open_objections := len(unanswered(case.said)):
        found.append(_("还有 %(n)d 条异议没有答复。") % {"n": open_objections})
    if not _heard(case) and len(waive.strip()) < LEAST_REASON:
        found.append(
            _("被检科室还没有发表意见，期限是 %(until)s。可以等待，也可以写明理由后不再等待。")
            % {"until": case.comment_until or _("（未定）")}
        )
    return [str(one) for one in found]


def _heard(case: Readiness) -> bool:
    """The inspected side has spoken, its time is over, or the lead has said why nobody waits for it."""
    spoken = any(one.voice in OF_THE_INSPECTED or one.voice is Voice.WAIVE for one in case.said)
    return spoken or (case.comment_until is not None and case.today > case.comment_until)


def _open_work(case: Readiness) -> list:
    sentences = (
        (case.conflicts, _("还有 %(n)d 个条目有两个不同的答案，请先选定。")),
        (case.missing, _("还有 %(n)d 个必填条目没有答案，请补填或写明原因。")),
        (case.waiting, _("还有 %(n)d 条内容在等照片或录音传完。")),
        (case.undecided, _("还有 %(n)d 条被搁置的内容没有决定是否采用。")),
    )
    return [sentence % {"n": count} for count, sentence in sentences if count]


def why_unheard(kind: str, notice: str) -> str:
    """Why a visit needs no exchange of views before its conclusion; '' for all others."""
    if notice == Notice.COVERT:
        return "暗访：结论公开后，科室在整改答复里说明情况。"
    return "科室自查：检查人就是本科室的人。" if kind == PlanKind.SELF else ""


TAKES_MEDIA = frozenset({State.PLANNED, State.OPEN, State.COMMENT, State.CONCLUDED})
"""A photo that was taken in time may arrive late; whether it is used is decided with the op that names it."""
