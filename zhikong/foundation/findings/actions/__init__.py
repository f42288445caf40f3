"""All writes to findings; each checks permission and state, writes the story, and hands on the task."""

from zhikong.foundation.findings.actions.department import (
    answer_cause,
    approve,
    correct,
    correct_on_the_spot,
    propose_measure,
)
from zhikong.foundation.findings.actions.office import (
    accept,
    close,
    comment,
    extend,
    remind,
    return_to_department,
)
from zhikong.foundation.findings.actions.proof import (
    override_closure,
    reopen,
    verify,
    verify_by_effect,
    verify_by_items,
)
from zhikong.foundation.findings.actions.raising import raise_finding, raise_findings
from zhikong.foundation.findings.actions.reviews import escalate_overdue, review_effects

__all__ = [
    "accept",
    "answer_cause",
    "approve",
    "close",
    "comment",
    "correct",
    "correct_on_the_spot",
    "escalate_overdue",
    "extend",
    "override_closure",
    "propose_measure",
    "raise_finding",
    "raise_findings",
    "remind",
    "reopen",
    "return_to_department",
    "review_effects",
    "verify",
    "verify_by_effect",
    "verify_by_items",
]
