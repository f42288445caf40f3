"""Control charts of many series at once: CPU microseconds per series on one core.

    python benchmarks/stats.py [--series 10000] [--months 36] [--rounds 5]

Two batches: limits with Anhøj's and the NHS rules, and limits with every rule set. The first is compared with one
call a series on a sample of the same data, in alternating order; both must find the same rule for every point.
Targets for 10,000 series of 36 months: 20 µs and 50 µs of CPU a series.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from table import Row, write

from zhikong.engine.stats import judge, judge_many

FEW, MANY = ("anhoej", "nhs"), ("shewhart", "anhoej", "weco", "nelson", "nhs")
TARGETS = {FEW: 20e-6, MANY: 50e-6}  # CPU seconds per series
SAMPLE = 500


def data(series: int, months: int) -> np.ndarray:
    """Noise with gaps, shifts and constant rows, as indicators by department have them."""
    generator = np.random.default_rng(20261101)
    values = generator.normal(50, 5, (series, months))
    values[::3, months // 2 :] += 4
    values[generator.random(values.shape) < 0.03] = np.nan
    values[::11] = 100.0
    values[::22, months // 3] = 97.0
    return values


def timed(work) -> tuple[float, object]:
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def one_by_one(values: np.ndarray) -> list:
    return [judge(row) for row in values]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--series", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the rows of the common table here")
    chosen = parser.parse_args()
    values = data(chosen.series, chosen.months)
    took = {rules: [] for rules in TARGETS}
    single = []
    for _round in range(chosen.rounds):
        for rules, found in took.items():
            cpu, many = timed(lambda rules=rules: judge_many(values, factor=2.66, rules=rules))
            found.append(cpu / len(values))
        cpu, each = timed(lambda: one_by_one(values[:SAMPLE]))
        single.append(cpu / len(each))
        if any(many.rules(index) != found.rules for index, found in enumerate(each)):
            raise SystemExit("batch and single series disagree")
    report(chosen, {rules: median(found) for rules, found in took.items()}, median(single))


def report(chosen: argparse.Namespace, took: dict, single: float) -> None:
    print(f"series {chosen.series}, months {chosen.months}, rounds {chosen.rounds}")
    for rules, cpu in took.items():
        print(
            f"limits + {'+'.join(rules):40} {1e6 * cpu:8.1f} µs of CPU per series (target {1e6 * TARGETS[rules]:.0f})"
        )
    print(f"one by one, NHS {1e6 * single:42.1f} µs, ratio {single / took[FEW]:.1f}")
    if chosen.json:
        names = {
            FEW: "charts: limits, Anhøj, NHS: CPU a series",
            MANY: "charts: every rule set: CPU a series",
        }
        rows = [Row(names[rules], 1e6 * cpu, "µs", 1e6 * TARGETS[rules]) for rules, cpu in took.items()]
        write(chosen.json, rows)
    if any(cpu > TARGETS[rules] for rules, cpu in took.items()):
        raise SystemExit("slower than the target")


if __name__ == "__main__":
    main()
