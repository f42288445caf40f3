"""The audit of keeping (履职覆盖): sentences with the turns of their duties, as they stood on a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from zhikong.foundation.duties import asof
from zhikong.foundation.duties.asof import Standing
from zhikong.foundation.duties.periods import Period
from zhikong.hospital.functions.plans import rules_coverage as rules
from zhikong.hospital.functions.plans.queries.coverage.sentences import sentences
from zhikong.hospital.functions.plans.rules_coverage import Document, Line, Sentence, Share, State


@dataclass(frozen=True)
class Asked:
    """What is audited. on: as of the end of this day; document, place: keys, '' for all."""

    period: Period
    on: date
    document: str = ""
    place: str = ""


@dataclass
class Audit:
    """The answer. lines: in the order of the documents; standings: each turn of the period once."""

    asked: Asked
    documents: list[Document]
    lines: list[Line]
    places: list[Share]
    trend: list[Share]
    standings: list[Standing] = field(default_factory=list)

    @property
    def states(self) -> list[tuple[State, str, str, int]]:
        """Each state with kind, word and number of sentences, in the order of the pages."""
        found = Counter(line.state for line in self.lines)
        return [(state, *words, found[state]) for state, words in rules.WORDS.items()]

    @property
    def total(self) -> Share:
        return rules.share_of("", "", self.standings)

    def of_document(self, key: str) -> list[Line]:
        return [line for line in self.lines if line.sentence.document.key == key]

    def shares(self) -> list[tuple[Document, Share, Counter]]:
        """Each document with its share and the states of its sentences."""
        found = []
        for document in self.documents:
            lines = self.of_document(document.key)
            turns = rules.unique(one for line in lines for one in line.standings)
            if lines:
                found.append(
                    (
                        document,
                        rules.share_of(document.key, document.title, turns),
                        Counter(line.state for line in lines),
                    )
                )
        return found


def moment_of(on: date, *, now: datetime) -> datetime:
    """The end of a day in the hospital, but never later than now."""
    end = timezone.make_aware(datetime.combine(on + timedelta(days=1), time.min))
    return min(end - timedelta(microseconds=1), now)


def audit(asked: Asked, *, now: datetime) -> Audit:
    """Audit a period as of a day, within the reader's scope. Asked again for a past day it gives the same."""
    known = sentences(on=asked.on)
    documents = list({one.document.key: one.document for one in known}.values())
    chosen = [one for one in known if asked.document in ("", one.document.key)]
    months = rules.months_to(min(asked.period.end, asked.on))
    turns = asof.standings(
        start=min(months[0].start, asked.period.start),
        end=max(months[-1].end, asked.period.end),
        moment=moment_of(asked.on, now=now),
        today=asked.on,
        duty_ids={duty_id for one in chosen for duty_id in one.duty_ids},
    )
    here = [one for one in turns if asked.place in ("", one.occurrence.place)]
    inside = [one for one in here if one.due_on in asked.period]
    return Audit(
        asked,
        documents,
        lines=_lines(chosen, inside, placed=bool(asked.place)),
        places=rules.by_place(one for one in turns if one.due_on in asked.period),
        trend=rules.by_month(here, months),
        standings=inside,
    )


def _lines(chosen: Iterable[Sentence], turns: list[Standing], *, placed: bool) -> list[Line]:
    by_duty: dict[str, list[Standing]] = {}
    for one in turns:
        by_duty.setdefault(one.occurrence.duty_id, []).append(one)
    lines = [
        Line(one, [turn for duty_id in one.duty_ids for turn in by_duty.get(duty_id, [])]) for one in chosen
    ]
    return [line for line in lines if line.standings] if placed else lines
