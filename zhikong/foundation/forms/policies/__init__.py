"""Grade and veto policies: what a score and its vetoes make of a sheet, apart from the sheet itself (等级方案)."""

from zhikong.foundation.forms.policies.model import Grade, GradePolicy, VetoRule
from zhikong.foundation.forms.policies.reading import read

__all__ = ["Grade", "GradePolicy", "VetoRule", "read"]
