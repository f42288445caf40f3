"""Pages of figures need figures: two years of three indicators in two departments and the hospital."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)  # 10:00 in the hospital
LAST = "2026-10"


@dataclass
class Figures:
    """Stored results that tests change before they look at pages."""

    hospital: object
    version: str = "v1"
    months: list[str] = field(default_factory=list)

    def add(self, indicator_id, place, parts, *, months=None):
        """parts: (numerator, denominator) per month, oldest first; a denominator of 0 cannot be computed."""
        from zhikong.hospital.functions.indicators.catalogue import definitions
        from zhikong.hospital.functions.indicators.models import IndicatorValue

        definition = definitions()[indicator_id]
        IndicatorValue.objects.bulk_create(
            IndicatorValue(
                institution_id=self.hospital.id,
                indicator_id=indicator_id,
                definition_version=definition.version,
                definition_hash=definition.hash,
                data_version=self.version,
                computed_at=NOW,
                department_id=place,
                month=month,
                numerator=top,
                denominator=bottom,
                value=Decimal(top * definition.multiplier) / bottom if bottom else None,
                reason="" if bottom else "分母为 0：本期没有符合统计范围的记录。",
            )
            for month, (top, bottom) in zip(months or self.months, parts, strict=True)
        )

    def finish(self, now=NOW):
        """Record the run, find its signals, raise its alerts, as a real computation does."""
        from zhikong.hospital.functions.indicators import actions
        from zhikong.hospital.functions.indicators.catalogue import definitions
        from zhikong.hospital.functions.indicators.models import Computation

        run = Computation.objects.create(
            institution_id=self.hospital.id,
            data_version=self.version,
            definitions={d.id: d.hash for d in definitions().values()},
            first_month=self.months[0],
            last_month=self.months[-1],
            data_until=now,
            computed_at=now,
            value_count=0,
        )
        actions.detect_signals(run=run, definitions=definitions().values())
        actions.update_alerts(run=run, now=now)
        return run


def steady(top, bottom, length=24):
    """A series that wobbles a little around one level."""
    return [(top + (1, -1, 2, -2, 0, 1, -1, 0)[i % 8], bottom) for i in range(length)]


@pytest.fixture
def at_noon(monkeypatch):
    """The clock of requests stands at NOW."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def empty_figures(hospital, at_noon):
    from zhikong.hospital.functions.indicators import months

    return Figures(hospital, months=months.last(24, LAST))


@pytest.fixture
def figures(empty_figures):
    """average_length_of_stay is met; diagnosis_within_three_days falls in the last month; CARD is worst."""
    from zhikong.hospital.functions.indicators import actions

    made, departments = empty_figures, empty_figures.hospital.departments
    cardiology, surgery = departments["CARD"].id, departments["GSUR"].id
    actions.load_preset(by=None, now=NOW, name="000-P2", valid_from=date(2024, 1, 1))
    for place, share in ((None, 2), (cardiology, 1), (surgery, 1)):
        made.add("average_length_of_stay", place, steady(500 * share, 60 * share))
        fallen = 60 * share if place != surgery else 93
        good = [(94 * share + n, 100 * share) for n in (0, 1, -1, 0) * 6][:23]
        made.add("diagnosis_within_three_days", place, [*good, (fallen, 100 * share)])
    made.add("grade_a_records", cardiology, [(5, 6)] * 24)  # too few to be judged
    made.add("grade_a_records", None, [(5, 6)] * 23 + [(0, 0)])
    made.finish()
    return made


@pytest.fixture
def office(as_role):
    return as_role("quality_office", name="王敏")


@pytest.fixture
def head(as_role, hospital):
    return as_role("department_head", hospital.departments["CARD"], name="李建国")
