"""All writes of reported figures; each checks role and state, and writes the sheet's story."""

from zhikong.hospital.functions.reporting.actions.deciding import accept, correct, return_sheet
from zhikong.hospital.functions.reporting.actions.evidence import attach, detach
from zhikong.hospital.functions.reporting.actions.filling import save_row, save_rows, submit
from zhikong.hospital.functions.reporting.actions.opening import open_month, open_sheet
from zhikong.hospital.functions.reporting.actions.publishing import publish_accepted
from zhikong.hospital.functions.reporting.actions.records import (
    accept_record,
    answer_measure,
    open_record,
    open_records,
    remind_records,
    return_record,
    settle,
    sign_and_submit,
)
from zhikong.hospital.functions.reporting.actions.time import extend, recalculate, remind, remind_late

__all__ = [
    "accept",
    "accept_record",
    "answer_measure",
    "attach",
    "correct",
    "detach",
    "extend",
    "open_month",
    "open_record",
    "open_records",
    "open_sheet",
    "publish_accepted",
    "recalculate",
    "remind",
    "remind_late",
    "remind_records",
    "return_record",
    "return_sheet",
    "save_row",
    "save_rows",
    "settle",
    "sign_and_submit",
    "submit",
]
