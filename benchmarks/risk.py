"""Risk adjustment and funnels: CPU seconds of one model and of one comparison.

    python benchmarks/risk.py [--patients 10000] [--units 40] [--rounds 5]

A random-intercept logistic model is fitted to simulated patients (from the patients, and from their aggregated
patterns, which must give the same), and a funnel is drawn of 1,000 units whose rates truly differ. Target: at most
one second of CPU for 10,000 patients. Which standard deviation was planted and which was found is told beside it.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from scipy.special import expit

from benchmarks.table import Row, write
from zhikong.engine.stats.funnel import funnel
from zhikong.engine.stats.logistic import Patterns, patterns
from zhikong.engine.stats.risk import hierarchical

TARGET = 1.0  # CPU seconds for 10,000 patients
SPREAD = 0.3


def simulated(patients: int, units: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(risk factors, died, unit): age in years, urgency, five diagnosis groups; the units differ by SPREAD."""
    generator = np.random.default_rng(20261122)
    unit = generator.integers(0, units, patients)
    age, urgent = generator.integers(18, 95, patients) / 10, generator.integers(0, 2, patients)
    group = generator.integers(0, 5, patients)
    design = np.column_stack([age, urgent, *(group == g for g in range(1, 5))]).astype(float)
    logit = -5.5 + design @ [0.4, 0.6, 0.2, 0.4, 0.6, 0.8] + generator.normal(0, SPREAD, units)[unit]
    return design, generator.random(patients) < expit(logit), unit


def timed(work) -> tuple[float, object]:
    start = time.process_time()
    found = work()
    return time.process_time() - start, found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--units", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the rows of the common table here")
    chosen = parser.parse_args()
    design, died, unit = simulated(chosen.patients, chosen.units)
    model, fitted = _fitted(chosen.rounds, design, died, unit)
    drawn = _drawn(chosen.rounds)
    print(f"{chosen.patients} patients, {chosen.units} units, {chosen.rounds} rounds")
    print(
        f"hierarchical model  {model:8.3f} s of CPU; sd {fitted.sd:.3f} ± {fitted.sd_error:.3f}, planted {SPREAD}"
    )
    print(f"funnel, 1,000 units {drawn:8.3f} s of CPU")
    if chosen.json:
        rows = [
            Row("risk: hierarchical model", model, "s", TARGET * chosen.patients / 10_000),
            Row("risk: funnel of 1,000 units", drawn, "s"),
        ]
        write(chosen.json, rows)


def _fitted(rounds: int, design: np.ndarray, died: np.ndarray, unit: np.ndarray):
    found = [timed(lambda: hierarchical(patterns(design, died, unit))) for _round in range(rounds)]
    rounded = np.round(design, 0)  # decades of age: few patterns
    few, each = (hierarchical(data) for data in (patterns(rounded, died, unit), _single(rounded, died, unit)))
    if abs(few.sd - each.sd) > 1e-4:
        raise SystemExit("patterns and patients disagree")
    return median(cpu for cpu, _fit in found), found[0][1]


def _single(design: np.ndarray, died: np.ndarray, unit: np.ndarray):
    """Every patient as a pattern of one."""
    labels, index = np.unique(unit, return_inverse=True)
    return Patterns(design, died.astype(float), np.ones(len(died)), index, tuple(labels.tolist()))


def _drawn(rounds: int) -> float:
    generator = np.random.default_rng(1)
    size = np.round(np.exp(generator.normal(6, 1, 1000))) + 10
    top = generator.binomial(size.astype(int), np.clip(generator.normal(0.1, 0.02, 1000), 0.01, 1))
    return median(timed(lambda: funnel(top, size))[0] for _round in range(rounds))


if __name__ == "__main__":
    main()
