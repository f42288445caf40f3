"""The records that a sample may be drawn from: discharged, archived, or of patients who lie in the hospital now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from zhikong.foundation.facts import record_frames
from zhikong.foundation.facts.charts import stays_of_months
from zhikong.foundation.organisation.models import Department
from zhikong.foundation.patients.models import Stay
from zhikong.hospital.functions.record_reviews.models import ReviewCase, SamplePlan
from zhikong.hospital.functions.record_reviews.rules_sampling import (
    Record,
    narrowed,
    risks_of,
    with_pathways,
)

COLUMNS = (
    "attending_doctor", "principal_diagnosis", "discharge_way", "rescues", "days", "red_cells_units",
    "nursing_special_days",
)  # fmt: skip


@dataclass(frozen=True)
class Frame:
    """Records of a plan, and what was left out of them: of a department that the hospital does not know."""

    records: tuple[Record, ...]
    months: tuple[str, ...]
    data_version: str
    pathways_known: bool
    strangers: int = 0


def months_between(first: str, last: str) -> list[str]:
    """'2026-06', '2026-10' -> the five months; nothing when the order is wrong."""
    (y, m), (last_y, last_m) = map(_numbers, (first, last))
    return [f"{n // 12}-{n % 12 + 1:02d}" for n in range(y * 12 + m - 1, last_y * 12 + last_m)]


def _numbers(month: str) -> tuple[int, int]:
    return int(month[:4]), int(month[5:7])


def month_before(day: date) -> str:
    """The month before a day's, in which records are complete."""
    number = day.year * 12 + day.month - 2
    return f"{number // 12}-{number % 12 + 1:02d}"


def frame_of(plan: SamplePlan, *, by, today: date) -> Frame:
    """What the plan may draw from today; the look is logged. A plan without months takes the month before."""
    if plan.frame == SamplePlan.Frame.RUNNING:
        return _settled(_running(), (), plan, pathways=None)
    first = plan.first_month or month_before(today)
    months = tuple(months_between(first, plan.last_month or first))
    rows = stays_of_months(months, by=by, columns=COLUMNS, purpose=f"抽样方案“{plan.title}”的抽样框")
    records = [_closed(row) for row in rows]
    if plan.frame == SamplePlan.Frame.ARCHIVED:
        archived = set(
            ReviewCase.objects.filter(month__in=months, archived_at__isnull=False).values_list(
                "stay_id", flat=True
            )
        )
        records = [one for one in records if one.stay_id in archived]
    return _settled(records, months, plan, pathways=record_frames.stays_with("pathways", months))


def _settled(records: list[Record], months, plan: SamplePlan, *, pathways) -> Frame:
    known = set(Department.objects.values_list("code", flat=True))
    inside = [one for one in records if one.department in known]
    wanted = narrowed(inside, departments=plan.departments, disease_codes=plan.disease_codes)
    return Frame(
        tuple(with_pathways(wanted, pathways or frozenset())),
        tuple(months),
        record_frames.data_version(),
        pathways is not None,
        len(records) - len(inside),
    )


def _closed(row) -> Record:
    return Record(
        stay_id=row["stay_id"],
        department=row["discharge_department"],
        doctor=row["attending_doctor"] or "",
        diagnosis=row["principal_diagnosis"] or "",
        month=f"{row['discharged_at']:%Y-%m}",
        discharged_on=row["discharged_at"].date(),
        risks=risks_of(row),
    )


def _running() -> list[Record]:
    """Patients in hospital now; their diagnosis is not coded yet."""
    rows = Stay.objects.select_related("department").order_by("stay_id")
    return [Record(one.stay_id, one.department.code, one.attending_doctor) for one in rows]


@dataclass(frozen=True)
class FrameLine:
    """One group of a frame before anything is drawn: sizes only, so that nobody can choose a seed by its result."""

    name: str
    records: int
    doctors: int
    pathway: int
    diseases: tuple[tuple[str, int], ...]


def lines_of(frame: Frame, names: dict[str, str], *, top: int) -> list[FrameLine]:
    """The frame by department, with its most frequent diseases."""
    found = []
    for code in sorted({one.department for one in frame.records}, key=lambda c: names.get(c, c)):
        own = [one for one in frame.records if one.department == code]
        diseases = Counter(one.disease for one in own if one.disease)
        ranked = sorted(diseases.items(), key=lambda item: (-item[1], item[0]))[: top or 3]
        found.append(
            FrameLine(
                names.get(code, code),
                len(own),
                len({one.doctor for one in own if one.doctor}),
                sum(one.pathway for one in own),
                tuple(ranked),
            )
        )
    return found
