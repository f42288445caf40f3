"""Tables of this function, a module for each part; the import makes them known."""

from zhikong.hospital.functions.risks.models import plans, register

__all__ = ["plans", "register"]
