"""Special checks: named lists of rules with what they found, and the theme of the month (REC-18, 20, 28, 36, 37).

A list chooses rules; how it is written stands in engine/record_rules/lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhikong.engine import months as calendar
from zhikong.engine.record_rules.lists import RecordList
from zhikong.foundation.facts.record_lists import lists_in_force
from zhikong.hospital.functions.records import facets
from zhikong.hospital.functions.records.facets import Tally
from zhikong.hospital.functions.records.models import RecordVerdict
from zhikong.hospital.functions.records.queries.results.compliance import tallies

STAYS = 200
"""Records listed on a page; the whole list is in the workbook."""


def lists(*, on: date) -> dict[str, RecordList]:
    """Every special check in force by id: standing ones first, then the themes by month."""
    return {one.id: one for one in lists_in_force(on=on)}


def theme_of(month: str, *, on: date) -> RecordList | None:
    """The theme of a month of the year."""
    number = int(month[5:7])
    return next((one for one in lists_in_force(on=on) if number in one.months), None)


def span(one: RecordList, month: str) -> list[str]:
    """The months that a list looks at: the month, or its quarter up to it."""
    if one.period != "quarter":
        return [month]
    number = calendar.number(month)
    first = number - (int(month[5:7]) - 1) % 3
    return [calendar.named(n) for n in range(first, number + 1)]


@dataclass(frozen=True)
class RuleResult:
    """A rule of a list with its counts."""

    rule: Any
    tally: Tally
    why: str = ""


def results(one: RecordList, known: Mapping[str, Any], *, months: list[str], department: str | None, unmet: Mapping[str, str]) -> list[RuleResult]:  # fmt: skip
    """Every rule of the list with its counts, the lowest compliance first; those that judged nothing come last."""
    keys = one.rules(known)
    counts = {
        key: tally
        for (key,), tally in tallies("rule", months=months, department=department, rules=keys).items()
    }
    found = [RuleResult(known[key], counts.get(key, Tally()), unmet.get(key, "")) for key in keys]
    return sorted(found, key=lambda x: (x.tally.rate is None, x.tally.rate or 0, x.rule.id))


def by_aspect(found: Iterable[RuleResult]) -> list[tuple[str, Any, Tally]]:
    """(aspect, word, counts): whether it is there, in time, and well written."""
    sums: dict[str, Tally] = {}
    for one in found:
        aspect = facets.aspect_of(one.rule)
        sums[aspect] = sums.get(aspect, Tally()) + one.tally
    return [(code, word, sums[code]) for code, word in facets.ASPECTS.items() if code in sums]


@dataclass(frozen=True)
class StayLine:
    """A record with what it lacks in the sense of the list."""

    stay_id: str
    place: str
    day: Any
    failed: tuple[RecordVerdict, ...]
    unknown: int


def stays(
    one: RecordList,
    known: Mapping[str, Any],
    *,
    months: list[str],
    department: str | None,
    most: int | None = STAYS,
) -> tuple[list[StayLine], int]:
    """Records that fail a rule of the list, those that lack most first (at most `most`), and how many there are."""
    rows = RecordVerdict.objects.filter(rule__in=one.rules(known), month__in=months)
    if department is not None:
        rows = rows.filter(place=department)
    by_stay: dict[str, list[RecordVerdict]] = {}
    for row in rows.order_by("day", "stay_id", "rule"):
        by_stay.setdefault(row.stay_id, []).append(row)
    fail = RecordVerdict.Verdict.FAIL
    lines = []
    for stay, own in by_stay.items():
        failed = tuple(row for row in own if row.verdict == fail)
        if failed:
            lines.append(StayLine(stay, failed[0].place, failed[0].day, failed, len(own) - len(failed)))
    lines.sort(key=lambda line: (-len(line.failed), line.day, line.stay_id))
    return lines[:most], len(lines)
