"""What became of a sample: progress, the estimated rate of grade A with its interval, agreement, differences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from zhikong.engine.stats.sampling_estimate import Estimate
from zhikong.foundation.access.models import User
from zhikong.foundation.forms import queries as forms
from zhikong.foundation.forms.models import Sheet
from zhikong.hospital.functions.record_reviews.models import (
    ReviewAssignment,
    Sample,
    SamplePlan,
    SampleRow,
    SettledDifference,
)
from zhikong.hospital.functions.record_reviews.queries.reviewing.finished import finished_reviews, item_losses
from zhikong.hospital.functions.record_reviews.rules_results import (
    AgreementReport,
    DrawnRow,
    Reading,
    agreement_of,
    rate_of,
)

RUNNING = "record_sample"
"""Source of the check sheets of running records."""


@dataclass(frozen=True)
class Progress:
    """How many reviews of a sample are given and done, by reviewer and in all."""

    given: int
    done: int
    by_reviewer: tuple[tuple[str, int, int], ...]

    @property
    def percent(self) -> int:
        """Whole per cent that are done; 0 while nothing is given."""
        return self.done * 100 // self.given if self.given else 0


def drawn_rows(sample: Sample) -> list[SampleRow]:
    """The records of a sample that stand, in order."""
    rows = sample.rows.filter(state=SampleRow.State.DRAWN)
    return list(rows.select_related("department", "stands_for").order_by("position"))


def reviews_of(sample: Sample) -> list[ReviewAssignment]:
    """Every review given for a sample, withdrawn ones left out."""
    rows = ReviewAssignment.objects.filter(sample=sample.number).exclude(
        state=ReviewAssignment.State.WITHDRAWN
    )
    return list(rows.select_related("case", "reviewer").order_by("pk"))


def progress(sample: Sample) -> Progress:
    """Counts of reviews, or of check sheets where the records are of patients in hospital."""
    if sample.plan.frame == SamplePlan.Frame.RUNNING:
        return _progress(
            (str(sheet.filler), sheet.submitted_at is not None)
            for sheet in check_sheets(sample).select_related("filler")
        )
    done = ReviewAssignment.State.DONE
    return _progress((str(one.reviewer), one.state == done) for one in reviews_of(sample))


def counts_of(samples: Iterable[Sample]) -> dict[int, tuple[int, int]]:
    """Sample → (reviews given, done), for a list: one query for all whose records are discharged."""
    samples = list(samples)
    numbers = {one.number: one.pk for one in samples}
    done = Count("pk", filter=Q(state=ReviewAssignment.State.DONE))
    rows = (
        ReviewAssignment.objects.filter(sample__in=list(numbers))
        .exclude(state=ReviewAssignment.State.WITHDRAWN)
        .order_by()
        .values_list("sample")
        .annotate(given=Count("pk"), done=done)
    )
    found = {numbers[number]: (given, done) for number, given, done in rows}
    for one in samples:
        if one.plan.frame == SamplePlan.Frame.RUNNING:
            told = progress(one)
            found[one.pk] = (told.given, told.done)
    return found


def check_sheets(sample: Sample):
    """The check sheets of a sample of running records."""
    return Sheet.objects.filter(source_kind=RUNNING, source_key__startswith=f"{sample.pk}/")


def _progress(told: Iterable[tuple[str, bool]]) -> Progress:
    counts: dict[str, list[int]] = {}
    for name, done in told:
        line = counts.setdefault(name, [0, 0])
        line[0] += 1
        line[1] += done
    lines = sorted((name, given, done) for name, (given, done) in counts.items())
    return Progress(sum(g for _, g, _ in lines), sum(d for _, _, d in lines), tuple(lines))


@dataclass(frozen=True)
class Results:
    """Readings and what they say. open_grades: readings whose grade unknown items leave open."""

    rows: tuple[SampleRow, ...]
    first: Mapping[int, Reading]
    second: Mapping[int, Reading]
    hospital: Estimate
    by_department: tuple[tuple[str, Estimate], ...]
    agreement: AgreementReport
    open_grades: int
    unread: int


def results(sample: Sample, *, names: Mapping[int, str]) -> Results:
    """Everything the finished readings of a sample say; names: of departments by id."""
    rows = drawn_rows(sample)
    first, second = readings(sample, rows)
    plain = [DrawnRow(row.pk, names.get(row.department_id, ""), row.chance, row.stratum) for row in rows]
    places = sorted({row.department for row in plain})
    return Results(
        tuple(rows),
        first,
        second,
        rate_of(plain, first),
        tuple((place, rate_of([r for r in plain if r.department == place], first)) for place in places),
        agreement_of(first, second),
        sum(1 for one in first.values() if not one.letter),
        sum(1 for row in rows if row.pk not in first),
    )


def readings(sample: Sample, rows: Iterable[SampleRow]) -> tuple[dict[int, Reading], dict[int, Reading]]:
    """Row -> its first and its second reading, as far as they are done."""
    by_pair = {row.pair: row.pk for row in rows}
    first: dict[int, Reading] = {}
    second: dict[int, Reading] = {}
    for one in finished_reviews(sample=sample.number):
        if one.pair in by_pair:
            row = by_pair[one.pair]
            (second if one.stage == "second" else first)[row] = reading(one, row)
    return first, second


def reading(one: ReviewAssignment, row: int) -> Reading:
    """A finished review as the statistics see it: points only where nothing is unknown."""
    known = one.low is not None and one.low == one.high
    return Reading(
        row, one.reviewer_id, one.grade if known else "", float(one.high) if known else None, item_losses(one)
    )


def people(report: AgreementReport) -> dict[int, str]:
    """Names of the reviewers that a report speaks of."""
    wanted = {who for line in report.by_pair for who in (line.first, line.second)}
    wanted |= {one.first.reviewer for one in report.apart} | {one.second.reviewer for one in report.apart}
    return {user.pk: str(user) for user in User.objects.filter(pk__in=wanted)}


def item_titles(sample: Sample) -> dict[str, str]:
    """Item id -> its text on the sheets that the sample's reviews were written on."""
    found: dict[str, str] = {}
    hashes: set[str] = set()
    for sheet in Sheet.objects.filter(pk__in=[one.sheet_id for one in reviews_of(sample) if one.sheet_id]):
        if sheet.definition_hash not in hashes:
            hashes.add(sheet.definition_hash)
            for section in forms.definition(sheet).sections:
                found |= {item.id: f"{section.title}：{item.text}" for item in section.items}
    return found


def settled(sample: Sample) -> dict[tuple[int, str], SettledDifference]:
    """(row, item) -> what was agreed."""
    rows = SettledDifference.objects.filter(row__sample=sample).select_related("settled_by")
    return {(one.row_id, one.item): one for one in rows}


def points_by_row(sample: Sample) -> dict[int, list[float]]:
    """Row -> the points of every finished reading of a contest; a reading with unknown items does not count."""
    by_pair = {row.pair: row.pk for row in drawn_rows(sample)}
    found: dict[int, list[float]] = {row: [] for row in by_pair.values()}
    for one in finished_reviews(stage="contest", sample=sample.number):
        if one.pair in by_pair and one.low is not None and one.low == one.high:
            found[by_pair[one.pair]].append(float(one.high))
    return found
