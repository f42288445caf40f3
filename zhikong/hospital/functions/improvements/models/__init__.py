"""Tables of this function, a module for each part; the import makes them known."""

from zhikong.hospital.functions.improvements.models import (
    competitions,
    projects,
    suggestions,
    tools,
    working,
)

__all__ = ["competitions", "projects", "suggestions", "tools", "working"]
