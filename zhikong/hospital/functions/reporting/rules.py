"""What is checked in a row of the grid, when a sheet may be sent, and which step may follow which.

A remark stops the sheet (STOP), asks for an explanation (ASK), or only says something. Sources: IND-01 (register,
collect, analyse), INS-05 and REP-01 (monthly, submitted, returned or accepted), WF-04; the jump test is the p chart's
and c chart's three-sigma limit of the item's own last twelve months with a floor, from common practice (memory).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from math import sqrt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.hospital.functions.reporting.definition.model import AMOUNTS, PART, Item

STOP, ASK = "stop", "ask"
HISTORY = 12  # months that a new number is compared with
FEWEST = 6  # months without which nothing is called a jump
FLOOR = 0.05  # a share that moved by less than this is no jump, whatever sigma says
SHORT_EXPLANATION = 4  # characters; “无” explains nothing


@dataclass(frozen=True)
class Cell:
    """What a department says of one item in one month. None is not filled; nothing=True says 本月无."""

    numerator: int | None = None
    denominator: int | None = None
    nothing: bool = False
    explanation: str = ""
    evidence: str = ""
    files: int = 0

    @property
    def empty(self) -> bool:
        return self.numerator is None and self.denominator is None and not self.nothing


@dataclass(frozen=True)
class Past:
    """An accepted figure of an earlier month."""

    month: str
    numerator: int | None
    denominator: int | None


@dataclass(frozen=True)
class Remark:
    """One sentence about a row; field is where the cursor should go."""

    level: str
    field: str
    sentence: str


def value(item: Item, numerator: int | None, denominator: int | None) -> Decimal | None:
    """The item's value in value_unit; None when it cannot be computed."""
    if numerator is None:
        return None
    if item.counts_only:
        return Decimal(numerator).scaleb(-item.decimals)
    return Decimal(numerator) * item.multiplier / denominator if denominator else None


def shown(item: Item, number: Decimal | None) -> str:
    """The value with its unit, two digits at most; a dash without one."""
    if number is None:
        return "—"
    digits = Decimal(1).scaleb(-item.decimals if item.counts_only else -2)
    text = f"{number.quantize(digits, rounding=ROUND_HALF_UP):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}{item.value_unit}" if item.value_unit == "%" else f"{text} {item.value_unit}"


# ---- one row --------------------------------------------------------------------------------------------------------


def check(item: Item, cell: Cell, past: Sequence[Past] = ()) -> list[Remark]:
    """All remarks about a row, the ones that stop it first. past: accepted months, oldest first."""
    if cell.empty:
        return []
    found = _contradictions(item, cell) or [*_halves(item, cell), *_size(item, cell)]
    if any(remark.level == STOP for remark in found):
        return found
    found = [*found, *_evidence(item, cell)]
    asked = [] if cell.nothing else [*_unit_mistake(item, cell, past), *_jump(item, cell, past)]
    if cell.nothing:
        asked = _usually_some(cell, past)
    return [*found, *(_answered(remark, cell) for remark in asked)]


def _contradictions(item: Item, cell: Cell) -> list[Remark]:
    if cell.nothing and (cell.numerator or cell.denominator):
        return [Remark(STOP, "nothing", _("勾选了“本月无”，又填了数目，请只留一种。"))]
    return []


def _halves(item: Item, cell: Cell) -> list[Remark]:
    """Empty and 0 are kept apart: half a fraction is no answer."""
    if cell.nothing or item.counts_only:
        return []
    if cell.denominator is None:
        sentence = _("只填了%(top)s，缺%(bottom)s；如果 %(n)s 是百分率，请换成例数。")
        return [Remark(STOP, "denominator", sentence % _said(item, n=cell.numerator))]
    if cell.numerator is None:
        sentence = _("只填了%(bottom)s，缺%(top)s；没有就填 0。")
        return [Remark(STOP, "numerator", sentence % _said(item))]
    return []


def _size(item: Item, cell: Cell) -> list[Remark]:
    if cell.nothing or item.counts_only or cell.numerator is None or cell.denominator is None:
        return []
    if cell.denominator == 0 and cell.numerator > 0:
        return [
            Remark(
                STOP, "denominator", _("%(bottom)s是 0，%(top)s却是 %(n)s。") % _said(item, n=cell.numerator)
            )
        ]
    if cell.numerator > cell.denominator and item.kind in (PART, AMOUNTS):
        sentence = _("%(top)s %(n)s 大于%(bottom)s %(d)s，请核对是否填反。")
        return [Remark(STOP, "numerator", sentence % _said(item, n=cell.numerator, d=cell.denominator))]
    if cell.denominator == 0:
        return [Remark(ASK, "nothing", _("两个数都是 0：本月确实没有的，请勾选“本月无”。"))]
    return []


