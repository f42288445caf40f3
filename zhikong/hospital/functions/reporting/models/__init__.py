"""Sheets of reported figures, and the departments' monthly quality records."""

from zhikong.hospital.functions.reporting.models.figures import (
    AcceptedFigure,
    FigureEntry,
    FigureFile,
    FigureSheet,
    SheetStep,
    month_format,
)
from zhikong.hospital.functions.reporting.models.records import Measure, MonthlyRecord

__all__ = [
    "AcceptedFigure",
    "FigureEntry",
    "FigureFile",
    "FigureSheet",
    "Measure",
    "MonthlyRecord",
    "SheetStep",
    "month_format",
]
