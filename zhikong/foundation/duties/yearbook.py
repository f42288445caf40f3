"""A year of duties: what was opened and what is still to come, each with its due date and its proposed day."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.calendar.queries import working_calendar
from zhikong.foundation.calendar.rules import WorkingCalendar
from zhikong.foundation.duties import periods, queries, rules
from zhikong.foundation.duties.definition.model import Duty
from zhikong.foundation.duties.dues import due_of
from zhikong.foundation.duties.levelling import Proposed, Slot, level, working_days
from zhikong.foundation.duties.models import Occurrence, SetDay
from zhikong.foundation.duties.periods import Period, period_of
from zhikong.foundation.duties.places import People, Place, people, places
from zhikong.foundation.duties.rules import Standing, State

Key = tuple[str, str, str]
COLUMNS = (
    "pk", "duty_id", "period", "place", "place_name", "department_id", "body_id", "due_on", "due_reason", "done_on",
    "excused_at", "title", "duty_hash",
)  # fmt: skip


@dataclass(frozen=True)
class Turn:
    """One turn of a duty for one place. occurrence_id: None while it is still to come. person: who has it today."""

    duty: Duty
    period: Period
    place: Place
    due_on: date
    due_reason: str
    state: State
    occurrence_id: int | None = None
    done_on: date | None = None
    person: str = ""
    person_key: str = ""
    proposed: Proposed | None = None

    @property
    def key(self) -> Key:
        return (self.duty.id, self.period.key, self.place.key)

    @property
    def title(self) -> str:
        return self.duty.title

    @property
    def on(self) -> date:
        """The day it stands on in the calendar: done, proposed, or due."""
        if self.done_on is not None:
            return self.done_on
        return self.proposed.on if self.proposed and self.state is not State.MISSING else self.due_on

    @property
    def kind(self) -> str:
        return rules.WORDS[self.state][0]

    @property
    def word(self) -> str:
        return rules.WORDS[self.state][1]

    @property
    def is_open(self) -> bool:
        return self.state in (State.OPEN, State.SOON, State.MISSING)

    @property
    def opens(self) -> date:
        return (self.period.next if self.duty.due.following else self.period).start

    @property
    def slug(self) -> str:
        return "/".join(self.key)


@dataclass
class Year:
    """All turns that are due in a year, by due date; ``days`` are its working days."""

    year: int
    turns: list[Turn] = field(default_factory=list)
    days: list[date] = field(default_factory=list)

    def of_place(self, place: str) -> list[Turn]:
        return [turn for turn in self.turns if turn.place.key == place]

    def places(self) -> list[tuple[str, str]]:
        """Key and name of everyone who has a turn: the hospital, committees, then departments."""
        found = {turn.place.key: turn.place.name for turn in self.turns}
        return sorted(found.items(), key=lambda one: ("hbd".index(one[0][0]), int(one[0][1:] or 0)))

    def find(self, key: Key) -> Turn | None:
        return next((turn for turn in self.turns if turn.key == key), None)


def year_of(year: int, *, today: date) -> Year:
    """The year's duties in scope, levelled. The same data gives the same days."""
    calendar = working_calendar()
    known, found = people(today), {}
    opened = _opened(year, today, calendar)
    duties = [one.obj for one in queries.duties(on=today)]
    for turn in [*opened, *_to_come(duties, year, today, calendar, {turn.key for turn in opened})]:
        found[turn.key] = _with_person(turn, known)
    days = working_days(date(year - 1, 11, 1), date(year + 1, 1, 15), calendar)
    turns = _levelled(list(found.values()), days, _set_days())
    turns.sort(key=lambda one: (one.due_on, one.duty.order, one.duty.id, one.place.key))
    return Year(year, turns, [day for day in days if day.year == year])


def _opened(year: int, today: date, calendar: WorkingCalendar) -> list[Turn]:
    soon = rules.soon_from(today, calendar)
    rows = Occurrence.objects.filter(due_on__year=year).values_list(*COLUMNS, named=True)
    known: dict[str, Duty | None] = {}
    found = []
    for row in rows:
        if row.duty_hash not in known:
            known[row.duty_hash] = queries.definition(row)
        duty = known[row.duty_hash]
        if duty is None:
            continue
        standing = Standing(row.due_on, row.done_on, row.excused_at is not None)
        place = Place(row.place, row.place_name, row.department_id, row.body_id)
        found.append(
            Turn(duty, periods.parse(row.period), place, row.due_on, row.due_reason,
                 rules.state_of(standing, today, soon), row.pk, row.done_on)
        )  # fmt: skip
    return found


def _to_come(
    duties: Iterable[Duty], year: int, today: date, calendar: WorkingCalendar, known: set[Key]
) -> Iterable[Turn]:
    """Turns that nobody has opened yet: of the running period, where it is not over, and of all later ones."""
    scope = current_scope()
    for duty in duties:
        holding = [one for one in places(duty, today) if scope.covers(one.department_id)]
        for period in _periods(duty, year, today):
            due = due_of(duty, period, calendar)
            if due.on.year != year or due.on < today:
                continue
            for place in holding:
                if (duty.id, period.key, place.key) not in known:
                    yield Turn(duty, period, place, due.on, due.reason, State.OPEN)


def _periods(duty: Duty, year: int, today: date) -> Iterable[Period]:
    period = period_of(duty.every, max(date(year, 1, 1), today))
    if duty.due.following and period.previous.end >= today:
        period = period.previous
    while period.start.year <= year:
        yield period
        period = period.next


def _with_person(turn: Turn, known: People) -> Turn:
    owner = known.owner(turn.duty.who.role, turn.place)
    if owner is None:
        role = ROLES[turn.duty.who.role].title if turn.duty.who.role in ROLES else turn.duty.who.role
        return replace(turn, person=role, person_key=f"{turn.duty.who.role}@{turn.place.key}")
    return replace(turn, person=str(owner), person_key=f"u{owner.pk}")


def _set_days() -> dict[Key, date]:
    rows = SetDay.objects.filter(released_at=None).values_list("duty_id", "period", "place", "on")
    return {(duty_id, period, place): on for duty_id, period, place, on in rows}


def _levelled(turns: list[Turn], days: list[date], fixed: dict[Key, date]) -> list[Turn]:
    """What is done keeps its place among the others, so that nobody's days move because one thing was finished."""
    slots = [
        Slot(
            turn.key,
            turn.person_key,
            turn.duty.every,
            turn.opens,
            turn.due_on,
            turn.duty.order,
            fixed.get(turn.key),
        )
        for turn in turns
    ]
    found = level(slots, days)
    return [replace(turn, proposed=found[turn.key]) for turn in turns]


def loads(turns: Iterable[Turn]) -> dict[tuple[str, date], int]:
    """How many open turns each person has on each day."""
    found: dict[tuple[str, date], int] = {}
    for turn in turns:
        if turn.is_open:
            found[turn.person_key, turn.on] = found.get((turn.person_key, turn.on), 0) + 1
    return found


def week_of(day: date) -> tuple[date, date]:
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)
