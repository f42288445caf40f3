"""What the rules found in one chart: for the page of a record, and for those who review it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.urls import reverse
from django.utils import timezone

from zhikong.foundation.facts import record_checks
from zhikong.foundation.facts.chart_findings import ChartFinding
from zhikong.hospital.functions.records.facets import aspect_of
from zhikong.hospital.functions.records.models import RecordVerdict, Screening
from zhikong.hospital.functions.records.queries.results.in_force import all_rules, applied, settings_in_force
from zhikong.hospital.functions.records.queries.results.screenings import screening_of


def findings_of(stay_id: str) -> Iterator[ChartFinding]:
    """Provider of chart_findings: failures of the record, and what could not be judged, of stays in the scope."""
    rows = list(RecordVerdict.objects.filter(stay_id=stay_id).order_by("rule"))
    rules = _rules()
    for row in rows:
        yield _finding(row, rules.get(row.rule))
    month = rows[0].month if rows else record_checks.month_of_stay(stay_id)
    run = screening_of(month) if month else None
    if run is not None:
        yield from _of_the_month(run, rules)


def _rules() -> dict[str, Any]:
    today = timezone.localdate()
    settings = settings_in_force(on=today)
    return {key: applied(rule, settings.get(key)) for key, rule in all_rules(on=today).items()}


def _finding(row: RecordVerdict, rule: Any | None) -> ChartFinding:
    return ChartFinding(
        rule=row.rule, version=row.version, title=rule.title if rule else row.rule, verdict=row.verdict,
        reason=row.reason, points=rule.points if rule else None, aspect=aspect_of(rule) if rule else "",
        section=row.span_section, severity=str(rule.severity) if rule else "", responsible=row.responsible,
        span_document=row.span_document, span_section=row.span_section, span_start=row.span_start,
        span_end=row.span_end, due_at=row.due_at, at=row.at, url=reverse("records:rule", args=[row.rule]),
    )  # fmt: skip


def _of_the_month(run: Screening, rules: dict[str, Any]) -> Iterator[ChartFinding]:
    """Rules that could judge no record of the month: they say nothing of this one either, and it is no pass."""
    for verdict, said in (("not_assessable", run.unmet), ("error", run.broken)):
        for key, why in said.items():
            rule = rules.get(key)
            yield ChartFinding(
                rule=key, version=run.rules.get(key, [0])[0], title=rule.title if rule else key, verdict=verdict,
                reason=why, points=rule.points if rule else None, aspect=aspect_of(rule) if rule else "",
                url=reverse("records:rule", args=[key]),
            )  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """A stretch of a section's text; marked: numbers of the findings that stand on it, none for plain text."""

    text: str
    marked: tuple[int, ...] = ()


def pieces(text: str, spans: Iterable[tuple[int, int, int]]) -> list[Piece]:
    """The text cut where spans begin and end. spans: (number of the finding, start, end), half-open, in characters.

    Spans outside the text are cut to it; overlapping ones share a piece.
    """
    kept = [(n, max(start, 0), min(end, len(text))) for n, start, end in spans]
    kept = [one for one in kept if one[1] < one[2]]
    edges = sorted({0, len(text), *(edge for _, start, end in kept for edge in (start, end))})
    return [
        Piece(text[a:b], tuple(n for n, start, end in kept if start <= a and b <= end))
        for a, b in pairwise(edges)
    ]


@dataclass(frozen=True)
class ShownSection:
    """A section with its text in pieces."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class ShownDocument:
    """A document as the record page shows it; marked: numbers of the findings that stand on it."""

    document: Any
    sections: tuple[ShownSection, ...]
    marked: tuple[int, ...]


def shown(chart: Any, numbered: list[tuple[int, ChartFinding]]) -> list[ShownDocument]:
    """The chart's documents with the findings' spans marked in their texts."""
    found = []
    for document in chart.documents:
        own = [(n, one) for n, one in numbered if one.span_document == document.id and one.span_section]
        sections = tuple(
            ShownSection(section.name, tuple(pieces(section.text, _spans(section.name, own))))
            for section in document.sections
        )
        found.append(ShownDocument(document, sections, tuple(n for n, _ in own)))
    return found


def _spans(section: str, own: list[tuple[int, ChartFinding]]) -> list[tuple[int, int, int]]:
    return [
        (n, one.span_start, one.span_end)
        for n, one in own
        if one.span_section == section and one.span_start is not None and one.span_end is not None
    ]
