"""Verdicts as they are stored: rows of what is not a pass, counts, and what holds for a whole month. Pure.

A rule that could judge no record of a month for one and the same reason is told once for the month and not once for
each record; so is one that crashed on all of them.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

KEPT = ("fail", "not_assessable", "error")
TALLY = ("rule", "version", "department")
WRITER = ("rule", "responsible", "department")


@dataclass(frozen=True)
class Stored:
    """What a month leaves behind.

    rows: one dict for each verdict that is not a pass, with department (code), day, and
    whether the record is a visit's.
    tallies: TALLY key -> counts by verdict. writers: WRITER key -> counts of pass and fail.
    unmet, broken: rule -> the one reason why it could judge nothing, or how it crashed.
    """

    rows: list[dict[str, Any]]
    tallies: dict[tuple, dict[str, int]]
    writers: dict[tuple, dict[str, int]]
    unmet: dict[str, str]
    broken: dict[str, str]

    def count(self, verdict: str) -> int:
        """How often a verdict was given, over all rules and records."""
        return sum(counts.get(verdict, 0) for counts in self.tallies.values())

    @property
    def digest(self) -> str:
        """Equal for equal verdicts, whatever their order was."""
        rows = sorted(json.dumps(row, ensure_ascii=False, sort_keys=True, default=str) for row in self.rows)
        counts = sorted(repr((key, sorted(value.items()))) for key, value in self.tallies.items())
        said = [rows, counts, sorted(self.unmet.items()), sorted(self.broken.items())]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def stored(verdicts: pa.Table, encounters: pa.Table) -> Stored:
    """Sort a month's verdicts (VERDICT_SCHEMA). encounters: as record_checks.ENCOUNTERS; other verdicts are left out."""
    placed = _placed(verdicts, encounters)
    tallies = _counts(placed, TALLY)
    rows = placed.filter(pc.is_in(placed["verdict"], pa.array(KEPT))).to_pylist()
    unmet, broken = (_of_the_month(rows, tallies, word) for word in ("not_assessable", "error"))
    once = unmet.keys() | broken.keys()
    judged = placed.filter(pc.is_in(placed["verdict"], pa.array(["pass", "fail"])))
    named = judged.filter(pc.fill_null(pc.not_equal(judged["responsible"], ""), False))
    return Stored(
        [row for row in rows if row["rule"] not in once],
        {key: counts for key, counts in tallies.items() if counts.keys() - {"not_applicable"}},
        _counts(named, WRITER),
        unmet,
        broken,
    )


def _placed(verdicts: pa.Table, encounters: pa.Table) -> pa.Table:
    """Each verdict with its department and the day of its record's discharge.

    The department is where the patient lay when the clock began, as the verdict says; else where they were discharged.
    """
    place = pc.index_in(verdicts["encounter"], value_set=encounters["encounter"])
    known = pc.is_valid(place)
    verdicts, place = verdicts.filter(known), place.filter(known)
    kept = verdicts.drop_columns(["department"])
    department = pc.coalesce(verdicts["department"], encounters["department"].take(place), "")
    placed = kept.append_column("department", department)
    for name in ("day", "visit"):
        placed = placed.append_column(name, encounters[name].take(place))
    return placed


def _counts(table: pa.Table, by: tuple[str, ...]) -> dict[tuple, dict[str, int]]:
    counted = table.group_by([*by, "verdict"], use_threads=False).aggregate([([], "count_all")])
    found: dict[tuple, dict[str, int]] = defaultdict(dict)
    for row in counted.to_pylist():
        found[tuple(row[name] for name in by)][row["verdict"]] = row["count_all"]
    return dict(found)


def _of_the_month(rows: list[dict], tallies: Mapping, verdict: str) -> dict[str, str]:
    """Rule -> reason, for rules that gave this one verdict for one reason wherever they applied."""
    given: dict[str, set[str]] = defaultdict(set)
    for (rule, *_), counts in tallies.items():
        given[rule] |= counts.keys()
    reasons: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row["verdict"] == verdict:
            reasons[row["rule"]].add(row["reason"] or "")
    return {
        rule: next(iter(reasons[rule]))
        for rule, words in sorted(given.items())
        if verdict in words and words <= {verdict, "not_applicable"} and len(reasons[rule]) == 1
    }
