"""What an answer comes to, what differs from the last visit, which words a notice has. Pure: no ORM."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.forms import scoring
from zhikong.foundation.forms.definition.model import YES_NO, FormDefinition, Item, ItemType


class Answer(StrEnum):
    """As in the contract's table inspection_answers."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "na"
    UNKNOWN = "unknown"
    COUNTED = "counted"


ANSWER_NAMES = {
    Answer.YES: _("符合"),
    Answer.NO: _("不符合"),
    Answer.NOT_APPLICABLE: _("不适用"),
    Answer.UNKNOWN: _("未检查"),
    Answer.COUNTED: _("按例数观察"),
}


class Stage(StrEnum):
    """Running quality is seen while care goes on, terminal quality in what is left of it (INS-27)."""

    RUNNING = "running"
    TERMINAL = "terminal"


STAGE_NAMES = {Stage.RUNNING: _("环节质量"), Stage.TERMINAL: _("终末质量")}
TERMINAL_FORMS = frozenset(
    {
        "discussion_record_check", "infection_case_check", "record_room_check", "front_page_charges_check",
        "antibacterial_check", "drill_evaluation", "inpatient_record_score", "outpatient_record_score",
    }
)  # fmt: skip
"""Checklists that look at closed records and finished matters."""


def stage_of(form_id: str) -> Stage:
    return Stage.TERMINAL if form_id in TERMINAL_FORMS else Stage.RUNNING


@dataclass(frozen=True, slots=True)
class Judged:
    """One item of a sheet. conforming of applicable; 0 of 0 where it does not apply or was left open."""

    section: str
    item: str
    answer: Answer
    conforming: int
    applicable: int
    points: Decimal | None
    full: Decimal | None


def judged(form: FormDefinition, values: Mapping[str, Any], visible: frozenset[str]) -> Iterator[Judged]:
    """What each item that can be right or wrong came to; an item that its condition hides does not apply.

    A scored choice or number is right when it won all its points.
    """
    for section in form.sections:
        for item in section.items:
            if can_be_wrong(item):
                answer, right, asked = _judged(item, values, item.id in visible)
                points = scoring.won(item, values)
                yield Judged(
                    section.id, item.id, answer, right, asked, points, None if points is None else item.full
                )


def can_be_wrong(item: Item) -> bool:
    """Whether an answer of this item conforms or does not; a date, a name or a remark does neither."""
    return item.type in YES_NO or item.type is ItemType.OBSERVATION or item.is_scored


def _judged(item: Item, values: Mapping[str, Any], shown: bool) -> tuple[Answer, int, int]:
    value = values.get(item.id)
    if not shown or value == "na":
        return Answer.NOT_APPLICABLE, 0, 0
    if value in (None, [], ""):
        return Answer.UNKNOWN, 0, 0
    if item.type is ItemType.OBSERVATION:
        return (Answer.COUNTED, value["n"], value["m"]) if value["m"] else (Answer.UNKNOWN, 0, 0)
    right = value == "yes" if item.type in YES_NO else scoring.won(item, values) == item.full
    return (Answer.YES if right else Answer.NO), int(right), 1


@dataclass(frozen=True, slots=True)
class Count:
    """Conforming of applicable. rate: percent; None when nothing applied."""

    conforming: int = 0
    applicable: int = 0

    @property
    def rate(self) -> float | None:
        return None if not self.applicable else 100 * self.conforming / self.applicable

    @property
    def wrong(self) -> int:
        return self.applicable - self.conforming


class Change(StrEnum):
    """What became of an item since the last visit with the same form to the same department."""

    NEW = "new"
    STILL = "still"
    MENDED = "mended"
    WORSE = "worse"
    BETTER = "better"
    SAME = "same"
    NOT_COMPARED = "not_compared"


CHANGE_NAMES = {
    Change.NEW: _("新出现"),
    Change.STILL: _("仍存在"),
    Change.MENDED: _("已改正"),
    Change.WORSE: _("下降"),
    Change.BETTER: _("上升"),
    Change.SAME: _("持平"),
    Change.NOT_COMPARED: _("无法比较"),
}


def change(before: Count | None, now: Count) -> Change:
    """Item by item. Single answers are new, still there or mended; counted ones fall, rise or stay."""
    if before is None or not before.applicable or not now.applicable:
        return Change.NOT_COMPARED
    if before.applicable == 1 and now.applicable == 1:
        return {(1, 0): Change.NEW, (0, 0): Change.STILL, (0, 1): Change.MENDED}.get(
            (before.conforming, now.conforming), Change.SAME
        )
    left, right = before.conforming * now.applicable, now.conforming * before.applicable
    if left == right:
        return Change.STILL if now.wrong else Change.SAME
    return Change.BETTER if right > left else Change.WORSE


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a notice that people write. rows: of its field on the page."""

    code: str
    title: Any
    rows: int
    required: bool = True


PARTS = (
    Part("to", _("主送"), 1),
    Part("lead", _("导语"), 3),
    Part("inspected", _("检查情况"), 5),
    Part("good", _("做得好的方面"), 4, required=False),
    Part("summary", _("存在的主要问题"), 5, required=False),
    Part("demands", _("整改要求"), 6),
    Part("sign", _("落款"), 1),
    Part("copies", _("抄送"), 1, required=False),
)
