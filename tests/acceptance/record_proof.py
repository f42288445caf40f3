"""Judging a simulated hospital by the record rules of the packs, and comparing with what its planter knows.

The names on both sides are brought together here, by hand where they differ: the simulator knows no definition.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from tests.packs import loaded
from zhikong.engine.record_rules.checking import screen
from zhikong.engine.record_rules.model import RuleKind
from zhikong.engine.record_rules.verdicts import Override
from zhikong.simulator import simulate
from zhikong.simulator.broken import LIMITS, broken

SEED, PROFILE = 20, "county"
SIZE = {"months": 1, "scale": 0.3}
NOW = datetime(2027, 6, 1)  # noqa: DTZ001  facts carry the local wall time; long after, so that nothing is pending
DETERMINISTIC = (RuleKind.CLOCK, RuleKind.ROW, RuleKind.COMPLETE)
PLANTED: dict[str, tuple[tuple[str, ...], str]] = {
    "age-stated-agrees": (("age_contradiction",), ""),
    "no-female-findings-in-male-patients": (("sex_contradiction",), "1"),
    "no-male-findings-in-female-patients": (("sex_contradiction",), "2"),
    "operation-record-side-agrees": (("operation_side_contradiction",), "09"),
    "postop-note-side-agrees": (("operation_side_contradiction",), "48"),
    "progress-notes-not-copied": (("note_copied",), ""),
    "progress-notes-not-borrowed": (("note_of_another_patient",), ""),
    "notes-not-identical-to-other-patients": (("note_of_another_patient",), ""),
    "no-drug-against-allergy": (("drug_despite_allergy",), ""),
    "consultation-noted-in-progress": (("consultation_noted_24_h", "consultation_noted_24_h_missing"), ""),
    "abnormal-results-analysed": (("abnormal_result_noted_3_d", "abnormal_result_noted_3_d_missing"), ""),
}
"""Rule of content -> the ledger's names for it, where they are not the rule's own name, and which entries are meant:
those of patients of a sex, or those in documents of a type; empty for all."""


@cache
def rules() -> dict[str, object]:
    """Every record rule of the packs but those of the front page, which have a proof of their own."""
    found = (rule for rules, _problems in loaded.record_rules() for rule in rules)
    return {rule.id: rule for rule in found if not rule.id.startswith("fp")}


def chosen(*kinds: RuleKind) -> list[str]:
    """The rules of these kinds, by name."""
    return sorted(name for name, rule in rules().items() if rule.kind in kinds)


def truth_name(rule: str) -> str:
    """What the planter calls the rule: the words are those of the thing itself."""
    return rule.replace("-", "_")


def county(**size):
    """The hospital to which no rule was tuned: another seed, another kind of hospital."""
    return simulate(seed=SEED, first_month="2026-03", events=True, profile=PROFILE, **size)


class Ledger:
    """Which encounters the planter says break a rule: counted by it, or entered one by one as they were planted."""

    def __init__(self, made) -> None:
        self.counted = broken(made.tables)
        self.entries = defaultdict(list)
        for row in made.tables["planted_events"].to_pylist():
            if row["verdict"] == "fault":
                self.entries[row["rule"]].append(row)
        self.sex = dict(zip(*(made.tables["stays"][n].to_pylist() for n in ("stay_id", "sex")), strict=True))
        self.type = dict(
            zip(*(made.tables["documents"][n].to_pylist() for n in ("document_id", "type")), strict=True)
        )

    def of(self, rule: str) -> set[str]:
        """The encounters that break it."""
        name = truth_name(rule)
        if name in self.counted:
            return self.counted[name]
        names, only = PLANTED.get(rule, ((name,), ""))
        return {
            row["stay_id"] or row["key"]
            for one in names
            for row in self.entries[one]
            if self._meant(row, only)
        }

    def _meant(self, row: dict, only: str) -> bool:
        if len(only) == 1:
            return self.sex[row["stay_id"]] == only
        return only in ("", self.type.get(row["key"].split("|")[0]))


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
