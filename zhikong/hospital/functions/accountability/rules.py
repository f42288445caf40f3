"""When a file on somebody's responsibility may be opened, concluded and appealed. Pure.

X-09: what an adverse-event report says creates no penalty. A file stands on its own grounds, its own evidence and its
own opening decision. The seeds give no days for hearing and appeal: those below are the product's defaults.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

STATEMENT_DAYS = 7
APPEAL_DAYS = 30
POINTS_LAST_MONTHS = 12
MOST_POINTS = 12
LEAST_WORDS = 10


class State(StrEnum):
    PROPOSED = "proposed"
    REFUSED = "refused"
    OPENED = "opened"
    HEARD = "heard"
    CONCLUDED = "concluded"
    APPEALED = "appealed"
    FINAL = "final"


class Source(StrEnum):
    """What a file may stand on. There is no entry for an adverse-event report, and there will be none."""

    INSPECTION = "inspection"
    COMPLAINT = "complaint"
    COURT = "court"
    AUDIT = "audit"


class Outcome(StrEnum):
    NONE = "none"
    REMINDER = "reminder"
    CRITICISM = "criticism"
    DISCIPLINE = "discipline"


OPEN_STATES = frozenset({State.PROPOSED, State.OPENED, State.HEARD, State.CONCLUDED, State.APPEALED})
ANSWERED = frozenset({State.CONCLUDED, State.APPEALED, State.FINAL})
REPORT_WORDS = re.compile(r"/incidents?/|不良事件(系统)?(的)?报告|报告人|上报人|BL-[0-9A-F]{12}")


def cites_report(*texts: str) -> bool:
    """Whether grounds or evidence point at an adverse-event report, by its address, its number or its words."""
    return any(REPORT_WORDS.search(text) for text in texts)


def declined(invited_on: date, today: date) -> bool:
    """The days to be heard are over and nothing was said."""
    return today > invited_on + timedelta(days=STATEMENT_DAYS)


def may_appeal(concluded_on: date, today: date) -> bool:
    return today <= concluded_on + timedelta(days=APPEAL_DAYS)


def expires(given_on: date, months: int = POINTS_LAST_MONTHS) -> date:
    """The first day on which points count no more."""
    year, month = divmod(given_on.year * 12 + given_on.month - 1 + months, 12)
    for day in (given_on.day, 30, 29, 28):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError(given_on)


@dataclass(frozen=True)
class Entry:
    """A line of the points ledger."""

    points: int
    given_on: date
    expires_on: date
    revoked: bool = False


def balance(entries, today: date) -> int:
    """Points that count today: given, not expired, not taken back by an appeal."""
    return sum(e.points for e in entries if e.given_on <= today < e.expires_on and not e.revoked)
