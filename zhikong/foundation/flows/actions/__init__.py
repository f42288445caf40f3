"""All writes to cases."""

from zhikong.foundation.flows.actions.acting import Incomplete, act, comment, delegate, send_back, withdraw
from zhikong.foundation.flows.actions.migrating import Plan, migrate, plan_migration
from zhikong.foundation.flows.actions.opening import open_case
from zhikong.foundation.flows.actions.recalculating import recalculate
from zhikong.foundation.flows.actions.sweeping import Swept, sweep

__all__ = [
    "Incomplete",
    "Plan",
    "Swept",
    "act",
    "comment",
    "delegate",
    "migrate",
    "open_case",
    "plan_migration",
    "recalculate",
    "send_back",
    "sweep",
    "withdraw",
]
