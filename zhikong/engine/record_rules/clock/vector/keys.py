"""Encounter and minute as one whole number, and what is asked of sorted ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
BITS = 27
OFFSET = 1 << (BITS - 1)
"""Minutes are counted from 127 years before 1970, so that they are not negative; a number holds 255 years."""
LAST = (1 << BITS) - 1
NEVER = np.int64(1) << 40
"""A minute that stands for none; greater than all."""


def key(group: Array, minute: Any) -> Array:
    """The numbers; minutes beyond what a number holds become the first or the last."""
    return (group << BITS) + np.clip(np.asarray(minute) + OFFSET, 0, LAST)


def later(keys: Array, at: Array, minutes: int) -> Array | None:
    """The numbers of the same groups so many minutes later, or None where a minute would not fit into its number."""
    if not len(at):
        return keys
    fits = int(at.min()) + min(minutes, 0) >= -OFFSET and int(at.max()) + max(minutes, 0) <= LAST - OFFSET
    return (keys + minutes if minutes else keys) if fits else None


def first(group: Array) -> Array:
    """Before every moment of the group."""
    return group << BITS


def last(group: Array) -> Array:
    """The last moment of the group."""
    return (group << BITS) + LAST


def expand(counts: Array) -> tuple[Array, Array]:
    """For counts 2, 0, 1: whose turn it is (0, 0, 2) and the how-manieth (0, 1, 0)."""
    owner = np.repeat(np.arange(len(counts)), counts)
    ends = np.cumsum(counts)
    return owner, np.arange(len(owner)) - (ends - counts)[owner]


def runs(sorted_groups: Array) -> Array:
    """Where each run of equal numbers begins."""
    if not len(sorted_groups):
        return np.zeros(0, np.int64)
    return np.flatnonzero(np.concatenate(([True], sorted_groups[1:] != sorted_groups[:-1])))
