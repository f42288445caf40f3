"""How often people agreed with a rule, for the library; counted where the running check counts it."""

from __future__ import annotations

from typing import Any


def precision_of(rule: str) -> Any:
    """The precision of one rule over all its versions."""
    from zhikong.hospital.functions.records.queries.running import policy

    return policy.precision_of(rule)


def precisions() -> dict[str, Any]:
    """Rule -> precision, of all rules that were ever judged by people."""
    from zhikong.hospital.functions.records.queries.running import policy

    return policy.precisions()
