"""All writes of this function."""

from zhikong.hospital.functions.indicators.actions.alert_settings import set_alert_policy
from zhikong.hospital.functions.indicators.actions.alerting import (
    answer_alert,
    judge_alert,
    link_alert,
    update_alerts,
)
from zhikong.hospital.functions.indicators.actions.closing import (
    analyse_month,
    close_month,
    may_analyse,
    reopen_month,
    state_of,
)
from zhikong.hospital.functions.indicators.actions.computing import recompute
from zhikong.hospital.functions.indicators.actions.counting import set_counted_source
from zhikong.hospital.functions.indicators.actions.deciding import decide_chart, withdraw_decision
from zhikong.hospital.functions.indicators.actions.revising import accept_revision, revise_closed_months
from zhikong.hospital.functions.indicators.actions.signalling import detect_signals
from zhikong.hospital.functions.indicators.actions.small_cells import set_small_cell_rule
from zhikong.hospital.functions.indicators.actions.targeting import load_preset, set_target
from zhikong.hospital.functions.indicators.actions.telling import tell_digest

__all__ = [
    "accept_revision",
    "analyse_month",
    "answer_alert",
    "close_month",
    "decide_chart",
    "detect_signals",
    "judge_alert",
    "link_alert",
    "load_preset",
    "may_analyse",
    "recompute",
    "reopen_month",
    "revise_closed_months",
    "set_alert_policy",
    "set_counted_source",
    "set_small_cell_rule",
    "set_target",
    "state_of",
    "tell_digest",
    "update_alerts",
    "withdraw_decision",
]
