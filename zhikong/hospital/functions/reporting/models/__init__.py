"""Sheets of reported figures, and the departments' monthly quality records."""

from zhikong.hospital.functions.reporting.models.figures import (
    AcceptedFigure,
    FigureEntry,
    FigureSheet,
    SheetStep,
    month_format,
)
from zhikong.hospital.functions.reporting.models.records import Measure, MonthlyRecord

__all__ = [
    "AcceptedFigure",
    "FigureEntry",
    "FigureSheet",
    "Measure",
    "MonthlyRecord",
    "SheetStep",
    "month_format",
]
