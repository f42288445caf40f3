"""Tables of the function; each half has a module, and names its tables here."""

from zhikong.hospital.functions.records.models.results import (
    AnalysisNote,
    PresetChoice,
    RecordVerdict,
    RuleSetting,
    RuleTally,
    Screening,
    SealedRecord,
    WriterTally,
)
from zhikong.hospital.functions.records.models.running import (
    Defect,
    KeyRecord,
    Obligation,
    Override,
    RuleOutcome,
)
from zhikong.hospital.functions.records.models.running_checks import (
    CheckEvent,
    CheckToken,
    Interruption,
    RunningSettings,
    StayCheck,
)

__all__ = [
    "AnalysisNote",
    "CheckEvent",
    "CheckToken",
    "Defect",
    "Interruption",
    "KeyRecord",
    "Obligation",
    "Override",
    "PresetChoice",
    "RecordVerdict",
    "RuleOutcome",
    "RuleSetting",
    "RuleTally",
    "RunningSettings",
    "Screening",
    "SealedRecord",
    "StayCheck",
    "WriterTally",
]
