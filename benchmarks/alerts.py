"""What reaches people each month: false and true alerts of each rule set on simulated indicators.

    python benchmarks/alerts.py [--indicators 5000] [--runs 20]

Every run has 36 months of pure noise, of which 2 % of the indicators shift by 1.5 standard deviations to the bad side
in the newest four. The rule sets judge the newest month against limits from the first 32; the false-discovery rows
judge the newest four months (and the newest one) by their p-values. Goals: of the red alerts at most 10 % are false,
within the sampling error of the runs; they contain at least what Benjamini-Hochberg at 5 % finds with t-based
p-values in the same run; and the number of false ones that the page announces is the number that comes.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np

from benchmarks.table import Row, write
from zhikong.engine.stats import runs
from zhikong.engine.stats.batch import judge_many
from zhikong.engine.stats.evidence import of_values
from zhikong.engine.stats.fdr import discovered
from zhikong.engine.stats.rules import PATTERNS, Judged
from zhikong.engine.stats.tiers import tiers

BASELINE, NEWEST, SHIFT, SHARE = 32, 4, 1.5, 0.02
FALSE_AT_MOST = 0.10


@dataclass
class Tally:
    """Alerts of one rule set, over all runs."""

    false: int = 0
    true: int = 0
    parts: tuple[float, ...] = ()

    def add(self, found: np.ndarray, shifted: np.ndarray) -> None:
        false, true = int((found & ~shifted).sum()), int((found & shifted).sum())
        self.false, self.true = self.false + false, self.true + true
        self.parts = (*self.parts, false / max(false + true, 1))

    @property
    def false_share(self) -> float:
        """Mean over the runs of the share of false ones (no alert at all counts as none false)."""
        return float(np.mean(self.parts))

    @property
    def error(self) -> float:
        return float(np.std(self.parts, ddof=1) / np.sqrt(len(self.parts))) if len(self.parts) > 1 else 1.0


@dataclass
class Simulated:
    """The outcome: per rule set its tally; how many false red and amber alerts were announced; what red lacked."""

    rules: dict[str, Tally]
    announced_red: float = 0.0
    announced_amber: float = 0.0
    lacking: int = 0
    cpu: float = 0.0


def months(generator: np.random.Generator, indicators: int) -> tuple[np.ndarray, np.ndarray]:
    """(values, which truly shifted)."""
    values = generator.normal(0.0, 1.0, (indicators, BASELINE + NEWEST))
    shifted = np.arange(indicators) < round(SHARE * indicators)
    values[shifted, BASELINE:] += SHIFT
    return values, shifted


def by_rules(values: np.ndarray) -> dict[str, np.ndarray]:
    """Which indicators signal in the newest month, by the rule sets, with limits from the baseline."""
    base = judge_many(values[:, :BASELINE], rules=("shewhart",))
    centre, third = base.mean[:, None], (base.upper - base.mean)[:, None] / 3
    beyond = np.abs(values - centre) > 3 * third
    seen = Judged(
        y=values, side=runs.sides(values, np.broadcast_to(centre, values.shape)), beyond=beyond,
        over=values > centre, above=tuple(values > centre + k * third for k in (1, 2)),
        below=tuple(values < centre - k * third for k in (1, 2)), lined=np.ones(values.shape, bool),
    )  # fmt: skip
    found = {"three sigma": beyond[:, -1]}
    for name, patterns in PATTERNS.items():
        found[name] = np.logical_or.reduce([flags[:, -1] for flags in patterns(seen).values()])
    return found


def by_discovery(values: np.ndarray, made: Simulated) -> dict[str, np.ndarray]:
    """The tiers of the product, and plain Benjamini–Hochberg on the same t-based p-values."""
    bad = np.ones(len(values))
    start = time.process_time()
    four, one = (of_values(values, newest=n, side=bad).p for n in (NEWEST, 1))
    found = tiers(np.column_stack([four, one]), ["all"] * len(values))
    made.cpu += time.process_time() - start
    made.announced_red += found.expected_false[0]
    made.announced_amber += found.expected_false[1]
    either = of_values(values, newest=NEWEST, side=0 * bad).p
    plain = discovered(four, 0.05)
    made.lacking += int((plain & ~found.red).sum())
    return {
        "4-month mean, p < .05": four < 0.05,
        "BH 5 %, t two-sided": discovered(either, 0.05),
        "BH 5 %, t to the bad side": plain,
        "amber tier": found.amber,
        "red tier": found.red,
    }


def simulate(*, indicators: int, rounds: int, seed: int = 20261122) -> Simulated:
    """Repeat the month `rounds` times."""
    generator = np.random.default_rng(seed)
    made = Simulated({})
    for _round in range(rounds):
        values, shifted = months(generator, indicators)
        for name, found in (by_rules(values) | by_discovery(values, made)).items():
            made.rules.setdefault(name, Tally()).add(found, shifted)
    return made


def table(made: Simulated, rounds: int) -> str:
    lines = [f"{'a month of alerts':28}{'false':>8}{'true':>8}{'false share':>13}"]
    for name, tally in made.rules.items():
        lines.append(
            f"{name:28}{tally.false / rounds:8.1f}{tally.true / rounds:8.1f}{100 * tally.false_share:11.1f} %"
        )
    announced = (made.announced_red / rounds, made.announced_amber / rounds)
    lines.append("false alerts announced on the page: red {:.2f}, amber {:.2f}".format(*announced))
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--indicators", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--json", type=Path, help="write the rows of the common table here")
    chosen = parser.parse_args()
    made = simulate(indicators=chosen.indicators, rounds=chosen.runs)
    print(f"{chosen.indicators} indicators, {SHARE:.0%} shifted by {SHIFT} sd, {chosen.runs} runs")
    print(table(made, chosen.runs))
    red, plain = made.rules["red tier"], made.rules["BH 5 %, t to the bad side"]
    print(
        f"red tier: {100 * red.false_share:.1f} % false ± {100 * 2 * red.error:.1f}; CPU {made.cpu / chosen.runs:.3f} s a month"
    )
    if chosen.json:
        write(chosen.json, _rows(made, chosen.runs))
    if red.false_share - 2 * red.error > FALSE_AT_MOST or made.lacking or red.true < plain.true:
        raise SystemExit("the red tier misses its goals")


def _rows(made: Simulated, rounds: int) -> list[Row]:
    red = made.rules["red tier"]
    rows = [
        Row(
            f"alerts: {name}, false a month",
            tally.false / rounds,
            "",
            None,
            f"{tally.true / rounds:.1f} true",
        )
        for name, tally in made.rules.items()
    ]
    share = Row("alerts: false share of the red tier", 100 * red.false_share, "%", 100 * FALSE_AT_MOST)
    return [*rows, share, Row("alerts: found by BH on t, not red", made.lacking, "", 0)]


if __name__ == "__main__":
    main()
