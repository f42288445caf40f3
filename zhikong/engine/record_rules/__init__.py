"""Record rules (质控规则): what must hold of each record, judged with five verdicts, a score and the failing records."""

from __future__ import annotations

from zhikong.engine.record_rules.clock.model import ClockRule
from zhikong.engine.record_rules.events import Event, load_events
from zhikong.engine.record_rules.judging import judge, needs_of
from zhikong.engine.record_rules.model import (
    VERDICT_TITLES,
    Aspect,
    Head,
    Judgement,
    RecordRule,
    Role,
    RuleKind,
    Severity,
    Stage,
    Verdict,
)
from zhikong.engine.record_rules.reading import load_rules, rule_of_text, vocabulary
from zhikong.engine.record_rules.verdicts import (
    OBLIGATION_SCHEMA,
    STATE_TITLES,
    VERDICT_SCHEMA,
    Override,
    State,
)

__all__ = [
    "OBLIGATION_SCHEMA",
    "STATE_TITLES",
    "VERDICT_SCHEMA",
    "VERDICT_TITLES",
    "Aspect",
    "ClockRule",
    "Event",
    "Head",
    "Judgement",
    "Override",
    "RecordRule",
    "Role",
    "RuleKind",
    "Severity",
    "Stage",
    "State",
    "Verdict",
    "judge",
    "load_events",
    "load_rules",
    "needs_of",
    "rule_of_text",
    "vocabulary",
]
