"""Tables of planning."""

from zhikong.hospital.functions.inspections.models.programmes import (
    KeyPoint,
    Place,
    Programme,
    Round,
    VisitNumber,
)
from zhikong.hospital.functions.inspections.models.visits import (
    SampleItem,
    Stop,
    Visit,
    VisitInspector,
    VisitSheet,
    VisitStep,
)

__all__ = [
    "KeyPoint",
    "Place",
    "Programme",
    "Round",
    "SampleItem",
    "Stop",
    "Visit",
    "VisitInspector",
    "VisitNumber",
    "VisitSheet",
    "VisitStep",
]
