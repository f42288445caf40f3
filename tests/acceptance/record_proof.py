"""Judging a simulated hospital by the record rules of the packs, and comparing with what its planter knows.

The names on both sides are brought together here, by hand where they differ: the simulator knows no definition.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from zhikong.engine.definitions import load_catalogue
from zhikong.engine.record_rules import load_rules
from zhikong.engine.record_rules.checking import screen
from zhikong.engine.record_rules.model import RuleKind
from zhikong.engine.record_rules.verdicts import Override
from zhikong.simulator.broken import LIMITS
from zhikong.site.commands.check_packs import packaged

NOW = datetime(2027, 6, 1)  # noqa: DTZ001  facts carry the local wall time; long after, so that nothing is pending
DETERMINISTIC = (RuleKind.CLOCK, RuleKind.ROW)
TRUTHS: dict[str, str] = {}
"""Rule -> the planter's name for it, where that is not the rule's own name with underscores."""


@cache
def rules() -> dict[str, object]:
    """Every record rule of the packs but those of the front page, which have a proof of their own."""
    codes = {name: one.ranges for name, one in load_catalogue(packaged()).codes.items()}
    loaded = [rule for pack in packaged() for rule in load_rules(pack, codes)[0]]
    return {rule.id: rule for rule in loaded if not rule.id.startswith("fp")}


def chosen(*kinds: RuleKind) -> list[str]:
    """The rules of these kinds, by name."""
    return sorted(name for name, rule in rules().items() if rule.kind in kinds)


def truth_name(rule: str) -> str:
    return TRUTHS.get(rule, rule.replace("-", "_"))


def settings() -> dict[str, Override]:
    """The limits that the simulated hospital sets where a rule leaves it to the hospital."""
    own = {name.replace("_", "-"): int(limit.total_seconds() // 60) for name, limit in LIMITS.items()}
    return {rule: Override(limit=f"{minutes} min") for rule, minutes in own.items() if rule in rules()}


@dataclass
class Judged:
    """What the rules said of a hospital: encounters by rule and verdict, a reason for each, and the counts."""

    fails: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    unknown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    why: dict[tuple[str, str], str] = field(default_factory=dict)
    counts: dict = field(default_factory=dict)


def judged(source, names: list[str], **how) -> Judged:
    """The verdicts of these rules on every encounter of the source."""
    table, counts = screen(
        [rules()[name] for name in names], source, now=NOW, settings=settings(),
        keep=("fail", "not_assessable", "error"), **how,
    )  # fmt: skip
    made = Judged(counts=counts)
    for row in table.select(["encounter", "rule", "verdict", "reason"]).to_pylist():
        where = made.fails if row["verdict"] == "fail" else made.unknown
        where[row["rule"]].add(row["encounter"])
        made.why[row["rule"], row["encounter"]] = f"{row['verdict']}: {row['reason']}"
    return made
