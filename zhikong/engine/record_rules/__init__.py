"""Record rules (质控规则): what must hold of each record, judged with five verdicts, a score and the failing records."""

from __future__ import annotations

from zhikong.engine.record_rules.judging import judge, needs_of
from zhikong.engine.record_rules.model import (
    VERDICT_TITLES,
    Judgement,
    RecordRule,
    RuleKind,
    Severity,
    Verdict,
)
from zhikong.engine.record_rules.reading import load_rules, rule_of_text

__all__ = [
    "VERDICT_TITLES",
    "Judgement",
    "RecordRule",
    "RuleKind",
    "Severity",
    "Verdict",
    "judge",
    "load_rules",
    "needs_of",
    "rule_of_text",
]
