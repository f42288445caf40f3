"""How occurrences stood on a moment: evidence that was there then, whatever came or went since.

The same moment asked again gives the same answer: what was withdrawn, restored, excused or redated later is undone by
the events that noted it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from zhikong.foundation.duties.models import Occurrence, OccurrenceEvent, Proof

Act = OccurrenceEvent.Act


class Verdict(StrEnum):
    """What a turn shows on a day."""

    KEPT = "kept"
    NONE = "none"
    PENDING = "pending"
    EXCUSED = "excused"


WORDS = {
    Verdict.KEPT: ("ok", "有证据"),
    Verdict.NONE: ("bad", "没有证据"),
    Verdict.PENDING: ("none", "未到期"),
    Verdict.EXCUSED: ("none", "免报"),
}


@dataclass(frozen=True)
class Standing:
    """One turn on the moment. proofs: those valid then. needed: how many it takes."""

    occurrence: Occurrence
    due_on: date
    proofs: tuple[Proof, ...]
    excused: bool
    verdict: Verdict

    @property
    def kind(self) -> str:
        return WORDS[self.verdict][0]

    @property
    def word(self) -> str:
        return WORDS[self.verdict][1]


def standings(
    *, start: date, end: date, moment: datetime, today: date, duty_ids: Iterable[str]
) -> list[Standing]:
    """The turns that were due in some days, as they stood on a moment; those opened later are left out.

    today: the local day of the moment.
    """
    rows = Occurrence.objects.filter(duty_id__in=list(duty_ids), opened_at__lte=moment)
    # a date that moved out of the span later was still in it then, so the span is asked of the date of that moment
    rows = list(rows.filter(starts_on__lte=end, starts_on__gte=date(start.year - 1, 1, 1)).order_by("pk"))
    events = _events(rows)
    proofs = _proofs(rows, moment)
    found = []
    for row in rows:
        noted = events.get(row.pk, [])
        due_on = _due(row, noted, moment)
        if start <= due_on <= end:
            valid = tuple(proof for proof in proofs.get(row.pk, []) if _valid(proof, noted, moment))
            excused = _excused(row, noted, moment)
            found.append(Standing(row, due_on, valid, excused, _verdict(row, due_on, valid, excused, today)))
    return sorted(found, key=lambda one: (one.due_on, one.occurrence.duty_id, one.occurrence.place))


def _events(rows: list[Occurrence]) -> dict[int, list[OccurrenceEvent]]:
    found: dict[int, list[OccurrenceEvent]] = defaultdict(list)
    for event in OccurrenceEvent.objects.filter(occurrence__in=[row.pk for row in rows]).order_by("at", "pk"):
        found[event.occurrence_id].append(event)
    return found


def _proofs(rows: list[Occurrence], moment: datetime) -> dict[int, list[Proof]]:
    found: dict[int, list[Proof]] = defaultdict(list)
    asked = Proof.objects.filter(occurrence__in=[row.pk for row in rows], at__lte=moment)
    for proof in asked.order_by("dated_on", "pk"):
        found[proof.occurrence_id].append(proof)
    return found


def _due(row: Occurrence, noted: list[OccurrenceEvent], moment: datetime) -> date:
    later = (one.before for one in noted if one.act == Act.REDATED and one.at > moment)
    return next(later, None) or row.due_on


def _valid(proof: Proof, noted: list[OccurrenceEvent], moment: datetime) -> bool:
    own = [one for one in noted if one.proof_id == proof.pk]
    then = [one for one in own if one.at <= moment]
    if then:
        return then[-1].act == Act.BACK
    # without a note up to the moment: the first note after it says what it changed
    if own:
        return own[0].act == Act.WITHDRAWN
    return proof.withdrawn_at is None or proof.withdrawn_at > moment


def _excused(row: Occurrence, noted: list[OccurrenceEvent], moment: datetime) -> bool:
    own = [one for one in noted if one.act in (Act.EXCUSED, Act.RESTORED)]
    then = [one for one in own if one.at <= moment]
    if then:
        return then[-1].act == Act.EXCUSED
    if own:
        return own[0].act == Act.RESTORED
    return row.excused_at is not None and row.excused_at <= moment


def _verdict(row: Occurrence, due_on: date, valid: tuple, excused: bool, today: date) -> Verdict:
    if len(valid) >= row.needed:
        return Verdict.KEPT
    if excused:
        return Verdict.EXCUSED
    return Verdict.NONE if due_on < today else Verdict.PENDING
