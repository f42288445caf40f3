"""All writes to duties: opened by the worker, proved by facts and people, excused by the quality office."""

from zhikong.foundation.duties.actions.excusing import excuse, restore
from zhikong.foundation.duties.actions.opening import open_occurrences, recalculate
from zhikong.foundation.duties.actions.proving import add_proof, arrive, lapse, may_prove, withdraw_proof
from zhikong.foundation.duties.actions.reminding import remind

__all__ = [
    "add_proof",
    "arrive",
    "excuse",
    "lapse",
    "may_prove",
    "open_occurrences",
    "recalculate",
    "remind",
    "restore",
    "withdraw_proof",
]
