"""Which of many texts are nearly the same, without comparing each with each: minhash bands first, then the exact ratio.

The signature of a text is the least of several hashes over its runs of three characters; texts that share a pair of
least hashes are candidates (two texts with half of their runs in common meet with a chance above 96 %, with two
thirds above 99.9 %), and only candidates are compared. The hashes are fixed, so results do not change between runs.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterator, Sequence

import numpy as np
from rapidfuzz.distance import Indel

BANDS = 12
RUN = 3
CLOSE, MEET = 0.95, 2
"""Texts at least so alike share most of their runs, so they meet in two bands at least (a chance above 99.9 %)."""
COMPARED = 8  # candidates that are compared, those met most often first
RECENT = 24  # candidates of one band that a text is compared with: the newest of those that came before
_DRAWN = np.random.Generator(np.random.PCG64(20260401))
_TIMES = _DRAWN.integers(1, 2**63, 2 * BANDS, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
_PLUS = _DRAWN.integers(0, 2**63, 2 * BANDS, dtype=np.uint64)


def signature(text: str) -> tuple[int, ...]:
    """One number for each band; none for a text shorter than a run."""
    marks = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if len(marks) < RUN:
        return ()
    runs = marks[:-2] * np.uint64(0x9E3779B97F4A7C15) ^ marks[1:-1] * np.uint64(0xC2B2AE3D27D4EB4F)
    runs = np.unique(runs ^ marks[2:] * np.uint64(0x165667B19E3779F9))
    least = (runs[:, None] * _TIMES + _PLUS).min(axis=0)
    return tuple((least[0::2] ^ (least[1::2] >> np.uint64(1))).tolist())


def ratio(one: str, other: str, least: float) -> float:
    """How alike two texts are, 0 to 1 (twice the common characters in order over all); 0 below `least`."""
    return Indel.normalized_similarity(one, other, score_cutoff=least)


def earlier_likes(
    texts: Sequence[str], groups: Sequence[Hashable], owners: Sequence[Hashable], least: float
) -> Iterator[tuple[int, int, float]]:
    """(place, earlier place, ratio) for each text that has one before it in its group, of another owner, at least so
    alike; the most alike of its candidates, the first of equals."""
    needed = MEET if least >= CLOSE else 1
    if least >= 1:
        yield from _same(texts, groups, owners)
        return
    bands: dict[Hashable, deque[int]] = defaultdict(lambda: deque(maxlen=RECENT))
    for place, text in enumerate(texts):
        keys = [(groups[place], band, value) for band, value in enumerate(signature(text))]
        met = Counter(other for key in keys for other in bands[key] if owners[other] != owners[place])
        likely = sorted((-times, other) for other, times in met.items() if times >= needed)[:COMPARED]
        best = max(((ratio(text, texts[o], least), -o) for _, o in likely), default=(0.0, 0))
        if best[0] >= least:
            yield place, -best[1], best[0]
        for key in keys:
            bands[key].append(place)


def _same(
    texts: Sequence[str], groups: Sequence[Hashable], owners: Sequence[Hashable]
) -> Iterator[tuple[int, int, float]]:
    """Only what is the same to the letter: the first of another owner, in one pass."""
    seen: dict[Hashable, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        before = seen[groups[place], text]
        other = next((there for there in before if owners[there] != owners[place]), None)
        if other is not None:
            yield place, other, 1.0
        if len(before) < 2 and all(owners[there] != owners[place] for there in before):
            before.append(place)
