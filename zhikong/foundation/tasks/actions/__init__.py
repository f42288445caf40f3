"""All writes to tasks. Tasks are made by the thing that is due: these check the owner, few check a permission."""

from zhikong.foundation.tasks.actions.batch import Outcome, in_batch
from zhikong.foundation.tasks.actions.giving import assign, cancel_for, complete, complete_for, give
from zhikong.foundation.tasks.actions.leaving import end_hand_over, hand_over, settle_hand_overs
from zhikong.foundation.tasks.actions.moving import delegate, extend, may_extend, recalculate, remind, tick

__all__ = [
    "Outcome",
    "assign",
    "cancel_for",
    "complete",
    "complete_for",
    "delegate",
    "end_hand_over",
    "extend",
    "give",
    "hand_over",
    "in_batch",
    "may_extend",
    "recalculate",
    "remind",
    "settle_hand_overs",
    "tick",
]
