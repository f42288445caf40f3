"""Tables of this function, a module for each part; the import makes them known."""

from zhikong.hospital.functions.incidents.models import (
    analysis,
    anonymous,
    handling,
    handling_work,
    learning,
    reporting,
)

__all__ = ["analysis", "anonymous", "handling", "handling_work", "learning", "reporting"]