def _said(item: Item, **more) -> dict:
    return {"top": item.numerator, "bottom": item.denominator, **more}


def _evidence(item: Item, cell: Cell) -> list[Remark]:
    needed = item.evidence == "always" or (item.evidence == "when_filled" and not cell.nothing)
    if needed and not cell.evidence.strip() and not cell.files:
        return [Remark(STOP, "evidence", _("这一项要注明依据（检查记录、成绩单、清单的名称）或附文件。"))]
    return []


def _answered(remark: Remark, cell: Cell) -> Remark:
    """A remark that asks is settled by an explanation; it stays on the row as a note."""
    explained = len(cell.explanation.strip()) >= SHORT_EXPLANATION
    return Remark("said" if explained else remark.level, remark.field, remark.sentence)


def _unit_mistake(item: Item, cell: Cell, past: Sequence[Past]) -> list[Remark]:
    """92 of 100 where the department always has twenty: a percentage was typed in place of cases."""
    if item.kind != PART or cell.denominator != 100:
        return []
    usual = [row.denominator for row in past if row.denominator]
    if len(usual) >= FEWEST and not 50 <= sum(usual) / len(usual) <= 200:
        sentence = _(
            "%(bottom)s正好是 100，而前 %(m)d 个月在 %(low)s 到 %(high)s 之间：是不是把百分率当成了例数？"
        )
        said = _said(item, m=len(usual), low=min(usual), high=max(usual))
        return [Remark(ASK, "denominator", sentence % said)]
    return []


def _jump(item: Item, cell: Cell, past: Sequence[Past]) -> list[Remark]:
    if item.counts_only:
        return _jump_of_count(item, cell, past)
    known = [row for row in past if row.numerator is not None and row.denominator]
    if len(known) < FEWEST or not cell.denominator:
        return []
    return [*_jump_of_share(item, cell, known), *_jump_of_size(item, cell, known)]


def _jump_of_share(item: Item, cell: Cell, known: Sequence[Past]) -> list[Remark]:
    top, bottom = sum(row.numerator for row in known), sum(row.denominator for row in known)
    share, now = top / bottom, cell.numerator / cell.denominator
    if item.kind == AMOUNTS:
        far = share > 0 and not share / 3 <= now <= share * 3
    else:
        sigma = sqrt(share * (1 - share) / cell.denominator)
        far = abs(now - share) > max(3 * sigma, FLOOR) + 1e-9  # one of twenty is not beyond the floor
    if not far:
        return []
    before, after = (value(item, *pair) for pair in ((top, bottom), (cell.numerator, cell.denominator)))
    sentence = _("本月 %(now)s，前 %(m)d 个月合计 %(before)s，相差很大，请核对；属实请说明原因。")
    said = {"now": shown(item, after), "before": shown(item, before), "m": len(known)}
    return [Remark(ASK, "numerator", sentence % said)]


def _jump_of_size(item: Item, cell: Cell, known: Sequence[Past]) -> list[Remark]:
    sizes = [row.denominator for row in known]
    if min(sizes) / 2 <= cell.denominator <= max(sizes) * 2:
        return []
    sentence = _("%(bottom)s %(d)s，前 %(m)d 个月在 %(low)s 到 %(high)s 之间，请核对；属实请说明原因。")
    said = _said(
        item, d=_n(item, cell.denominator), m=len(known), low=_n(item, min(sizes)), high=_n(item, max(sizes))
    )
    return [Remark(ASK, "denominator", sentence % said)]  # fmt: skip


def _jump_of_count(item: Item, cell: Cell, past: Sequence[Past]) -> list[Remark]:
    known = [row.numerator for row in past if row.numerator is not None]
    if len(known) < FEWEST or cell.numerator is None:
        return []
    mean = sum(known) / len(known)
    if abs(cell.numerator - mean) <= max(3 * sqrt(mean), mean / 2, 2):
        return []
    sentence = _("本月 %(now)s，前 %(m)d 个月平均 %(mean)s，相差很大，请核对；属实请说明原因。")
    said = {"now": _n(item, cell.numerator), "m": len(known), "mean": _n(item, round(mean))}
    return [Remark(ASK, "numerator", sentence % said)]


