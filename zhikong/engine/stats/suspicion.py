"""Results that look too good: scores heaped at a cut-off, saving at the last minute, sudden perfection.

Each is a question, not an answer: a test that says how rarely chance alone would give what was seen, and figures that
a person can look up. None of them says why. Few data give no answer, and it is said that there is none.

Heaping: counts just above and just below a cut-off against what the scores around them lead to expect (bunching;
Chetty R et al. Q J Econ 2011;126:749; McCrary J. J Econometrics 2008;142:698 on the same idea). Last minute: two
equal windows before the deadline. Sudden perfection: the best split of a series into before and after, Fisher's
exact test, paid for by the number of splits that were tried (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy.special import gammaln

from zhikong.engine.stats.series import Floats
from zhikong.engine.stats.tails import binomial_tails

REACH = 8.0
"""How many points around a cut-off the curve is fitted on."""
LEAST = 30
"""Scores within reach that a test of heaping needs."""
LEAST_CHANGE = 10
"""Records before and after that a comparison of rates needs."""
STEPS = 40


@dataclass(frozen=True)
class Heap:
    """What lies at one cut-off. above, below: scores within `width` on either side; expected: of those above.

    p: how often so many above would come by chance; None with too few scores. fives: the same excess at the next
    multiples of five, which tells a liking for round numbers from a liking for the grade.
    """

    cutoff: float
    width: float
    above: int
    below: int
    within: int
    expected: float | None
    p: float | None
    fives: tuple[tuple[float, int, int], ...] = ()

    @property
    def excess(self) -> float | None:
        """Scores above the cut-off beyond what was expected."""
        return None if self.expected is None else self.above - self.expected

    @property
    def round_numbers(self) -> bool:
        """The neighbours at other multiples of five are as lopsided: rather rounding than grading."""
        share = self.above / max(self.above + self.below, 1)
        others = [above / (above + below) for _cut, above, below in self.fives if above + below >= 8]
        return bool(others) and max(others) >= 0.9 * share


def heap(scores: Sequence[float], cutoff: float, *, width: float = 1.0) -> Heap:
    """Scores in [cutoff, cutoff + width) against those in [cutoff − width, cutoff).

    A smooth curve (Poisson, quadratic in the score) is fitted to the bins within REACH points that do not touch the
    cut-off, and gives the share that would lie above; given how many lie in both windows, those above are binomial.
    """
    values = np.asarray(scores, float)
    above, below = _between(values, cutoff, width), _between(values, cutoff - width, width)
    within = int(((values >= cutoff - REACH) & (values < cutoff + REACH)).sum())
    fives = tuple(
        (place, _between(values, place, width), _between(values, place - width, width))
        for place in (cutoff - 5, cutoff + 5)
        if place < 100
    )
    if within < LEAST or above + below == 0:
        return Heap(cutoff, width, above, below, within, None, None, fives)
    share = _expected_share(values, cutoff, width)
    if share is None:
        return Heap(cutoff, width, above, below, within, None, None, fives)
    total = above + below
    _low, high = binomial_tails(np.array(float(above)), np.array(float(total)), share)
    return Heap(cutoff, width, above, below, within, total * share, float(high), fives)


def _between(values: Floats, start: float, width: float) -> int:
    return int(((values >= start - 1e-9) & (values < start + width - 1e-9)).sum())


def _expected_share(values: Floats, cutoff: float, width: float) -> float | None:
    """Share of both windows that lies above, by the curve through the bins around; None where no curve fits."""
    # scores end at 100: bins beyond hold nothing because nothing can be there
    highest = min(REACH, ceil((100 - cutoff) / width) * width)
    middles = np.arange(-REACH + width / 2, highest, width)
    counts = np.array([_between(values, cutoff + m - width / 2, width) for m in middles], float)
    donut = np.abs(middles) > width * 1.5 - 1e-9
    if donut.sum() < 5 or counts[donut].sum() < LEAST / 2:
        return None
    design = np.stack([np.ones_like(middles), middles / REACH, (middles / REACH) ** 2], axis=1)
    curve = _poisson_fit(design[donut], counts[donut])
    if curve is None:
        return None
    windows = np.exp(design[np.abs(middles) < width] @ curve)
    return float(windows[-1] / windows.sum()) if len(windows) == 2 else None


def _poisson_fit(design: Floats, counts: Floats) -> Floats | None:
    """Coefficients of a log-linear Poisson model by iteratively reweighted least squares, with a slight ridge."""
    beta = np.zeros(design.shape[1])
    beta[0] = np.log(max(counts.mean(), 0.1))
    ridge = np.diag([0.0, 0.05, 0.05])
    for _step in range(STEPS):
        mean = np.exp(np.clip(design @ beta, -20, 20))
        change = np.linalg.solve(
            design.T @ (mean[:, None] * design) + ridge, design.T @ (counts - mean) - ridge @ beta
        )
        beta = beta + np.clip(change, -2, 2)
        if np.abs(change).max() < 1e-9:
            return beta
    return None


@dataclass(frozen=True)
class LastMinute:
    """Saves in the last window before a deadline against the window before it. p as in `Heap`."""

    last: int
    before: int
    all: int
    p: float | None

    @property
    def share(self) -> float | None:
        """Of all saves, those in the last window."""
        return self.last / self.all if self.all else None


def last_minute(minutes_left: Sequence[float], *, window: float = 30.0) -> LastMinute:
    """minutes_left: from each save to its own deadline, saves after it left out by the caller.

    If saving were no likelier in the very last window than in the one before, the two would share alike.
    """
    left = np.asarray(minutes_left, float)
    last, before = (
        int(((left >= 0) & (left <= window)).sum()),
        int(((left > window) & (left <= 2 * window)).sum()),
    )
    if last + before < LEAST_CHANGE:
        return LastMinute(last, before, int(left.size), None)
    _low, high = binomial_tails(np.array(float(last)), np.array(float(last + before)), 0.5)
    return LastMinute(last, before, int(left.size), float(high))


@dataclass(frozen=True)
class Sudden:
    """The best split of a series of passed of checked: at index `at` the later part begins.

    before, after: (passed, checked). p: of Fisher's exact test times the splits tried, at most 1; None with too few.
    lasting: how many later periods were perfect.
    """

    at: int | None
    before: tuple[int, int]
    after: tuple[int, int]
    p: float | None
    lasting: int

    @property
    def perfect(self) -> bool:
        """Nothing failed since the change."""
        return self.after[1] > 0 and self.after[0] == self.after[1]


def sudden(passed: Sequence[int], checked: Sequence[int]) -> Sudden:
    """Where a rate rose, if it did: periods in order, oldest first; a period with nothing checked counts for nothing."""
    good, of = np.asarray(passed, int), np.asarray(checked, int)
    splits = [
        at
        for at in range(1, len(of))
        if of[:at].sum() >= LEAST_CHANGE and of[at:].sum() >= LEAST_CHANGE and of[at]
    ]
    whole = (int(good.sum()), int(of.sum()))
    if not splits:
        return Sudden(None, whole, (0, 0), None, 0)
    tails = {at: _rise(good, of, at) for at in splits}
    at = min(tails, key=lambda place: (tails[place], place))
    before = (int(good[:at].sum()), int(of[:at].sum()))
    after = (int(good[at:].sum()), int(of[at:].sum()))
    lasting = int(((good[at:] == of[at:]) & (of[at:] > 0)).sum())
    return Sudden(at, before, after, min(1.0, tails[at] * len(splits)), lasting)


def _rise(good: np.ndarray, of: np.ndarray, at: int) -> float:
    """P(so many of the passed lie in the later part), given all margins: one side of Fisher's exact test."""
    later, population, marked = int(of[at:].sum()), int(of.sum()), int(good.sum())
    seen = int(good[at:].sum())
    k = np.arange(seen, min(later, marked) + 1)
    ways = _ways(marked, k) + _ways(population - marked, later - k)
    return float(np.exp(ways - _ways(population, np.array(later))).sum())


def _ways(of: int, taken: np.ndarray) -> Floats:
    possible = (taken >= 0) & (taken <= of)
    safe = np.clip(taken, 0, of)
    return np.where(possible, gammaln(of + 1) - gammaln(safe + 1) - gammaln(of - safe + 1), -np.inf)
