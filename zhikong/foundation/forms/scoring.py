"""What a filled sheet scores, what was lost and why. Pure; exact decimals; the same while filling and at the end.

Only items that are visible and answered count, and "not applicable" leaves its points out of the full score, so
neither can lower the percentage. A section with a cap is worth at most the cap: with 扣分 it starts there and
loses, never below nothing; with 得分 it wins up to it. The points are converted to the sheet's full score before
vetoes, pass mark and grades look at them. A grade policy, where the hospital chose one, takes the place of the
sheet's own vetoes and grades.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from zhikong.foundation.forms.definition.model import (
    YES_NO,
    Effect,
    FormDefinition,
    Item,
    ItemType,
    Scoring,
    Section,
)
from zhikong.foundation.forms.policies.model import GradePolicy

Values = Mapping[str, Any]
ZERO = Decimal(0)
HUNDRED = Decimal(100)
PLACES = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Loss:
    """Points that one item lost, before the section's cap, and the reason in a sentence's words."""

    item: str
    text: str
    points: Decimal
    why: str


@dataclass(frozen=True, slots=True)
class VetoHit:
    item: str
    text: str
    effect: Effect
    sentence: str


@dataclass(frozen=True, slots=True)
class SectionScore:
    id: str
    title: str
    points: Decimal
    full: Decimal
    zeroed: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a sheet so far.

    points, full: of what applies and is answered. percent: 0 to 100, None when nothing is scored yet.
    total: converted to the sheet's full score and after vetoes, two decimals half up; the figure to print.
    passed: None when the form has no pass mark and no veto hit. grade: '' when the form has none.
    """

    points: Decimal
    full: Decimal
    percent: Decimal | None
    total: Decimal | None
    full_score: Decimal
    sections: tuple[SectionScore, ...]
    losses: tuple[Loss, ...]
    vetoes: tuple[VetoHit, ...]
    grade: str
    passed: bool | None


def score(form: FormDefinition, values: Values, policy: GradePolicy | None = None) -> Score | None:
    """The score of clean answers (answers.Cleaned.values); None when the form is not scored."""
    if form.full_score is None:
        return None
    hits = vetoes(form, values, policy)
    sections = tuple(_section(section, values, hits) for section in form.sections if section.is_scored)
    points = sum((s.points for s in sections), ZERO)
    full = sum((s.full for s in sections), ZERO)
    percent = None if full == 0 else points / full * HUNDRED
    total = (
        None if percent is None else _after_vetoes(percent * form.full_score / HUNDRED, hits, form, policy)
    )
    return Score(
        points=points,
        full=full,
        percent=percent,
        total=total,
        full_score=form.full_score,
        sections=sections,
        losses=tuple(loss for item in form.items() if (loss := loss_of(item, values))),
        vetoes=hits,
        grade=_grade(form, total, hits, policy),
        passed=_passed(form, total, hits),
    )


def vetoes(form: FormDefinition, values: Values, policy: GradePolicy | None = None) -> tuple[VetoHit, ...]:
    """The vetoes that the answers call up; also for forms without points, where a veto fails the sheet."""
    return tuple(
        VetoHit(item.id, item.text, item.veto.effect, veto_sentence(item, policy))
        for item in form.items()
        if item.veto and values.get(item.id) == "no"
    )


def passed(form: FormDefinition, values: Values) -> bool | None:
    """Whether the sheet passes; None when the form does not say."""
    result = score(form, values)
    if result is not None:
        return result.passed
    return False if any(hit.effect is Effect.FAIL for hit in vetoes(form, values)) else None


def won(item: Item, values: Values) -> Decimal | None:
    """Points of one item between 0 and its full points; None when it is not answered or does not apply."""
    answer = values.get(item.id)
    if not item.is_scored or answer in (None, "na") or answer == []:
        return None
    return max(ZERO, min(item.full, _won(item, answer)))


def loss_of(item: Item, values: Values) -> Loss | None:
    """What one item lost and why, or None when it lost nothing."""
    gained = won(item, values)
    if gained is None or gained == item.full:
        return None
    return Loss(item.id, item.text, item.full - gained, _why(item, values[item.id]))


