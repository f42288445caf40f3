"""Tables of this function, a module for each part; the import makes them known."""

from zhikong.hospital.functions.complaints.models import disputes, intake

__all__ = ["disputes", "intake"]
