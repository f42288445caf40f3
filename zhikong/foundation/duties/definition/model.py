"""What a duty says: who does what how often, by when, and what shows that it was done."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from zhikong.foundation.duties.periods import Every


class Body(StrEnum):
    """Whose duty it is: one occurrence per department, per committee, or one for the hospital."""

    DEPARTMENT = "department"
    COMMITTEE = "committee"
    HOSPITAL = "hospital"


BODY_WORDS = {Body.DEPARTMENT: "科室", Body.COMMITTEE: "委员会", Body.HOSPITAL: "全院"}


class DueBy(StrEnum):
    """What a due date counts."""

    WORKING_DAY = "working_day"
    DAY = "day"
    WEEKDAY = "weekday"


class Shift(StrEnum):
    """Where a due date moves that falls on a day off."""

    LATER = "later"
    EARLIER = "earlier"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class DueRule:
    """By when: the n-th working day (negative: from the end), a day of a month, or a day of the week (1 Monday).

    month: which month of the period a ``day`` is in, from 1. following: counted in the period after this one.
    """

    by: DueBy
    number: int
    month: int = 1
    following: bool = False
    shift: Shift = Shift.LATER


@dataclass(frozen=True, slots=True)
class Who:
    """The person: holder of a role in the department, secretary of the committee, holder of an office's role."""

    role: str
    department_kinds: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()  # functional departments by function; empty: all of the kinds
    codes: tuple[str, ...] = ()  # only departments with these codes (a hospital's own duty)
    committee: str = ""


BY_HAND = {
    "meeting": "会议记录",
    "decision": "决议",
    "notice": "通知、通报",
    "training": "学习记录、签到",
    "report": "总结、报告",
    "document": "文件、制度",
}


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """What shows that it was done. kind: form, flow, fact (then ``ref`` names which), or hand (then ``hands``)."""

    kind: str
    ref: str = ""
    hands: tuple[str, ...] = tuple(BY_HAND)


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the reminders: so many working days before (negative) or after the due date, to whom."""

    days: int
    to: str = "owner"


LADDER = (Rung(-1), Rung(1, "department_head"), Rung(3, "quality_office"))


@dataclass(frozen=True, slots=True)
class Source:
    """Where the duty is written. mark: verified, paraphrased or memory."""

    document: str
    clause: str
    mark: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.document, self.clause) if part)


@dataclass(frozen=True, slots=True)
class Duty:
    """One recurring duty, read and checked. times: how many proofs a period needs.

    preset: only offered; it comes round once a plan that asks for it is adopted.
    """

    id: str
    version: int
    title: str
    titles: dict[str, str] = field(compare=False)
    purpose: str
    source: Source
    owner: str
    checker: str
    next_review: date
    body: Body
    who: Who
    every: Every
    due: DueRule
    evidence: EvidenceRule
    says: str
    times: int = 1
    remind: tuple[Rung, ...] = LADDER
    order: int = 100
    preset: bool = False