def _won(item: Item, answer: Any) -> Decimal:
    if item.type is ItemType.CHOICE:
        return _option_points(item, [answer])
    if item.type is ItemType.CHOICES:
        return _option_points(item, answer)
    points = item.points
    assert points is not None  # is_scored, and not by its options
    if item.type in YES_NO:
        return points.full if answer == "yes" else points.when_no
    if item.type is ItemType.OBSERVATION:
        return points.full * answer["n"] / answer["m"]
    amount = Decimal(str(answer))
    return amount if points.each is None else points.full - points.each * amount


def _option_points(item: Item, codes: Iterable[str]) -> Decimal:
    return sum((option.score or ZERO for option in item.options if option.code in codes), ZERO)


def _why(item: Item, answer: Any) -> str:
    if item.type in YES_NO:
        return "否"
    if item.type is ItemType.CHOICE:
        option = item.option(answer)
        return option.text if option else ""
    if item.type is ItemType.CHOICES:
        return "未选：" + "、".join(o.text for o in item.options if o.code not in answer and o.score)
    if item.type is ItemType.OBSERVATION:
        return f"{answer['m']} 例中做到 {answer['n']} 例"
    return f"{answer}{item.unit}"


def _section(section: Section, values: Values, hits: tuple[VetoHit, ...]) -> SectionScore:
    scored = [(item, gained) for item in section.items if (gained := won(item, values)) is not None]
    total = sum((item.full for item, _ in scored), ZERO)
    gained = sum((points for _, points in scored), ZERO)
    full = section.worth(total)
    points = min(full, gained) if section.scoring is Scoring.SUM else max(ZERO, full - (total - gained))
    own = {item.id for item in section.items}
    zeroed = any(hit.effect is Effect.SECTION_ZERO and hit.item in own for hit in hits)
    return SectionScore(section.id, section.title, ZERO if zeroed else points, full, zeroed)


def _after_vetoes(
    total: Decimal, hits: tuple[VetoHit, ...], form: FormDefinition, policy: GradePolicy | None
) -> Decimal:
    if policy is not None and form.full_score is not None:
        left = policy.after_vetoes(total, form.full_score, veto_lists(form, hits))
        return left.quantize(PLACES, ROUND_HALF_UP)
    if any(hit.effect is Effect.SHEET_ZERO for hit in hits):
        return ZERO
    deducted = _veto_points(form, hits, Effect.DEDUCT)
    caps = _veto_points(form, hits, Effect.CAP)
    total = max(ZERO, total - max(deducted, default=ZERO))
    return min([total, *caps]).quantize(PLACES, ROUND_HALF_UP)


def _veto_points(form: FormDefinition, hits: tuple[VetoHit, ...], effect: Effect) -> list[Decimal]:
    items = [form.item(hit.item) for hit in hits if hit.effect is effect]
    return [item.veto.points for item in items if item is not None and item.veto.points is not None]


def veto_lists(form: FormDefinition, hits: Iterable[VetoHit]) -> list[str]:
    """The lists of the vetoes that were hit, as a policy counts them."""
    return [item.veto_list for hit in hits if (item := form.item(hit.item)) is not None]


def _grade(
    form: FormDefinition, total: Decimal | None, hits: tuple[VetoHit, ...], policy: GradePolicy | None
) -> str:
    """A sheet that failed by veto has the lowest grade; with a policy the policy decides."""
    if policy is not None and total is not None and form.full_score is not None:
        return policy.grade(total, form.full_score, veto_lists(form, hits))
    if total is None or not form.grades:
        return ""
    if any(hit.effect is Effect.FAIL for hit in hits):
        return form.grades[-1].name
    return next((g.name for g in form.grades if total >= g.at_least), form.grades[-1].name)


def _passed(form: FormDefinition, total: Decimal | None, hits: tuple[VetoHit, ...]) -> bool | None:
    if any(hit.effect is Effect.FAIL for hit in hits):
        return False
    return None if form.pass_score is None or total is None else total >= form.pass_score


def veto_sentence(item: Item, policy: GradePolicy | None = None) -> str:
    """What the veto of an item does, in words."""
    if policy is not None:
        return policy.sentence(item.veto_list)
    points = "" if item.veto.points is None else f"{item.veto.points.normalize():f}"
    return {
        Effect.FAIL: "单项否决：全表不合格",
        Effect.SECTION_ZERO: "单项否决：本部分得 0 分",
        Effect.SHEET_ZERO: "单项否决：全表得 0 分",
        Effect.CAP: f"单项否决：总分不超过 {points} 分",
        Effect.DEDUCT: f"单项否决：扣 {points} 分（多项只扣一次）",
    }[item.veto.effect]
