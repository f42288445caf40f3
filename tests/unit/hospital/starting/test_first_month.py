"""The first month on published facts: computed, closed only when it may be, its brief drafted; and what is refused."""

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.engine.tables import arrow_schema
from zhikong.foundation.facts import actions as facts
from zhikong.hospital.functions.indicators import actions as indicators
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.models import MonthClose
from zhikong.hospital.overviews.reports.models import Brief
from zhikong.hospital.overviews.starting.actions import first_month
from zhikong.hospital.overviews.starting.models import Timing
from zhikong.hospital.overviews.starting.queries import readiness, standing, timing

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
MONTHS = calendar.span("2026-09", "2026-11")
MONTH = "2026-10"


def stay(number, department, month):
    out = datetime.combine(calendar.first_day(month) + timedelta(days=15), datetime.min.time())
    known = {
        "stay_id": f"S{number}", "patient_key": f"P{number}", "institution": "A", "zone": "Asia/Shanghai",
        "admitted_at": out - timedelta(days=8), "discharged_at": out, "discharge_department": department,
        "discharge_way": "1", "day_surgery": False, "days": 8, "month": month,
    }  # fmt: skip
    return {name: known.get(name) for name in arrow_schema("stays").names}


@pytest.fixture
def published(hospital, tmp_path):
    """Three months, the last not over, of two of the three departments with beds."""
    rows = [stay(f"{m}{d}{n}", d, m) for m in MONTHS for d in ("CARD", "GSUR") for n in range(12)]
    path = tmp_path / "stays.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=arrow_schema("stays")), path)
    facts.publish(by=None, now=NOW, tables={"stays": path}, folder=tmp_path)
    return hospital


@pytest.fixture
def office(make_user):
    return make_user("quality_office", name="王敏")


@pytest.mark.proves("F-19")
def test_the_month_is_computed_closed_and_briefed_and_the_wizard_is_over(published, office):
    asked = first_month.ask(by=office, now=NOW, month=MONTH)
    assert not standing.finished()
    done = first_month.make_asked(asked_id=asked.pk, now=NOW)
    assert done.state == "done"
    assert "本月已结账" in done.message
    assert readiness.computed(MONTH) > 0
    assert readiness.is_computed(MONTH)
    close = MonthClose.objects.get(month=MONTH)
    assert (close.state, close.closed_by) == ("closed", office)
    assert Brief.objects.get(month=MONTH).figures["closed"]
    assert standing.finished()
    assert set(Timing.objects.values_list("work", flat=True)) == {"computing", "brief"}
    again = first_month.make_asked(asked_id=asked.pk, now=NOW)
    assert (again.message, Timing.objects.count()) == (done.message, 2)


def test_a_miss_without_analysis_keeps_the_month_open_and_says_so(published, office):
    indicators.set_target(
        by=None, now=NOW, indicator_id="average_length_of_stay", valid_from=date(2026, 1, 1), at_most=3
    )
    made = first_month.make(by=office, now=NOW, month=MONTH)
    assert "没有原因分析" in made.open_because
    assert not MonthClose.objects.filter(state="closed").exists()
    assert made.brief.month == MONTH
    assert "没有结账：" in first_month.told(made)


def test_without_a_person_nothing_is_closed(published):
    assert "月度结账" in first_month.make(by=None, now=NOW, month=MONTH).open_because


def test_words_that_somebody_edited_are_kept(published, office):
    from zhikong.hospital.overviews.reports import actions

    first_month.make(by=None, now=NOW, month=MONTH)
    actions.edit(by=office, now=NOW, month=MONTH, sections={"overall": "人写的话"})
    assert first_month.make(by=None, now=NOW, month=MONTH).brief.sections["overall"] == "人写的话"


@pytest.mark.parametrize("month", ["2026-11", "2026-07", "2026-13", ""])
def test_a_month_that_is_not_over_or_has_no_data_is_refused(published, office, month):
    with pytest.raises(ValidationError):
        first_month.ask(by=office, now=NOW, month=month)


def test_only_one_at_a_time_and_only_by_whom_may(published, office, make_user):
    with pytest.raises(PermissionDenied):
        first_month.ask(by=make_user("administrator"), now=NOW, month=MONTH)
    first_month.ask(by=office, now=NOW, month=MONTH)
    with pytest.raises(ValidationError, match="已经在生成"):
        first_month.ask(by=office, now=NOW, month=MONTH)


def test_the_month_says_who_has_no_discharge_and_how_long_it_takes(published):
    assert readiness.chosen_month("", now=NOW) == MONTH
    assert readiness.silent_departments(MONTH) == ["儿科"]
    ready = readiness.of_month(MONTH).ready
    assert "average_length_of_stay" in ready
    without = readiness.without_target(MONTH, ready)
    indicators.set_target(
        by=None, now=NOW, indicator_id="discharges", valid_from=date(2026, 1, 1), at_least=1
    )
    assert readiness.without_target(MONTH, ready) == without - 1
    assert readiness.computed(MONTH) is None
    before = timing.until_the_month(MONTH)
    assert before.computing > 0
    assert not before.measured
    first_month.make(by=None, now=NOW, month=MONTH)
    after = timing.until_the_month(MONTH)
    assert (after.loading, after.computing) == (0, 0)
    assert after.measured
