"""Looks at what is uploaded and refuses what could hurt the next reader. Reads the content, trusts no name."""

from zhikong.foundation.files.inspection.inspect import Inspected, Refused, inspect

__all__ = ["Inspected", "Refused", "inspect"]
