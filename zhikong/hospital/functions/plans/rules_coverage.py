"""Which sentences of a plan were kept: what a sentence asks for, how its turns stood, and the sums of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from zhikong.foundation.duties.asof import Standing, Verdict
from zhikong.foundation.duties.periods import Every, Period, period_of

MONTHS_BACK = 12


class Ending(StrEnum):
    """What became of a sentence when the plan was checked."""

    DUTY = "duty"
    OTHER = "other"
    INFORMATIONAL = "informational"
    OPEN = "open"


class State(StrEnum):
    """What a sentence shows in a period."""

    KEPT = "kept"
    PARTLY = "partly"
    NONE = "none"
    PENDING = "pending"
    NOT_NOW = "not_now"
    UNASSIGNED = "unassigned"
    OTHER = "other"
    INFORMATIONAL = "informational"
    OPEN = "open"


WORDS = {
    State.NONE: ("bad", "没有证据"),
    State.PARTLY: ("warn", "部分有证据"),
    State.KEPT: ("ok", "有证据"),
    State.PENDING: ("none", "未到期"),
    State.NOT_NOW: ("none", "本期不到期"),
    State.UNASSIGNED: ("warn", "没有布置"),
    State.OTHER: ("info", "不是周期职责"),
    State.INFORMATIONAL: ("none", "说明性文字"),
    State.OPEN: ("warn", "还没有核对"),
}
"""Kind of the tag and its word, in the order of the pages."""


@dataclass(frozen=True)
class Document:
    """A plan, or a document of the packaged content. own: read in and adopted by the hospital itself."""

    key: str
    title: str
    own: bool = False
    url: str = ""


@dataclass(frozen=True)
class Sentence:
    """One sentence. place: where it stands; duty_ids: the duties it became; became: what else, in words."""

    key: str
    document: Document
    place: str
    text: str
    ending: Ending
    duty_ids: tuple[str, ...] = ()
    became: str = ""
    url: str = ""
    assigned: bool = True


@dataclass
class Line:
    """A sentence with the turns of its duties that were due in the period."""

    sentence: Sentence
    standings: list[Standing] = field(default_factory=list)

    def count(self, verdict: Verdict) -> int:
        return sum(one.verdict is verdict for one in self.standings)

    @property
    def kept(self) -> int:
        return self.count(Verdict.KEPT)

    @property
    def missing(self) -> int:
        return self.count(Verdict.NONE)

    @property
    def judged(self) -> int:
        """Turns that count: due already, or kept before their date; not excused."""
        return self.kept + self.missing

    @property
    def state(self) -> State:
        if self.sentence.ending is not Ending.DUTY:
            return State(self.sentence.ending.value)
        if self.judged:
            return State.KEPT if not self.missing else State.PARTLY if self.kept else State.NONE
        if self.standings:
            return State.PENDING if self.count(Verdict.PENDING) else State.NOT_NOW
        return State.NOT_NOW if self.sentence.assigned else State.UNASSIGNED

    @property
    def kind(self) -> str:
        return WORDS[self.state][0]

    @property
    def word(self) -> str:
        return WORDS[self.state][1]

    @property
    def latest(self) -> Sequence:
        """The newest proofs, at most three."""
        proofs = {proof.pk: proof for one in self.standings for proof in one.proofs}
        return sorted(proofs.values(), key=lambda proof: (proof.dated_on, proof.pk), reverse=True)[:3]


@dataclass(frozen=True)
class Share:
    """How much of something was kept. name: a department, a body, a month or a document."""

    key: str
    name: str
    kept: int
    missing: int
    pending: int = 0
    excused: int = 0

    @property
    def judged(self) -> int:
        return self.kept + self.missing

    @property
    def per_cent(self) -> float | None:
        """One digit after the point; None when nothing was due."""
        return round(100 * self.kept / self.judged, 1) if self.judged else None


def share_of(key: str, name: str, standings: Iterable[Standing]) -> Share:
    verdicts = [one.verdict for one in standings]
    return Share(
        key,
        name,
        *(verdicts.count(v) for v in (Verdict.KEPT, Verdict.NONE, Verdict.PENDING, Verdict.EXCUSED)),
    )


def by_place(standings: Iterable[Standing]) -> list[Share]:
    """The hospital, its committees, then the departments; inside each the one with most missing first."""
    grouped: dict[str, list[Standing]] = {}
    for one in standings:
        grouped.setdefault(one.occurrence.place, []).append(one)
    shares = [share_of(place, found[-1].occurrence.place_name, found) for place, found in grouped.items()]
    return sorted(shares, key=lambda one: ("hbd".index(one.key[0]), -one.missing, one.name))


def by_month(standings: Iterable[Standing], months: Sequence[Period]) -> list[Share]:
    """The turns of each month by their due date."""
    standings = list(standings)
    return [share_of(month.key, month.key, (s for s in standings if s.due_on in month)) for month in months]


def months_to(end: date, count: int = MONTHS_BACK) -> list[Period]:
    """The month of a day and those before it, the oldest first."""
    found = [period_of(Every.MONTH, end)]
    while len(found) < count:
        found.insert(0, found[0].previous)
    return found


def unique(standings: Iterable[Standing]) -> list[Standing]:
    """Each turn once, also when several sentences ask for it."""
    return list({one.occurrence.pk: one for one in standings}.values())
