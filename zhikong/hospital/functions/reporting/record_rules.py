"""What a monthly quality record must fulfil before it is handed in. Pure (CAP-05, WF-04, PRF-06)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Outcome(StrEnum):
    DONE = "done"
    NOT_DONE = "not_done"
    CONTINUED = "continued"


OUTCOME_NAMES = {
    Outcome.DONE: gettext_lazy("已落实"),
    Outcome.NOT_DONE: gettext_lazy("未落实"),
    Outcome.CONTINUED: gettext_lazy("继续"),
}
OUTCOME_TONES = {Outcome.DONE: "ok", Outcome.NOT_DONE: "bad", Outcome.CONTINUED: "warn"}
TWICE = 2  # months missed in a row after which the quality office is told (PRF-06)


def answer_problem(outcome: str, note: str) -> str:
    """Why an answer to a measure cannot be taken, or ''. What was not done needs its reason."""
    if outcome not in set(Outcome):
        return _("请选择已落实、未落实或继续。")
    if outcome != Outcome.DONE and len(note.strip()) < 2:
        return _("未落实或继续的措施，请写明原因。")
    return ""


def refusal(unanswered: int, signer_is_head: bool) -> str:
    """Why a record cannot be handed in, or ''. Last month's measures come first, and the head signs."""
    if unanswered:
        return _("先检查上月措施：还有 %(n)d 条没有答复（已落实、未落实或继续）。") % {"n": unanswered}
    if not signer_is_head:
        return _("科室质控活动记录由科主任签名后上报。")
    return ""


@dataclass(frozen=True)
class Planned:
    """A measure as the form's table says it."""

    text: str
    person_id: int | None
    due_on: date


def planned(rows: Iterable[Mapping[str, Any]]) -> list[Planned]:
    """The measures of the form's table; rows that are not complete are left out, and the same text counts once."""
    found: dict[str, Planned] = {}
    for row in rows:
        text, due = str(row.get("measure") or "").strip()[:500], row.get("due")
        if text and due:
            person = row.get("owner")
            found.setdefault(
                text, Planned(text, int(person) if person else None, date.fromisoformat(str(due)))
            )
    return list(found.values())


def missed_in_a_row(handed_in: Sequence[bool]) -> int:
    """How many of the newest months in a row were not handed in by their date; months oldest first."""
    count = 0
    for done in reversed(handed_in):
        if done:
            break
        count += 1
    return count
