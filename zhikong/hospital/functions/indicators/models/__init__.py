"""Targets, computed values, signals, alerts and the month's close (IND-01…08, SYS-03, SYS-04)."""

from zhikong.hospital.functions.indicators.models.alerts import Alert, AlertPolicy, ChartEvidence
from zhikong.hospital.functions.indicators.models.charts import ChartDecision
from zhikong.hospital.functions.indicators.models.closing import (
    AnalysedMiss,
    MonthAct,
    MonthAnalysis,
    MonthClose,
)
from zhikong.hospital.functions.indicators.models.counting import CountedSource
from zhikong.hospital.functions.indicators.models.previews import ChangePreview, PreviewSeen
from zhikong.hospital.functions.indicators.models.revisions import MonthRevision, RevisedValue
from zhikong.hospital.functions.indicators.models.small_cells import SmallCellRule
from zhikong.hospital.functions.indicators.models.values import (
    Computation,
    IndicatorTarget,
    IndicatorValue,
    Signal,
)

__all__ = [
    "Alert",
    "AlertPolicy",
    "AnalysedMiss",
    "ChangePreview",
    "ChartDecision",
    "ChartEvidence",
    "Computation",
    "CountedSource",
    "IndicatorTarget",
    "IndicatorValue",
    "MonthAct",
    "MonthAnalysis",
    "MonthClose",
    "MonthRevision",
    "PreviewSeen",
    "RevisedValue",
    "Signal",
    "SmallCellRule",
]
