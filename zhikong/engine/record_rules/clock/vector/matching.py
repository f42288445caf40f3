"""Which rows can answer which anchor: all of the encounter, or those about the same."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import pyarrow as pa

from zhikong.engine.record_rules.clock.duty import Why
from zhikong.engine.record_rules.clock.model import Selection
from zhikong.engine.record_rules.clock.vector.keys import LAST, OFFSET, Array, first, key, last
from zhikong.engine.record_rules.clock.vector.lanes import Found, Lane, Lanes, joined

CERTAIN = -1
LOWEST, HIGHEST = np.int64(-OFFSET), np.int64(LAST - OFFSET)


class By(IntEnum):
    """How the rows of a lane are grouped."""

    OWN = 0
    """By encounter and what they are about, or by encounter where that is not asked."""
    ENCOUNTER = 1
    """By encounter: rows that do not say what they are about might answer any anchor."""
    SILENT = 2
    """By encounter, for anchors that do not say what they are about: any row might answer them."""


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Rows that might answer, and why that is not certain."""

    lane: Lane
    why: Why
    by: By = By.OWN


@dataclass(frozen=True, slots=True)
class Matched:
    """What can answer the anchors. groups: for each anchor its group under each `By`. sure: answers by group and time.
    done: those and what happened without a time, which comes last. drafts: by group. doubts: rows with a time.
    untimed: rows without one that happened, RESPONSE_TIME where nothing else is in doubt."""

    groups: tuple[Array, Array, Array]
    sure: Lane
    done: Lane
    drafts: Lane
    doubts: tuple[Doubtful, ...]
    untimed: tuple[Doubtful, ...]

    @property
    def group(self) -> Array:
        """Each anchor's group of sure answers."""
        return self.groups[By.OWN]

    def take(self, chosen: Array) -> Matched:
        """For some of the anchors, which may come more than once."""
        own, encounter, silent = self.groups
        if own is encounter and own is silent:
            taken = own[chosen]
            return replace(self, groups=(taken, taken, taken))
        return replace(self, groups=(own[chosen], encounter[chosen], silent[chosen]))

    @property
    def unclear(self) -> bool:
        """Whether there is anything that only might answer."""
        return bool(self.doubts or self.untimed)

    def between(self, low: Array, high: Array) -> tuple[Array, Array]:
        """For each anchor the range of sure answers from `low` to `high`, both included."""
        return _range(self.sure, self.group, low, high)

    def nth(self, low: Array, times: int) -> tuple[Array, Array]:
        """For each anchor the place of its `times`-th sure answer from `low` on, and whether there is one."""
        keys = self.sure.key
        place = self.sure.since(self.group, key(self.group, low)) + (times - 1)
        if not len(keys):
            return place, np.zeros(len(place), np.bool_)
        there = (place < len(keys)) & (keys[np.minimum(place, len(keys) - 1)] <= last(self.group))
        return place, there

    def all_done(self) -> tuple[Array, Array]:
        """For each anchor the range of what was done at any time."""
        keys = first(self.done.group)
        return np.searchsorted(keys, first(self.group), "left"), np.searchsorted(
            keys, last(self.group), "right"
        )

    def doubt(self, low: Array, high: Array, times: int) -> Array:
        """For each anchor why it cannot be said that too few answers lie in low … high, or CERTAIN."""
        if not self.doubts and not self.untimed:
            return np.full(len(self.group), CERTAIN, np.int8)
        start, end = self.between(low, high)
        return self.doubt_beside(low, high, end - start, times)

    def doubt_beside(self, low: Array, high: Array, sure: Array, times: int) -> Array:
        """The same where it is known how many sure answers there are."""
        lanes = [(Why.RESPONSE_TIME, self._all(d)) for d in self.untimed]
        for d in self.doubts:
            start, end = _range(d.lane, self.groups[d.by], low, high)
            lanes.append((d.why, end - start))
        return _told(lanes, sure, times, len(self.group))

    def doubt_anytime(self, sure: Array, times: int) -> Array:
        """The same over the whole stay, where times do not matter."""
        other = [d for d in self.untimed if d.why is not Why.RESPONSE_TIME]
        return _told([(d.why, self._all(d)) for d in (*self.doubts, *other)], sure, times, len(self.group))

    def _all(self, one: Doubtful) -> Array:
        keys, group = first(one.lane.group), self.groups[one.by]
        return np.searchsorted(keys, last(group), "right") - np.searchsorted(keys, first(group), "left")

    def draft(self) -> tuple[Array, Array]:
        """For each anchor whether it has a draft, and the place of the first one."""
        keys, wanted = first(self.drafts.group), first(self.group)
        if not len(keys):
            return np.zeros(len(wanted), np.bool_), np.zeros(len(wanted), np.int64)
        place = np.minimum(np.searchsorted(keys, wanted, "left"), len(keys) - 1)
        return keys[place] == wanted, place


