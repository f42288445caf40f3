"""All writes to duties: opened by the worker, proved by facts and people, excused by the quality office."""

from zhikong.foundation.duties.actions.adopting import adopt_duty, preview_duty, used_as, withdraw_duty
from zhikong.foundation.duties.actions.excusing import excuse, restore
from zhikong.foundation.duties.actions.moving import may_set, release_day, set_day
from zhikong.foundation.duties.actions.opening import open_duty, open_occurrences, recalculate
from zhikong.foundation.duties.actions.proving import add_proof, arrive, lapse, may_prove, withdraw_proof
from zhikong.foundation.duties.actions.reminding import remind

__all__ = [
    "add_proof",
    "adopt_duty",
    "arrive",
    "excuse",
    "lapse",
    "may_prove",
    "may_set",
    "open_duty",
    "open_occurrences",
    "preview_duty",
    "recalculate",
    "release_day",
    "remind",
    "restore",
    "set_day",
    "used_as",
    "withdraw_duty",
    "withdraw_proof",
]
