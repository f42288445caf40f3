"""All writes of this function."""

from zhikong.hospital.functions.indicators.actions.alerting import answer_alert, link_alert, update_alerts
from zhikong.hospital.functions.indicators.actions.closing import (
    analyse_month,
    close_month,
    may_analyse,
    reopen_month,
    state_of,
)
from zhikong.hospital.functions.indicators.actions.computing import recompute
from zhikong.hospital.functions.indicators.actions.counting import set_counted_source
from zhikong.hospital.functions.indicators.actions.revising import accept_revision, revise_closed_months
from zhikong.hospital.functions.indicators.actions.signalling import detect_signals
from zhikong.hospital.functions.indicators.actions.small_cells import set_small_cell_rule
from zhikong.hospital.functions.indicators.actions.targeting import load_preset, set_target

__all__ = [
    "accept_revision",
    "analyse_month",
    "answer_alert",
    "close_month",
    "detect_signals",
    "link_alert",
    "load_preset",
    "may_analyse",
    "recompute",
    "reopen_month",
    "revise_closed_months",
    "set_counted_source",
    "set_small_cell_rule",
    "set_target",
    "state_of",
    "update_alerts",
]
