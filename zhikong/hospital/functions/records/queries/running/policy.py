"""What the hospital set for the running check, and how precise each rule has proved to be."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count

from zhikong.foundation.access.scope import once
from zhikong.hospital.functions.records.models import RuleOutcome, RunningSettings
from zhikong.hospital.functions.records.rules_running import Policy, Precision


def policy() -> Policy:
    """The hospital's settings, or the house's where nothing was set. Asked once a request."""
    return once("records.running.policy", _policy)


def _policy() -> Policy:
    row = RunningSettings.objects.first()
    if row is None:
        return Policy()
    return Policy(row.interruptions, tuple(row.shift_starts), row.least_judged, row.least_precision)


def precision_of(rule: str) -> Precision:
    """How often people upheld and refuted what a rule said, over all its versions and all sources.

    Counted are decided appeals, mended and confirmed defects, overrides that call the rule wrong, and what reviewers
    of discharged records judged. Hospital-wide whatever the reader's departments: it is a fact about the rule.
    """
    return precisions([rule]).get(rule, Precision())


def precisions(rules: Iterable[str] | None = None) -> dict[str, Precision]:
    """Rule -> precision, of these rules or of all that were ever judged, in one query."""
    found = RuleOutcome.objects.all()
    if rules is not None:
        found = found.filter(rule__in=list(rules))
    counts: dict[str, dict[str, int]] = {}
    for rule, outcome, number in found.order_by().values_list("rule", "outcome").annotate(n=Count("pk")):
        counts.setdefault(rule, {})[outcome] = number
    return {rule: Precision(**by_outcome) for rule, by_outcome in counts.items()}


def muted_rules() -> frozenset[str]:
    """Rules that may not interrupt because people refuted them too often."""
    rules = policy()
    return frozenset(
        rule
        for rule, precision in precisions().items()
        if precision.below(least=rules.least_judged, floor=rules.least_precision)
    )
