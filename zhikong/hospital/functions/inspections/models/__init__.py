"""Tables of this function, a module for each part; the import makes them known."""

from zhikong.hospital.functions.inspections.models import ending, planning, results, visiting

__all__ = ["ending", "planning", "results", "visiting"]
