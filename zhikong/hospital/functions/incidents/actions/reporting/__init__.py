"""Writes of reports."""

from zhikong.hospital.functions.incidents.actions.reporting.adding import (
    add,
    attach_photo,
    place_addition,
    place_photo,
    resubmit,
)
from zhikong.hospital.functions.incidents.actions.reporting.drafting import drop_draft, save_draft
from zhikong.hospital.functions.incidents.actions.reporting.placing import place, submit
from zhikong.hospital.functions.incidents.actions.reporting.typing import fill

__all__ = [
    "add",
    "attach_photo",
    "drop_draft",
    "fill",
    "place",
    "place_addition",
    "place_photo",
    "resubmit",
    "save_draft",
    "submit",
]