def _usually_some(cell: Cell, past: Sequence[Past]) -> list[Remark]:
    some = [row for row in past if row.denominator or row.numerator]
    if len(past) < FEWEST or len(some) < len(past):
        return []
    sentence = _("前 %(m)d 个月每月都有数，本月没有，请说明原因。") % {"m": len(past)}
    return [Remark(ASK, "nothing", sentence)]


def _n(item: Item, number: int) -> str:
    return f"{Decimal(number).scaleb(-item.decimals):,f}"


# ---- the whole sheet ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Completeness:
    """How far a sheet is: rows answered, rows with a remark that stops, rows that still owe an explanation."""

    total: int
    answered: int
    stopped: tuple[str, ...]
    asked: tuple[str, ...]

    @property
    def missing(self) -> int:
        return self.total - self.answered

    @property
    def ready(self) -> bool:
        return not (self.missing or self.stopped or self.asked)

    @property
    def sentence(self) -> str:
        """Why the sheet cannot be sent yet; empty when it can."""
        parts = []
        if self.missing:
            parts.append(_("还有 %(n)d 项没有填（没有发生的请勾选“本月无”）") % {"n": self.missing})
        if self.stopped:
            parts.append(_("%(names)s 有错") % {"names": "、".join(self.stopped)})
        if self.asked:
            parts.append(_("%(names)s 要写说明") % {"names": "、".join(self.asked)})
        return "；".join(parts) + "。" if parts else ""


def completeness(
    items: Sequence[Item], cells: Mapping[str, Cell], remarks: Mapping[str, Sequence[Remark]]
) -> Completeness:
    """cells and remarks by item code."""
    return Completeness(
        total=len(items),
        answered=sum(not cells.get(item.id, Cell()).empty for item in items),
        stopped=tuple(i.title for i in items if any(r.level == STOP for r in remarks.get(i.id, ()))),
        asked=tuple(i.title for i in items if any(r.level == ASK for r in remarks.get(i.id, ()))),
    )


# ---- states ------------------------------------------------------------------------------------------------------------


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


STATE_NAMES = {
    State.DRAFT: gettext_lazy("填报中"),
    State.SUBMITTED: gettext_lazy("待审核"),
    State.RETURNED: gettext_lazy("已退回"),
    State.ACCEPTED: gettext_lazy("已接收"),
}
TONES = {State.DRAFT: "none", State.SUBMITTED: "info", State.RETURNED: "warn", State.ACCEPTED: "ok"}
WITH_DEPARTMENT = (State.DRAFT, State.RETURNED)
"""States in which the department may type and the deadline runs."""


class Act(StrEnum):
    OPEN = "open"
    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"
    CORRECT = "correct"
    EXTEND = "extend"
    REMIND = "remind"
    PUBLISH = "publish"


ACT_NAMES = {
    Act.OPEN: gettext_lazy("建立填报单"),
    Act.SUBMIT: gettext_lazy("提交"),
    Act.RETURN: gettext_lazy("退回"),
    Act.ACCEPT: gettext_lazy("接收并锁定"),
    Act.CORRECT: gettext_lazy("更正"),
    Act.EXTEND: gettext_lazy("延期"),
    Act.REMIND: gettext_lazy("催报"),
    Act.PUBLISH: gettext_lazy("计入数据"),
}
_STEPS = {
    (State.DRAFT, Act.SUBMIT): State.SUBMITTED,
    (State.RETURNED, Act.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Act.RETURN): State.RETURNED,
    (State.SUBMITTED, Act.ACCEPT): State.ACCEPTED,
    (State.ACCEPTED, Act.CORRECT): State.RETURNED,
    (State.DRAFT, Act.EXTEND): State.DRAFT,
    (State.RETURNED, Act.EXTEND): State.RETURNED,
    (State.DRAFT, Act.REMIND): State.DRAFT,
    (State.RETURNED, Act.REMIND): State.RETURNED,
}


class NotAllowedNow(Exception):
    """A step that the sheet's state does not allow; the text is for the screen."""


def next_state(state: State | str, act: Act) -> State:
    """The state after an act; raises NotAllowedNow."""
    try:
        return _STEPS[State(state), act]
    except KeyError:
        said = {"state": STATE_NAMES[State(state)], "act": ACT_NAMES[act]}
        raise NotAllowedNow(_("填报单现在“%(state)s”，不能“%(act)s”。") % said) from None


def may_follow(state: State | str, act: Act) -> bool:
    return (State(state), act) in _STEPS
