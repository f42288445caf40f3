"""The chapters of the manual, in reading order."""

from tests.spec.chapters import (
    children,
    codes,
    comparing,
    derived,
    grouping,
    kinds,
    measures,
    reasons,
    time,
    unknown,
)

CHAPTERS = tuple(
    module.CHAPTER
    for module in (comparing, unknown, time, codes, children, measures, kinds, derived, grouping, reasons)
)
