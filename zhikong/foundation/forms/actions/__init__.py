"""All writes to sheets: open, fill, sign, hand in, return, accept, withdraw; and how they are graded."""

from zhikong.foundation.forms.actions.filling import Saved, save_answers, save_item, sign
from zhikong.foundation.forms.actions.grading import choose_policy
from zhikong.foundation.forms.actions.handing_in import (
    Incomplete,
    accept,
    amend,
    enter_sheet,
    return_sheet,
    submit,
    withdraw,
)
from zhikong.foundation.forms.actions.opening import let_in, open_sheet

__all__ = [
    "Incomplete",
    "Saved",
    "accept",
    "amend",
    "choose_policy",
    "enter_sheet",
    "let_in",
    "open_sheet",
    "return_sheet",
    "save_answers",
    "save_item",
    "sign",
    "submit",
    "withdraw",
]
