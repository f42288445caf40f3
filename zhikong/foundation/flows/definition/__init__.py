"""What a flow is, as text and as data: reading, model, checks. Pure, no Django."""

from zhikong.foundation.flows.definition.model import (
    Deadline,
    Duration,
    FlowDefinition,
    Kind,
    Owner,
    Rung,
    State,
    Transition,
)
from zhikong.foundation.flows.definition.reading import read_file, read_text

__all__ = [
    "Deadline",
    "Duration",
    "FlowDefinition",
    "Kind",
    "Owner",
    "Rung",
    "State",
    "Transition",
    "read_file",
    "read_text",
]
