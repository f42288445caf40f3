"""All writes of planning."""

from zhikong.hospital.functions.inspections.actions.planning.changing import (
    cancel_visit,
    move_visit,
    reassign,
)
from zhikong.hospital.functions.inspections.actions.planning.drawing import replace as replace_sample
from zhikong.hospital.functions.inspections.actions.planning.planning import plan_visits
from zhikong.hospital.functions.inspections.actions.planning.starting import prepare_visit, start_visit
from zhikong.hospital.functions.inspections.actions.planning.steps import step

__all__ = [
    "cancel_visit",
    "move_visit",
    "plan_visits",
    "prepare_visit",
    "reassign",
    "replace_sample",
    "start_visit",
    "step",
]
