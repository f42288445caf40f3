"""All writes of reported figures; each checks role and state, and writes the sheet's story."""

from zhikong.hospital.functions.reporting.actions.deciding import accept, correct, return_sheet
from zhikong.hospital.functions.reporting.actions.filling import save_row, save_rows, submit
from zhikong.hospital.functions.reporting.actions.opening import open_month, open_sheet
from zhikong.hospital.functions.reporting.actions.publishing import publish_accepted
from zhikong.hospital.functions.reporting.actions.time import extend, recalculate, remind, remind_late

__all__ = [
    "accept",
    "correct",
    "extend",
    "open_month",
    "open_sheet",
    "publish_accepted",
    "recalculate",
    "remind",
    "remind_late",
    "return_sheet",
    "save_row",
    "save_rows",
    "submit",
]
