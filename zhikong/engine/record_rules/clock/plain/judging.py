"""The obligations of one clock rule in one encounter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from zhikong.engine.record_rules.clock.context import Context, workday_due
from zhikong.engine.record_rules.clock.duty import FAILS, Duty, Row, Why
from zhikong.engine.record_rules.clock.limits import Limit, Unit
from zhikong.engine.record_rules.clock.model import ClockRule, Demand, Selection
from zhikong.engine.record_rules.clock.moments import DAY, end_of_day
from zhikong.engine.record_rules.clock.plain.anchors import Anchor, anchors
from zhikong.engine.record_rules.clock.plain.states import Period, due_after, inside, outside, states
from zhikong.engine.record_rules.clock.plain.world import Encounter, Happening
from zhikong.engine.record_rules.clock.shifts import Shifts

AHEAD = DAY
"""Without a word about warning, what must precede is announced a day before."""


def duties(
    rule: ClockRule,
    limit: Limit | None,
    encounter: Encounter,
    context: Context,
    shifts: Shifts,
    blind: frozenset[int] = frozenset(),
) -> list[Duty]:
    """Every obligation, by anchor. blind: numbers of the excuses (`unless`) that cannot be known from the data."""
    judge = _Judge(rule, limit, encounter, context, shifts, blind)
    return [duty for anchor in anchors(rule, encounter) for duty in judge.of(anchor)]


@dataclass
class _Judge:
    rule: ClockRule
    limit: Limit | None
    encounter: Encounter
    context: Context
    shifts: Shifts
    blind: frozenset[int]
    responses: list[Happening] = field(init=False)
    stopped: Sequence[Period] = ()
    doubtful: bool = False

    def __post_init__(self) -> None:
        found = self.encounter.happenings(self.rule.then)
        self.responses = [one for one in found if one.at is None or one.at <= self.now]
        if self.rule.suspend is not None:
            held = states(self.encounter, self.rule.suspend)
            self.stopped, self.doubtful = held.lasting, held.doubtful

    @property
    def now(self) -> int:
        return self.encounter.now

    def of(self, anchor: Anchor) -> Iterator[Duty]:
        """The obligations that one anchor brings. Of an anchor in doubt only what would fail is told, as unknown."""
        if anchor.at is None and self.rule.demand is not Demand.REQUIRED:
            yield Duty(Why.ANCHOR_TIME, anchor.row, None)
            return
        for duty in self._of(anchor):
            doubt = anchor.doubt or (Why.STATES if self.doubtful else None)
            if doubt is None:
                yield duty
            elif duty.why in FAILS:
                yield _but(duty, doubt)
            elif anchor.doubt is None:
                yield duty

    def _of(self, anchor: Anchor) -> Iterator[Duty]:
        match self.rule.demand:
            case Demand.REQUIRED:
                yield self._required(anchor)
            case Demand.NEVER:
                yield self._never(anchor)
            case Demand.EVERY:
                yield from self._every(anchor)
            case _:
                yield self._once(anchor)

    # --- who answers ---

    def _matching(self, anchor: Anchor) -> list[tuple[Happening, Why | None]]:
        """The responses that can be meant, and why it is not certain that they are."""
        found: list[tuple[Happening, Why | None]] = []
        for one in self.responses:
            doubt = None if one.sure else Why.CONDITION
            if self.rule.same_about:
                if one.about is None or anchor.about is None:
                    doubt = doubt or Why.ABOUT
                elif one.about != anchor.about:
                    continue
            found.append((one, doubt))
        return found

    def _excused(self, anchor: Anchor, start: int | None, end: int | None) -> Why | None:
        """EXCUSED when something of `unless` lies in start … end, a doubt when it might; None bounds are open."""
        found: Why | None = None
        for number, selection in enumerate(self.rule.unless):
            if number in self.blind:
                found = found or Why.UNLESS
                continue
            for one in self.encounter.happenings(selection):
                sure = self._counts(one, selection, anchor, start, end)
                if sure:
                    return Why.EXCUSED
                if sure is None:
                    found = found or Why.UNLESS
        return found

    def _counts(self, one: Happening, selection: Selection, anchor: Anchor, start, end) -> bool | None:
        if not one.happened or (one.at is not None and one.at > self.now):
            return False
        known = one.sure
        if selection.same_about:
            if one.about is None or anchor.about is None:
                known = False
            elif one.about != anchor.about:
                return False
        if not selection.anywhere and (start, end) != (None, None):
            if one.at is None:
                known = False
            elif (start is not None and one.at < start) or (end is not None and one.at > end):
                return False
        return True if known else None

    # --- the demands ---

    def _once(self, anchor: Anchor) -> Duty:
        """`within` and `before`."""
        rule, since = self.rule, anchor.at
        assert since is not None
        due, stopped = self._due(since)
        if due is None:
            return Duty(Why.SHIFT, anchor.row, since)
        before = rule.demand is Demand.BEFORE
        if before:
            low = None if rule.not_before is None else since - rule.not_before
        else:
            low = since + (rule.not_before or 0)
        warn = self._warn(since, due)
        found = self._matching(anchor)
        timely = [r for r, doubt in found if doubt is None and r.at is not None and _between(r.at, low, due)]
        if len(timely) >= rule.times:
            hit = timely[rule.times - 1]
            return Duty(Why.DONE, anchor.row, since, due, warn, hit.at, hit.row, False, stopped)
        why = self._excused(anchor, None if before else since, since if before else due)
        if why is not Why.EXCUSED:
            why = self._doubt(found, low, due, len(timely)) or (Why.PENDING if due >= self.now else why)
        if why is not None:
            return Duty(why, anchor.row, since, due, warn, stopped=stopped)
        return self._failed(anchor.row, since, due, warn, stopped, found, low)

    def _failed(self, row: Row, since, due, warn, stopped, found, low) -> Duty:
        after = [
            r for r, doubt in found if doubt is None and r.at is not None and (low is None or r.at >= low)
        ]
        if len(after) >= self.rule.times:
            hit = after[self.rule.times - 1]
            return Duty(Why.LATE, row, since, due, warn, hit.at, hit.row, False, stopped)
        return self._absent(row, since, due, warn, stopped, found)

    def _absent(self, row: Row, since, due, warn, stopped, found, linked: bool = False) -> Duty:
        drafts = [r for r, doubt in found if doubt is None and not r.happened]
        if drafts:
            return Duty(Why.UNSIGNED, row, since, due, warn, None, drafts[0].row, linked, stopped)
        return Duty(Why.MISSING, row, since, due, warn, None, None, linked, stopped)

    def _doubt(self, found, low: int | None, high: int | None, sure: int) -> Why | None:
        """Why it cannot be said that too few responses lie in low … high, when those in doubt would be enough."""
        doubts = []
        for one, doubt in found:
            if one.happened and one.at is None:
                doubts.append(Why.RESPONSE_TIME)
            elif doubt is not None and one.at is not None and _between(one.at, low, high):
                doubts.append(doubt)
        return min(doubts) if doubts and sure + len(doubts) >= self.rule.times else None

    def _required(self, anchor: Anchor) -> Duty:
        found = self._matching(anchor)
        done = [r for r, doubt in found if doubt is None and r.happened]
        if len(done) >= self.rule.times:
            hit = done[self.rule.times - 1]
            return Duty(Why.DONE, anchor.row, anchor.at, None, None, hit.at, hit.row)
        why = self._excused(anchor, None, None)
        if why is not Why.EXCUSED:
            doubts = [doubt for r, doubt in found if doubt is not None and r.happened]
            enough = doubts and len(done) + len(doubts) >= self.rule.times
            waits = Why.PENDING if self.encounter.discharged is None else why
            why = min(doubts) if enough else waits
        if why is not None:
            return Duty(why, anchor.row, anchor.at)
        return self._absent(anchor.row, anchor.at, None, None, 0, found)

    def _never(self, anchor: Anchor) -> Duty:
        since = anchor.at
        assert since is not None
        end = self._end(anchor, None)
        found = self._matching(anchor)
        hits = [r for r, doubt in found if doubt is None and r.at is not None and _between(r.at, since, end)]
        if not hits:
            doubts = [
                Why.RESPONSE_TIME if r.at is None else doubt
                for r, doubt in found
                if r.happened and (r.at is None or (doubt is not None and _between(r.at, since, end)))
            ]
            return Duty(min(filter(None, doubts), default=Why.NEVER), anchor.row, since)
        why = self._excused(anchor, None, None)
        if why is not None:
            return Duty(why, anchor.row, since)
        return Duty(Why.HAPPENED, anchor.row, since, None, None, hits[0].at, hits[0].row)

    def _every(self, anchor: Anchor) -> Iterator[Duty]:
        for row, start, end, running in self._segments(anchor):
            yield from self._chain(anchor, row, start, end, running)

    def _segments(self, anchor: Anchor) -> Iterator[tuple[Row, int, int, bool]]:
        """Where the clock runs: who starts it, from, to, and whether the end is only now."""
        since, stay_end = anchor.at, self.encounter.end
        assert since is not None
        end = self._end(anchor, stay_end)
        assert end is not None
        if end < since:
            return
        running = self.encounter.discharged is None and end >= stay_end
        for a, b in self._running(since, min(end, stay_end)):
            row = anchor.row
            for one in self._restarts(a, b):
                yield row, a, one.at or a, False
                row, a = one.row, one.at or a
            yield row, a, b, running and b == stay_end

    def _running(self, start: int, end: int) -> list[tuple[int, int]]:
        parts = [(start, end)]
        for selection, cut in ((self.rule.during, inside), (self.rule.not_during, outside)):
            if selection is not None:
                held = states(self.encounter, selection)
                self.doubtful = self.doubtful or held.doubtful
                parts = [piece for a, b in parts for piece in cut(a, b, held.lasting)]
        return parts

    def _restarts(self, start: int, end: int) -> list[Happening]:
        if self.rule.restart is None:
            return []
        found = self.encounter.happenings(self.rule.restart)
        inner = [r for r in found if r.sure and r.at is not None and start < r.at < end]
        return list({r.at: r for r in reversed(inner)}.values())[::-1]

    def _end(self, anchor: Anchor, last: int | None) -> int | None:
        """When the demand ends: the state, the first event of `until` after the anchor, the duration, or `last`."""
        since = anchor.at
        assert since is not None
        ends = [anchor.until] if anchor.until is not None else []
        if self.rule.until is not None:
            found = self.encounter.happenings(self.rule.until)
            ends += [r.at for r in found if r.sure and r.at is not None and since < r.at <= self.now][:1]
        if self.rule.for_limit is not None:
            ends.append(self._counted(self.rule.for_limit, since))
        ends += [last] if last is not None else []
        return min(ends) if ends else None

    def _chain(self, anchor: Anchor, row: Row, start: int, end: int, running: bool) -> Iterator[Duty]:
        found = self._matching(anchor)
        known = [r for r, doubt in found if doubt is None and r.at is not None and start <= r.at <= end]
        points = [(row, start), *((r.row, r.at or start) for r in known)]
        for place, (source, since) in enumerate(points):
            due, stopped = self._due(since)
            assert due is not None
            hit = points[place + self.rule.times] if place + self.rule.times < len(points) else None
            later = sum(1 for _, at in points[place + 1 :] if at <= due)
            link = Duty(Why.ENDED, source, since, due, self._warn(since, due), None, None, place > 0, stopped)
            yield self._link(anchor, found, link, hit, later, end, running)

    def _link(self, anchor: Anchor, found, link: Duty, hit, later: int, end: int, running: bool) -> Duty:
        """One gap of a chain. hit: the response that ends it; later: how many responses lie in it."""
        since, due = link.since, link.due
        assert since is not None
        assert due is not None
        if hit is not None and hit[1] <= due:
            return replace(link, why=Why.DONE, at=hit[1], subject=hit[0])
        if hit is None and end <= due:
            return replace(link, why=Why.PENDING if running else Why.ENDED)
        why = self._excused(anchor, since, due)
        if why is not Why.EXCUSED:
            why = self._doubt(found, since, due, later) or why
        if why is not None:
            return replace(link, why=why)
        if hit is not None:
            return replace(link, why=Why.LATE, at=hit[1], subject=hit[0])
        return self._absent(link.anchor, since, due, link.warn, link.stopped, found, link.linked)

    # --- counting time ---

    def _due(self, since: int) -> tuple[int | None, int]:
        """Until when, and for how long the clock stands still on the way."""
        limit = self.limit
        assert limit is not None
        if self.rule.demand is Demand.BEFORE:
            return since - limit.amount, 0
        if limit.unit is Unit.SHIFT:
            return self.shifts.end(self.encounter.stay["stay_id"], since), 0
        if limit.unit is Unit.MINUTES:
            due = due_after(since, limit.amount, self.stopped)
            return due, due - since - limit.amount
        return self._counted(limit, since), 0

    def _counted(self, limit: Limit, since: int) -> int:
        match limit.unit:
            case Unit.WORKDAYS:
                return workday_due(self.context, since, limit.amount)
            case Unit.CALENDAR_DAYS:
                return end_of_day(since // DAY + limit.amount)
            case _:
                return since + limit.amount

    def _warn(self, since: int, due: int) -> int:
        if self.rule.warn is not None:
            return due - self.rule.warn
        if self.rule.demand is Demand.BEFORE:
            return due - AHEAD
        return since + (due - since) * 3 // 4


def _between(at: int, low: int | None, high: int | None) -> bool:
    return (low is None or at >= low) and (high is None or at <= high)


def _but(duty: Duty, why: Why) -> Duty:
    return replace(duty, why=why, at=None, subject=None)
