"""The charts and rules once more in plain Python: slow, straight from the definitions, to judge the fast ones."""

import math
from itertools import pairwise
from statistics import median


def known(values):
    return [value for value in values if value is not None]


def mean(values):
    return math.fsum(values) / len(values) if values else None


def ranges(values):
    return [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]


def screened(found, factor=3.267):
    """The mean range after dropping, once, ranges of `factor` times the mean or more."""
    if not found:
        return None
    kept = [r for r in found if r < factor * mean(found)]
    if mean(found) > 0 and not any(kept):
        return mean(found)
    return mean(kept)


def individuals(values, screen=True, factor=3 / 1.128):
    """(centre, lower, upper); None where there is none."""
    centre = mean(known(values))
    spread = screened(ranges(values)) if screen else mean(ranges(values))
    if centre is None or spread is None:
        return centre, None, None
    return centre, centre - factor * spread, centre + factor * spread


def stuck(values):
    found = ranges(values)
    return bool(found) and mean(found) > 0 and not any(r < 3.267 * mean(found) and r > 0 for r in found)


def side(value, line):
    return 0 if value is None else (value > line) - (value < line)


def anhoej(values, line):
    """Signal of the longest run or the crossings, points on the line skipped."""
    useful = [s for s in (side(value, line) for value in values) if s]
    if not useful:
        return False
    longest = run = 1
    for a, b in pairwise(useful):
        run = run + 1 if a == b else 1
        longest = max(longest, run)
    crossings = sum(a != b for a, b in pairwise(useful))
    trials, total, fewest = len(useful) - 1, 0, 0
    while True:
        total += math.comb(trials, fewest)
        if 20 * total >= 2**trials:
            break
        fewest += 1
    return longest > round(math.log2(len(useful)) + 3) or crossings < fewest


def windows(length, width):
    """(places, last place) of every window of this width."""
    return [range(end - width + 1, end + 1) for end in range(width - 1, length)]


class Zones:
    """Where each point lies: its side of the line, and how many sigma lines it has passed (0 to 3)."""

    def __init__(self, values, line, centre, sigma):
        self.values = values
        self.side = [side(value, line) for value in values]
        self.past = [0 if v is None or not sigma else self._past(v, centre, sigma) for v in values]
        self.way = [0 if v is None else side(v, centre) for v in values]

    @staticmethod
    def _past(value, centre, sigma):
        return sum(value > centre + k * sigma or value < centre - k * sigma for k in (1, 2, 3))


def some_of(zones, line, hits, width):
    """Ends of windows in which `hits` points, the last among them, lie past a line on one side."""
    return {
        window[-1]
        for end in range(len(zones.values))
        for way in (1, -1)
        for window in [range(max(0, end - width + 1), end + 1)]
        if zones.past[end] >= line
        and zones.way[end] == way
        and sum(zones.past[k] >= line and zones.way[k] == way for k in window) >= hits
    }


def one_side(zones, width):
    return {
        window[-1]
        for window in windows(len(zones.values), width)
        if abs(sum(zones.side[k] for k in window)) == width
    }


def weco(zones):
    beyond = {k for k, past in enumerate(zones.past) if past >= 3}
    return beyond | some_of(zones, 2, 2, 3) | some_of(zones, 1, 4, 5) | one_side(zones, 8)


def nelson(zones, sigma):
    values, length = zones.values, len(zones.values)
    found = {k for k, past in enumerate(zones.past) if past >= 3}
    found |= some_of(zones, 2, 2, 3) | some_of(zones, 1, 4, 5) | one_side(zones, 9)
    for window in windows(length, 6):
        steps = [step(values[a], values[b]) for a, b in pairwise(window)]
        if abs(sum(steps)) == 5:
            found.add(window[-1])
    for window in windows(length, 14):
        steps = [step(values[a], values[b]) for a, b in pairwise(window)]
        if all(a * b == -1 for a, b in pairwise(steps)):
            found.add(window[-1])
    for window in windows(length, 15):
        if sigma and all(values[k] is not None and zones.past[k] == 0 for k in window):
            found.add(window[-1])
    for window in windows(length, 8):
        if all(values[k] is not None and zones.past[k] >= 1 for k in window):
            found.add(window[-1])
    return found


def step(a, b):
    return 0 if a is None or b is None else (b > a) - (b < a)


def nhs(values, line, centre, half):
    """The class of each point in the order of precedence of Making Data Count."""
    length = len(values)
    sides = [side(value, line) for value in values]
    outside = [half is not None and v is not None and abs_past(v, centre, half) for v in values]
    near = [
        half is not None and v is not None and not outside[k] and abs_past(v, centre, half * 2 / 3)
        for k, v in enumerate(values)
    ]
    trend, shift, two = set(), set(), set()
    for window in windows(length, 7):
        if abs(sum(step(values[a], values[b]) for a, b in pairwise(window))) == 6:
            trend |= set(window)
        if abs(sum(sides[k] for k in window)) == 7:
            shift |= set(window)
    for window in windows(length, 3):
        if abs(sum(sides[k] for k in window)) == 3 and sum(near[k] for k in window) >= 2:
            two |= {k for k in window if near[k]}
    return [classed(k, values, sides, centre, outside, trend, two, shift) for k in range(length)]


def abs_past(value, centre, half):
    return value > centre + half or value < centre - half


def classed(k, values, sides, centre, outside, trend, two, shift):
    if outside[k]:
        return "above_limit" if values[k] > centre else "below_limit"
    if k in trend:
        ahead = k + 1 in trend
        rising = step(values[k], values[k + 1]) if ahead else step(values[k - 1], values[k])
        return "trend_up" if rising == 1 else "trend_down"
    for name, found in (("near", two), ("shift", shift)):
        if k in found:
            words = {"near": ("near_upper", "near_lower"), "shift": ("shift_up", "shift_down")}[name]
            return words[0] if sides[k] > 0 else words[1]
    return "none"


def without_usual(values):
    """In a stuck series the points on the usual value say nothing: they count as missing."""
    usual = median(known(values))
    return [None if value == usual else value for value in values], usual
