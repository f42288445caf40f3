"""The seeds' formulas (000-P7 L324, L326, L328; IND-15 … IND-17). Whole numbers until the last division. No ORM."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Figure:
    """top ÷ bottom × multiplier. top or bottom None, or bottom 0: it cannot be computed, which is not zero.

    limit: the target; at_most says on which side of it is good. why: what is missing, when something is.
    """

    code: str
    title: str
    top: int | None
    bottom: int | None
    multiplier: int
    unit: str
    limit: int | None = None
    at_most: bool = True
    why: str = ""

    @property
    def value(self) -> Decimal | None:
        if self.top is None or not self.bottom:
            return None
        return Decimal(self.top * self.multiplier) / Decimal(self.bottom)

    @property
    def met(self) -> bool | None:
        """By whole numbers, so that a rounded figure never passes what the exact one misses."""
        if self.top is None or not self.bottom or self.limit is None:
            return None
        exact, limit = self.top * self.multiplier, self.limit * self.bottom
        return exact <= limit if self.at_most else exact >= limit

    @property
    def state(self) -> str:
        return {True: "ok", False: "bad", None: "none"}[self.met]

    def shown(self, digits: int = 2) -> str:
        if self.value is None:
            return "不能计算"
        return f"{self.value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)}"


def incidence(cases: int, person_times: int | None, *, why: str = "") -> Figure:
    """年发生率: complaints and disputes of the year ÷ outpatient and inpatient person-times, per 10,000; ≤ 2."""
    return Figure("incidence", "投诉纠纷年发生率", cases, person_times, 10_000, "/万人次", 2, why=why)


def compensation_share(paid_fen: int, income_fen: int | None, *, why: str = "") -> Figure:
    """赔偿占比: compensation of the year ÷ medical income, in 万元 per 亿元; ≤ 20 (= 0.2 %)."""
    return Figure("compensation", "赔偿占医疗收入", paid_fen, income_fen, 10_000, "万元/亿元", 20, why=why)


def closure(closed: int, received: int) -> Figure:
    """年结案率: of what was received in the year, the part that is closed; ≥ 90 %."""
    why = "" if received else "这一年没有受理的案件。"
    return Figure("closure", "年结案率", closed, received, 100, "%", 90, at_most=False, why=why)


def communication_share(communication: int, judged: int) -> Figure:
    """Of the disputes whose main cause is judged, the part with poor communication (CMP-22)."""
    why = "" if judged else "还没有定过主要原因的纠纷。"
    return Figure("communication", "沟通不良所占比例", communication, judged, 100, "%", why=why)
