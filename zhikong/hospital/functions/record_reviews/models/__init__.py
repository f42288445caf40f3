"""Tables of the function; each half has a module, and names its tables here."""

from zhikong.hospital.functions.record_reviews.models.reviewing import (
    Correction,
    CorrectionStep,
    ReviewAppeal,
    ReviewAssignment,
    ReviewCase,
    ReviewMark,
    ReviewSetting,
    Stage,
)

__all__ = [
    "Correction",
    "CorrectionStep",
    "ReviewAppeal",
    "ReviewAssignment",
    "ReviewCase",
    "ReviewMark",
    "ReviewSetting",
    "Stage",
]
