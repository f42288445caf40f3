"""How often charts of pure noise alarm: the published table (20,000 runs each, limits from the same points).

A threshold that is off by one doubles or halves these shares. The fixed rule sets of others (8/6, IHI and so on) are
built from the same primitives, so that these are known to be right beyond our own sets.
"""

import os

import numpy as np
import pytest

from zhikong.engine.stats import judge_many, runs
from zhikong.engine.stats.runs import completed, last

RUNS = 20_000 if os.environ.get("ZHIKONG_TEST_ALL") else 5_000
PUBLISHED = {
    "3 sigma": (0.05, 0.10, 0.13, 0.20),
    "anhoej, median": (0.01, 0.03, 0.04, 0.05),
    "3 sigma and anhoej": (0.06, 0.12, 0.16, 0.23),
    "run 8/6": (0.02, 0.08, 0.14, 0.26),
    "3 sigma and shift 8": (0.05, 0.12, 0.18, 0.31),
    "8/6/2of3": (0.08, 0.19, 0.28, 0.45),
    "weco": (0.08, 0.19, 0.28, 0.46),
    "nhs, weco form of 2of3": (0.08, 0.20, 0.30, 0.49),
    "nelson": (0.09, 0.23, 0.35, 0.55),
    "7/5/2of3": (0.17, 0.37, 0.54, 0.75),
    "ihi 6/5": (0.15, 0.39, 0.58, 0.80),
}


def line_sides(y, centre):
    return runs.sides(y, np.broadcast_to(centre[:, None], y.shape))


def shares(y):
    """The share of series with at least one signal, for every rule set of the table."""
    batch = judge_many(y, rules=("shewhart", "anhoej", "weco", "nelson"))
    found = {name: flags.any(axis=-1) if flags.ndim == 2 else flags for name, flags in batch.signals.items()}
    beyond, side, step = found["shewhart"], line_sides(y, batch.mean), runs.steps(y)
    z = 3 * (y - batch.mean[:, None]) / (batch.upper - batch.mean)[:, None]

    def shift(width):
        return (completed(side == 1, width) | completed(side == -1, width)).any(axis=1)

    def trend(width):
        return (completed(step == 1, width - 1) | completed(step == -1, width - 1)).any(axis=1)

    two = (((z > 2) & (last(z > 2, 3) >= 2)) | ((z < -2) & (last(z < -2, 3) >= 2))).any(axis=1)
    return {
        "3 sigma": beyond,
        "anhoej, median": runs.unusual(line_sides(y, np.median(y, axis=1))),
        "3 sigma and anhoej": beyond | found["anhoej"],
        "run 8/6": shift(8) | trend(6),
        "3 sigma and shift 8": beyond | shift(8),
        "8/6/2of3": beyond | shift(8) | trend(6) | two,
        "weco": found["weco"],
        "nhs, weco form of 2of3": beyond | shift(7) | trend(7) | two,
        "nelson": found["nelson"],
        "7/5/2of3": beyond | shift(7) | trend(5) | two,
        "ihi 6/5": shift(6) | trend(5),
    }


@pytest.mark.parametrize(("place", "length"), list(enumerate((12, 24, 36, 60))))
def test_false_alarms_are_as_published(place, length):
    found = shares(np.random.default_rng(100 + length).normal(50, 5, (RUNS, length)))
    for name, published in PUBLISHED.items():
        error = (published[place] * (1 - published[place]) / RUNS) ** 0.5
        assert abs(found[name].mean() - published[place]) <= 3 * error + 0.005, (name, found[name].mean())


def test_the_nhs_form_of_two_of_three_alarms_no_more_than_the_other():
    y = np.random.default_rng(8).normal(50, 5, (2_000, 36))
    ours = (judge_many(y).rule > 0).any(axis=1)
    assert not (ours & ~shares(y)["nhs, weco form of 2of3"]).any()
