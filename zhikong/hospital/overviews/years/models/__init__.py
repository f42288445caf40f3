"""Tables of the year: the roll-over, responsibility letters, written summaries."""

from zhikong.hospital.overviews.years.models.letters import Letter, LetterCheck, LetterTemplate
from zhikong.hospital.overviews.years.models.rolling import RollOver, RollOverLine
from zhikong.hospital.overviews.years.models.summaries import Summary

__all__ = ["Letter", "LetterCheck", "LetterTemplate", "RollOver", "RollOverLine", "Summary"]
