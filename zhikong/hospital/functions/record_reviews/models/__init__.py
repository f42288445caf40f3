"""Tables of the function; each half has a module, and names its tables here."""

from zhikong.hospital.functions.record_reviews.models.contests import (
    Contest,
    ContestJuror,
    Exhibit,
    ExhibitComment,
    TrainingRound,
    TrainingSeat,
)
from zhikong.hospital.functions.record_reviews.models.correcting import (
    Correction,
    CorrectionStep,
    ReviewAppeal,
)
from zhikong.hospital.functions.record_reviews.models.reviewing import (
    ReviewAssignment,
    ReviewCase,
    ReviewMark,
    ReviewSetting,
    Stage,
)
from zhikong.hospital.functions.record_reviews.models.sampling import (
    Sample,
    SamplePlan,
    SampleRow,
    SettledDifference,
)

__all__ = [
    "Contest",
    "ContestJuror",
    "Correction",
    "CorrectionStep",
    "Exhibit",
    "ExhibitComment",
    "ReviewAppeal",
    "ReviewAssignment",
    "ReviewCase",
    "ReviewMark",
    "ReviewSetting",
    "Sample",
    "SamplePlan",
    "SampleRow",
    "SettledDifference",
    "Stage",
    "TrainingRound",
    "TrainingSeat",
]