def _range(lane: Lane, group: Array, low: Array, high: Array) -> tuple[Array, Array]:
    start = lane.since(group, key(group, low))
    return start, np.maximum(start, lane.through(group, key(group, high)))


def _told(lanes: list[tuple[Why, Array]], sure: Array, times: int, size: int) -> Array:
    every = np.zeros(size, np.int64)
    why = np.full(size, CERTAIN, np.int8)
    for name, counts in sorted(lanes, key=lambda pair: -pair[0]):
        every += counts
        why = np.where(counts > 0, np.int8(name), why)
    return np.where((every > 0) & (sure + every >= times), why, np.int8(CERTAIN))


def matched(lanes: Lanes, anchors: Lane, selection: Selection) -> Matched:
    """What of a selection can answer the anchors."""
    found = lanes.past(selection)
    return _by_about(lanes, anchors, found) if selection.same_about else _by_encounter(anchors, found)


def _by_encounter(anchors: Lane, found: Found) -> Matched:
    own = anchors.encounter
    untimed = [(found.untimed, Why.RESPONSE_TIME), (found.untimed_maybe, Why.CONDITION)]
    done = found.sure if not len(found.untimed) else joined([found.sure, found.untimed]).sorted()
    doubts = _doubts([(found.maybe, Why.CONDITION)], By.OWN)
    return Matched((own, own, own), found.sure, done, found.drafts, doubts, _doubts(untimed, By.OWN))


def _doubts(pairs: list[tuple[Lane, Why]], by: By) -> tuple[Doubtful, ...]:
    return tuple(Doubtful(lane, why, by) for lane, why in pairs if len(lane))


def _by_about(lanes: Lanes, anchors: Lane, found: Found) -> Matched:
    """Groups are pairs of an encounter and what something is about."""
    given = (found.sure, found.maybe, found.untimed, found.untimed_maybe, found.drafts)
    every = (anchors, *given)
    encoded = pa.concat_arrays([lanes.abouts(one) for one in every]).dictionary_encode()
    codes = encoded.indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    width = np.int64(len(encoded.dictionary) + 1)
    numbers, groups = np.unique(
        np.concatenate([one.encounter for one in every]) * width + codes + 1, return_inverse=True
    )
    bounds = np.cumsum([len(one) for one in every])[:-1]
    groups_of, said = np.split(groups, bounds), [code >= 0 for code in np.split(codes, bounds)]
    own = np.where(
        said[0], groups_of[0], len(numbers)
    )  # nothing answers for certain who does not say about what
    silent = np.where(said[0], np.int64(-1), anchors.encounter)
    spoken = [
        replace(lane, group=group).take(np.flatnonzero(flags)).sorted()
        for lane, group, flags in zip(given, groups_of[1:], said[1:], strict=True)
    ]
    mute = [lane.take(np.flatnonzero(~flags)) for lane, flags in zip(given, said[1:], strict=True)]
    whole = [lane.take(np.flatnonzero(flags)) for lane, flags in zip(given, said[1:], strict=True)]
    return _assembled((own, anchors.encounter, silent), spoken, mute, whole)


def _assembled(groups, spoken: list[Lane], mute: list[Lane], whole: list[Lane]) -> Matched:
    """spoken: rows that say what they are about, by that; mute: those that do not; whole: `spoken` by encounter."""
    sure, maybe, untimed, untimed_maybe, drafts = spoken
    doubts = _doubts([(maybe, Why.CONDITION)], By.OWN)
    times = _doubts([(untimed, Why.RESPONSE_TIME), (untimed_maybe, Why.CONDITION)], By.OWN)
    for lanes, by in ((mute, By.ENCOUNTER), (whole, By.SILENT)):
        doubts += _doubts([(lanes[0], Why.ABOUT), (lanes[1], Why.CONDITION)], by)
        times += _doubts([(lanes[2], Why.ABOUT), (lanes[3], Why.CONDITION)], by)
    return Matched(groups, sure, joined([sure, untimed]).sorted(), drafts, doubts, times)


def anywhere(size: int) -> tuple[Array, Array]:
    """From the first to the last moment, so many times."""
    return np.full(size, LOWEST), np.full(size, HIGHEST)
