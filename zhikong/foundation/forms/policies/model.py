"""What a grade policy is. Plain values; one policy serves any sheet, because cut-offs are per cent of full marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from zhikong.foundation.forms.definition.model import Grade, Source

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class VetoRule:
    """What so many vetoes do. list: only vetoes of this list count; '' counts all.

    Exactly one effect: deduct, points taken from 100 once, however many vetoes there are; cap, at most so many
    points of 100; grade, the best grade that is left.
    """

    at_least: int = 1
    list: str = ""
    deduct: Decimal | None = None
    cap: Decimal | None = None
    grade: str = ""

    def holds(self, hits: Counter[str]) -> bool:
        """Whether the vetoes that were hit, counted by list, call this rule."""
        return (hits[self.list] if self.list else hits.total()) >= self.at_least

    @property
    def sentence(self) -> str:
        """The rule in words, as a sheet shows it."""
        what = f"{self.list}否决" if self.list else "单项否决"
        when = what if self.at_least == 1 else f"{what}达到 {self.at_least} 项"
        if self.deduct is not None:
            return f"{when}：扣 {self.deduct.normalize():f} 分，多项只扣一次"
        if self.cap is not None:
            return f"{when}：总分不超过 {self.cap.normalize():f} 分"
        return f"{when}：最高为{self.grade}"


@dataclass(frozen=True, slots=True)
class GradePolicy:
    """One version of a policy. grades: from best to worst, on a scale of 100, the last one from 0.

    escalate: grades that are reported upwards by themselves (REC-09).
    """

    id: str
    version: int
    titles: Mapping[str, str]
    purpose: str
    source: Source
    owner: str
    checker: str
    next_review: date
    grades: tuple[Grade, ...]
    vetoes: tuple[VetoRule, ...] = ()
    escalate: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.titles["zh"]

    def after_vetoes(self, total: Decimal, full: Decimal, lists: Iterable[str]) -> Decimal:
        """Points out of `full` after the vetoes, given by their lists; not rounded, never below 0."""
        called = self._called(lists)
        taken = max((rule.deduct for rule in called if rule.deduct is not None), default=Decimal(0))
        caps = [rule.cap * full / HUNDRED for rule in called if rule.cap is not None]
        return min([max(Decimal(0), total - taken * full / HUNDRED), *caps])

    def grade(self, total: Decimal, full: Decimal, lists: Iterable[str]) -> str:
        """The grade of points after vetoes: by the cut-offs, and no better than the vetoes leave."""
        names = [grade.name for grade in self.grades]
        percent = total * HUNDRED / full
        reached = next(i for i, grade in enumerate(self.grades) if percent >= grade.at_least)
        left = [names.index(rule.grade) for rule in self._called(lists) if rule.grade]
        return names[max([reached, *left])]

    def sentence(self, veto_list: str) -> str:
        """What one veto of a list does, in words; the rules that need more are said too."""
        found = [rule.sentence for rule in self.vetoes if not rule.list or rule.list == veto_list]
        return "；".join(found) or "单项否决：本方案只记录，不扣分"

    def _called(self, lists: Iterable[str]) -> list[VetoRule]:
        hits = Counter(lists)
        return [rule for rule in self.vetoes if rule.holds(hits)]
