"""Reads of analyses, lessons, alerts, key patients and defects."""

from zhikong.hospital.functions.incidents.queries.analysis.guards import (
    closing_obstacles,
    closing_sentences,
    demanded,
    finishing_obstacles,
)
from zhikong.hospital.functions.incidents.queries.analysis.reading import analysis, analysis_of

__all__ = [
    "analysis",
    "analysis_of",
    "closing_obstacles",
    "closing_sentences",
    "demanded",
    "finishing_obstacles",
]
