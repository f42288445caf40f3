"""The closed vocabularies of a definition: every word that a field may hold, and what it means."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    DEPRECATED = "deprecated"


class Kind(StrEnum):
    """How numerator and denominator become the value."""

    RATIO = "ratio"
    MEAN = "mean"
    COUNT = "count"
    MEDIAN = "median"
    PERCENTILE = "percentile"
    DISTINCT = "distinct"
    RATE = "rate"  # numerator and denominator from different tables
    COMPOSITE = "composite"  # a score of other indicators with visible weights
    GROWTH = "growth"  # the change of another indicator


ORDERED = frozenset({Kind.MEDIAN, Kind.PERCENTILE})
"""Kinds that put the values of the rows in order."""
NOT_ADDITIVE = ORDERED | {Kind.DISTINCT}
"""Kinds that are never rolled up from departments or months: a coarser value is always computed on the rows."""
DERIVED = frozenset({Kind.COMPOSITE, Kind.GROWTH})
"""Kinds that are computed from other indicators' results, not from rows."""


class Direction(StrEnum):
    UP = "up"
    DOWN = "down"
    RANGE = "range"
    MONITOR = "monitor"


class Mark(StrEnum):
    """How sure we are of the source: read in the original, retold, or from memory."""

    VERIFIED = "verified"
    PARAPHRASED = "paraphrased"
    MEMORY = "memory"


class How(StrEnum):
    """How a numerator or denominator is formed from the rows."""

    ROWS = "rows"  # every row counts one
    COUNT = "count"  # rows that fulfil a condition
    SUM = "sum"  # the sum of a whole-number expression
    VALUES = "values"  # the values themselves, for a median or percentile
    DISTINCT = "distinct"  # the different known values of a column, such as patients
    PASSES = "passes"  # the verdicts of a record rule: passed, of passed and failed
    RESULTS = "results"  # nothing on rows: the results of other indicators


class NumeratorOf(StrEnum):
    """Whether the numerator counts rows that the exclusions take from the denominator."""

    BEFORE_EXCLUSIONS = "before_exclusions"
    AFTER_EXCLUSIONS = "after_exclusions"


class NoRows(StrEnum):
    """What a month without any row of the table means: nothing happened, or nothing was delivered."""

    ZERO = "zero"
    NO_DATA = "no_data"


class Rank(StrEnum):
    """Which place in order a percentile is: with p of n values, ascending from 1.

    nearest: place ceil(p·n). linear: place 1 + p·(n−1), between two values in proportion (as spreadsheets do).
    n_plus_1: place p·(n+1), in proportion, the first or last value beyond the ends; the national rule for the
    90th percentile of turnaround times, 0.9(n+1) (临床检验专业医疗质量控制指标, CL-12).
    """

    NEAREST = "nearest"
    LINEAR = "linear"
    N_PLUS_1 = "n_plus_1"


class AbsentPart(StrEnum):
    """What becomes of a composite when a part has no value."""

    CANNOT_COMPUTE = "cannot_compute"  # the default: an unknown part makes the whole unknown
    LEAVE_OUT = "leave_out"  # the other parts' weights stand for the whole
    ZERO = "zero"
