"""All writes to findings; each checks permission and state, writes the story, and hands on the task."""

from zhikong.foundation.findings.actions.afterwards import follow_up, learn, name_accountable
from zhikong.foundation.findings.actions.committee import (
    bring_back,
    decision_in_words,
    refer,
    refer_matter,
    withdraw,
)
from zhikong.foundation.findings.actions.department import (
    answer_cause,
    approve,
    correct,
    correct_on_the_spot,
    propose_measure,
)
from zhikong.foundation.findings.actions.merging import merge, unmerge
from zhikong.foundation.findings.actions.moves import (
    ask_extension,
    delegate,
    extend,
    follow_departments,
    refuse_extension,
)
from zhikong.foundation.findings.actions.office import (
    accept,
    close,
    comment,
    remind,
    return_to_department,
)
from zhikong.foundation.findings.actions.planning import (
    Chain,
    Planned,
    complete_measure,
    save_plan,
    submit_plan,
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
from zhikong.foundation.findings.actions.spot import record_on_the_spot
from zhikong.foundation.findings.actions.steps import account_of

__all__ = [
    "Chain",
    "Planned",
    "accept",
    "account_of",
    "answer_cause",
    "approve",
    "ask_extension",
    "bring_back",
    "close",
    "comment",
    "complete_measure",
    "correct",
    "correct_on_the_spot",
    "decision_in_words",
    "delegate",
    "escalate_overdue",
    "extend",
    "follow_departments",
    "follow_up",
    "learn",
    "merge",
    "name_accountable",
    "override_closure",
    "propose_measure",
    "raise_finding",
    "raise_findings",
    "record_on_the_spot",
    "refer",
    "refer_matter",
    "refuse_extension",
    "remind",
    "reopen",
    "return_to_department",
    "review_effects",
    "save_plan",
    "submit_plan",
    "unmerge",
    "verify",
    "verify_by_effect",
    "verify_by_items",
    "withdraw",
]
