"""Tables of the function; each half has a module, and names its tables here."""

from zhikong.hospital.functions.records.models.results import (
    PresetChoice,
    RecordVerdict,
    RuleSetting,
    RuleTally,
    Screening,
    WriterTally,
)

__all__ = ["PresetChoice", "RecordVerdict", "RuleSetting", "RuleTally", "Screening", "WriterTally"]
