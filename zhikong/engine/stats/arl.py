"""Average run lengths of charts with known mean and sigma, zero state: how long until a false or a true signal.

CUSUM and EWMA by integral equation (Gauss-Legendre nodes; Crowder 1987 for EWMA, Page's equation for CUSUM with the
two sides joined as in van Dobben de Bruyn 1968); Shewhart charts with run rules by the exact Markov chain of
Champ and Woodall (Technometrics 1987;29:393). `shift` is in sigma.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.special import ndtr

from zhikong.engine.stats.series import Floats

NODES = 80


def shewhart_arl(shift: float, *, limit: float = 3.0) -> float:
    """One over the chance that a point lies beyond ± `limit`."""
    return float(1 / (ndtr(-limit - shift) + ndtr(shift - limit)))


def _density(z: Floats) -> Floats:
    return np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


def ewma_arl(shift: float, *, weight: float, width: float, nodes: int = NODES) -> float:
    """Two-sided EWMA with fixed limits ± width √(weight / (2 − weight)), started at the mean."""
    bound = width * np.sqrt(weight / (2 - weight))
    points, shares = leggauss(nodes)
    points, shares = points * bound, shares * bound
    kernel = _density((points[None, :] - (1 - weight) * points[:, None]) / weight - shift) / weight
    found = np.linalg.solve(np.eye(nodes) - kernel * shares, np.ones(nodes))
    start = _density(points / weight - shift) / weight
    return float(1 + np.sum(start * shares * found))


def one_sided_cusum_arl(shift: float, *, slack: float, decision: float, nodes: int = NODES) -> float:
    """Upper CUSUM max(0, S + z − slack) until it exceeds `decision`, started at 0."""
    points, shares = leggauss(nodes)
    points, shares = (points + 1) * decision / 2, shares * decision / 2
    places = np.concatenate(([0.0], points))  # the sum is 0 with positive chance
    kernel = np.empty((nodes + 1, nodes + 1))
    kernel[:, 0] = ndtr(slack - shift - places)
    kernel[:, 1:] = _density(points[None, :] - places[:, None] + slack - shift) * shares
    return float(np.linalg.solve(np.eye(nodes + 1) - kernel, np.ones(nodes + 1))[0])


def cusum_arl(shift: float, *, slack: float, decision: float) -> float:
    """Two-sided CUSUM: 1 / ARL = 1 / upper + 1 / lower (exact, as both sums are never above 0 together)."""
    up = one_sided_cusum_arl(shift, slack=slack, decision=decision)
    down = one_sided_cusum_arl(-shift, slack=slack, decision=decision)
    return 1 / (1 / up + 1 / down)


Window = tuple[int, ...]
RULES: dict[str, Callable[[Window], bool]] = {
    "2": lambda zones: max(sum(z >= 3 for z in zones[-3:]), sum(z <= -3 for z in zones[-3:])) >= 2,
    "3": lambda zones: max(sum(z >= 2 for z in zones[-5:]), sum(z <= -2 for z in zones[-5:])) >= 4,
    "4": lambda zones: len(zones) >= 8 and abs(sum(np.sign(zones[-8:]))) == 8,
}
"""Western Electric rules on the zones (±1 within 1 sigma, ±2, ±3 between 2 and 3) of the newest points."""
REACH = {"2": (2, 3), "3": (4, 2), "4": (7, 1)}  # points that a rule remembers, lowest zone that it looks at


def run_rules_arl(rules: str, shift: float, *, limit: float = 3.0) -> float:
    """Shewhart limits (rule 1, always) with Western Electric rules: ``"1"``, ``"12"``, ``"13"``, ``"14"``, ``"1234"``."""
    extra = [rule for rule in rules if rule != "1"]
    reach = max((REACH[rule][0] for rule in extra), default=0)
    zones, chances = _zones(extra, shift, limit)
    return _absorption(extra, reach, zones, chances)


def _zones(extra: list[str], shift: float, limit: float) -> tuple[list[int], list[float]]:
    """The zones that these rules tell apart, and the chance of each; what is missing to 1 is beyond the limit."""
    cuts = sorted({REACH[rule][1] - 1 for rule in extra} | {0})
    edges = [*cuts, limit]
    zones, chances = [], []
    for low, high in pairwise(edges):
        zones += [int(low) + 1, -int(low) - 1]
        chances += [ndtr(high - shift) - ndtr(low - shift), ndtr(-low - shift) - ndtr(-high - shift)]
    return zones, chances


def _absorption(extra: list[str], reach: int, zones: list[int], chances: list[float]) -> float:
    """Mean steps until a rule holds, from the empty window. States: the newest zones, as far as rules remember."""
    states: dict[Window, int] = {(): 0}
    moves: list[tuple[int, int, float]] = []
    waiting: list[Window] = [()]
    while waiting:
        window = waiting.pop()
        for zone, chance in zip(zones, chances, strict=True):
            seen = (*window, zone)
            if any(RULES[rule](seen) for rule in extra):
                continue
            following = _forgotten(seen[-reach:] if reach else (), extra)
            if following not in states:
                states[following] = len(states)
                waiting.append(following)
            moves.append((states[window], states[following], float(chance)))
    return _mean_steps(len(states), moves)


def _forgotten(window: Window, extra: list[str]) -> Window:
    """The window without what no rule will look at again, so that few states remain."""
    kept = []
    for back, zone in enumerate(reversed(window), start=1):
        asked = [REACH[rule][1] for rule in extra if back <= REACH[rule][0]]
        low = max((level for level in asked if level <= abs(zone)), default=0)
        kept.append(int(np.sign(zone)) * low)
    run = 0
    for zone in kept:  # only an unbroken run on one side matters further back than the zone rules reach
        if zone == 0 or np.sign(zone) != np.sign(kept[0]):
            break
        run += 1
    zone_reach = max((REACH[rule][0] for rule in extra if rule != "4"), default=0)
    kept = kept[: max(run, zone_reach)]
    while kept and kept[-1] == 0:
        kept.pop()
    return tuple(reversed(kept))


def _mean_steps(count: int, moves: list[tuple[int, int, float]]) -> float:
    from scipy.sparse import csc_matrix, identity
    from scipy.sparse.linalg import spsolve

    starts, ends, chances = zip(*moves, strict=True)
    matrix = csc_matrix((chances, (starts, ends)), shape=(count, count))
    return float(spsolve(identity(count, format="csc") - matrix, np.ones(count))[0])


__all__ = ["cusum_arl", "ewma_arl", "one_sided_cusum_arl", "run_rules_arl", "shewhart_arl"]
