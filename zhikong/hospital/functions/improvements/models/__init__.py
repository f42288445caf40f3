"""Tables of this function, a module for each part; the import makes them known."""

from zhikong.hospital.functions.improvements.models import projects, tools

__all__ = ["projects", "tools"]
