"""Tables of this function, a module for each part; the import makes them known."""

from zhikong.hospital.functions.incidents.models import (
    analysis,
    analysis_lessons,
    analysis_wards,
    analysis_work,
    anonymous,
    handling,
    handling_work,
    learning,
    reporting,
)

__all__ = [
    "analysis",
    "analysis_lessons",
    "analysis_wards",
    "analysis_work",
    "anonymous",
    "handling",
    "handling_work",
    "learning",
    "reporting",
]
