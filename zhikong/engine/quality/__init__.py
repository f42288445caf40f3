"""The quality of the hospital's data: additive counts by table, field, department and day, and what they mean."""

from zhikong.engine.quality.model import Field, Kind, Rulebook, Thresholds
from zhikong.engine.quality.rulebook import load_rulebook, read_rulebook

__all__ = ["Field", "Kind", "Rulebook", "Thresholds", "load_rulebook", "read_rulebook"]
