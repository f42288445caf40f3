"""Control charts of many series at once: CPU microseconds per series, all rules on.

    python benchmarks/stats.py [--series 10000] [--months 36] [--rounds 5]

The batch is compared with one call a series on a sample of the same data, in alternating order; both must find
the same rule for every point. Target: at most 0.5 s of CPU for 10,000 series of 36 months.
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

TARGET = 50e-6  # CPU seconds per series
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


def timed(work, *arguments) -> tuple[float, object]:
    start = time.process_time()
    found = work(*arguments)
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
    batch, single = [], []
    for _round in range(chosen.rounds):
        cpu, many = timed(lambda v: judge_many(v, factor=2.66), values)
        batch.append(cpu / len(values))
        cpu, each = timed(one_by_one, values[:SAMPLE])
        single.append(cpu / len(each))
        if any(many.rules(index) != found.rules for index, found in enumerate(each)):
            raise SystemExit("batch and single series disagree")
    print(f"series {chosen.series}, months {chosen.months}, rounds {chosen.rounds}")
    print(f"batch           {1e6 * median(batch):8.1f} µs of CPU per series (target {1e6 * TARGET:.0f})")
    print(f"one by one      {1e6 * median(single):8.1f} µs of CPU per series")
    print(f"ratio           {median(single) / median(batch):8.1f}")
    if chosen.json:
        write(chosen.json, [Row("charts: CPU a series", 1e6 * median(batch), "µs", 1e6 * TARGET)])
    if median(batch) > TARGET:
        raise SystemExit("slower than the target")


if __name__ == "__main__":
    main()
