"""A closed month never changes silently: later data stand beside it, with their reason, until somebody decides."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tests.published_stays import NOW, publish, stay, stays
from zhikong.foundation.notices.models import Notice
from zhikong.foundation.outbox.models import Announcement
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators.models import (
    IndicatorValue,
    MonthAct,
    MonthClose,
    MonthRevision,
    RevisedValue,
)
from zhikong.hospital.functions.indicators.queries import revisions as queries
from zhikong.hospital.functions.indicators.queries.figures import figures, frame

MONTH, LENGTH = "2026-10", "average_length_of_stay"
LATER = NOW + timedelta(days=1)


@pytest.fixture
def officer(make_user):
    return make_user("quality_office")


@pytest.fixture
def closed(hospital, officer, tmp_path):
    """October is closed: eight days for the hospital, ten in CARD, six in GSUR."""
    publish(stays(), tmp_path)
    actions.recompute(by=None, now=NOW)
    actions.close_month(by=officer, now=NOW, month=MONTH, override_reason="测试")
    return hospital


def late(tmp_path, rows, now=LATER, source="首页补录.csv"):
    publish(rows, tmp_path, now=now, source=source)
    return actions.recompute(by=None, now=now)


def shown(place=None, month=MONTH):
    return figures(frame(), months=[month], indicators=[LENGTH], places=[place])[LENGTH, place, month].value


def three_late():
    return [stay(f"late{n}", days=20) for n in range(3)]


@pytest.mark.proves("F-09")
def test_the_published_number_stays_and_the_new_one_stands_beside_it(closed, tmp_path):
    late(tmp_path, three_late())
    assert shown() == 8
    found = queries.revision_of(LENGTH, None, MONTH)
    assert (found.row.value, found.row.new_value) == (8, Decimal("9.333333"))
    assert found.sentence == (
        "已发布 8.00 天，按 2026-11-23 补录 3 份首页（首页补录.csv）重新计算为 9.33 天。"
    )
    surgery = closed.departments["GSUR"].id
    assert queries.revision_of(LENGTH, surgery, MONTH) is None
    assert shown(month="2026-09") == 8


def test_an_equal_value_of_other_cases_says_which_cases_and_comes_last(closed, tmp_path):
    late(tmp_path, three_late())
    found = queries.revised_values(queries.open_revision(MONTH))
    assert [one.differs for one in found] == sorted((one.differs for one in found), reverse=True)
    same = queries.revision_of("diagnosis_within_three_days", None, MONTH)
    assert "已发布 100.00%（24 / 24）" in same.sentence
    assert same.sentence.endswith("100.00%（27 / 27）。")
    counted = next(one for one in found if one.row.denominator is None)
    assert (counted.before, counted.after) == ("24 人次", "27 人次")


def test_corrected_pages_are_told_from_late_ones(closed, tmp_path):
    late(tmp_path, [stay("2026-10CARD0", days=22, day_surgery=False), stay("new")])
    (cause,) = MonthRevision.objects.get().causes
    assert (cause["new"], cause["changed"], cause["source"]) == (1, 1, "首页补录.csv")


def test_data_that_change_no_figure_are_no_revision(closed, tmp_path):
    late(tmp_path, [stay("2026-11a", month="2026-11")])
    assert not MonthRevision.objects.exists()


def test_the_quality_office_is_told_once_a_load(closed, tmp_path):
    late(tmp_path, three_late())
    late(tmp_path, three_late(), now=LATER + timedelta(hours=1))
    told = Notice.objects.filter(source_kind="month_revision")
    assert told.count() == 1
    assert "绩效不会因此自动重开" in told.get().text
    assert Announcement.objects.filter(fact="month_revised").count() == 1


def test_further_data_replace_the_open_revision_and_name_every_cause(closed, tmp_path):
    late(tmp_path, three_late())
    late(tmp_path, [stay("more", days=30)], now=LATER + timedelta(days=1), source="第二批.csv")
    states = list(MonthRevision.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["replaced", "open"]
    causes = queries.open_revision(MONTH).causes
    assert [(c["source"], c["new"]) for c in causes] == [("首页补录.csv", 3), ("第二批.csv", 1)]


def test_what_is_taken_back_leaves_no_revision_open(closed, tmp_path):
    late(tmp_path, [stay("2026-10CARD0", days=22)])
    late(tmp_path, [stay("2026-10CARD0", days=10)], now=LATER + timedelta(days=1))
    assert queries.open_revision(MONTH) is None
    assert MonthRevision.objects.get().state == "gone"


def test_accepting_makes_the_month_show_the_new_figures_and_keeps_the_old_ones(closed, officer, tmp_path):
    late(tmp_path, three_late())
    revision = queries.open_revision(MONTH)
    actions.accept_revision(by=officer, now=LATER, revision=revision, reason="漏报首页已核实")
    assert shown() == Decimal("9.333333")
    row = MonthClose.objects.get(month=MONTH)
    assert row.state == "closed"
    act = MonthAct.objects.order_by("-pk").first()
    assert (act.kind, act.reason) == ("revised", "漏报首页已核实")
    assert RevisedValue.objects.filter(indicator_id=LENGTH, department=None).get().value == 8
    last = Announcement.objects.filter(fact="month_revised").order_by("-pk").first()
    assert last.payload["accepted"] is True
    with pytest.raises(ValidationError, match="已经处理过"):
        actions.accept_revision(by=officer, now=LATER, revision=revision, reason="再来一次")


def test_a_month_that_is_opened_again_shows_the_newest_and_has_no_revision(closed, officer, tmp_path):
    late(tmp_path, three_late())
    actions.reopen_month(by=officer, now=LATER, month=MONTH, reason="补录")
    assert queries.open_revision(MONTH) is None
    assert shown() == Decimal("9.333333")


def test_accepting_needs_a_reason_and_the_right(closed, tmp_path, make_user):
    late(tmp_path, three_late())
    revision = queries.open_revision(MONTH)
    with pytest.raises(ValidationError, match="理由"):
        actions.accept_revision(by=None, now=LATER, revision=revision, reason=" ")
    head = make_user("department_head", closed.departments["CARD"])
    with pytest.raises(PermissionDenied):
        actions.accept_revision(by=head, now=LATER, revision=revision, reason="x")


def test_a_department_sees_its_own_revised_figures_only(closed, tmp_path):
    from zhikong.foundation.access.scope import rescope

    late(tmp_path, three_late())
    rescope(closed.scope(departments=frozenset({closed.departments["CARD"].id})))
    places = {one.place for one in queries.revised_values(queries.open_revision(MONTH))}
    assert places == {closed.departments["CARD"].id}


# ---- what is computed at all ------------------------------------------------------------------------------------------


def values(data_version):
    rows = IndicatorValue.objects.filter(data_version=data_version)
    return set(
        rows.values_list(
            "indicator_id", "department_id", "month", "numerator", "denominator", "value", "reason"
        )
    )


def test_only_what_the_new_data_touch_is_computed_anew(closed, tmp_path, monkeypatch):
    from zhikong.foundation.facts import gateway

    asked = {}
    compute = gateway.compute

    def noted(definitions, *, months, **options):
        asked.update({d.id: months for d in definitions})
        return compute(definitions, months=months, **options)

    monkeypatch.setattr(gateway, "compute", noted)
    bed = {"institution": "A", "department": "CARD", "open_beds": 10, "occupied_beds": 9, "month": MONTH}
    day = (NOW - timedelta(days=40)).date()
    publish([], tmp_path, now=LATER, bed_days=[bed | {"day": day}])
    actions.recompute(by=None, now=LATER)
    assert asked["bed_occupancy"] == ("2026-09", MONTH)  # the table was not there at all
    assert LENGTH not in asked
    asked.clear()
    publish([], tmp_path, now=LATER, bed_days=[bed | {"day": day + timedelta(days=1)}])
    run = actions.recompute(by=None, now=LATER + timedelta(hours=1))
    assert asked["bed_occupancy"] == (MONTH, MONTH)
    assert LENGTH not in asked
    carried = values(run.data_version)

    whole = gateway.compute(_all(), months=(run.first_month, run.last_month), now=LATER)
    ids = {d.code: d.id for d in closed.departments.values()}
    computed = {
        (r.indicator_id, ids.get(r.department), r.month, r.numerator, r.denominator, r.value,
         "" if r.reason is None else r.reason.sentence[:300])
        for r in whole.rows
    }  # fmt: skip
    assert {_rounded(row) for row in carried} == {_rounded(row) for row in computed}


def _all():
    from zhikong.hospital.functions.indicators.catalogue import definitions

    return list(definitions().values())


def _rounded(row):
    *parts, value, reason = row
    return (*parts, None if value is None else round(float(value), 5), reason)


def test_an_indicator_that_looks_at_later_stays_is_computed_for_all_months():
    from zhikong.hospital.functions.indicators.actions.carrying import stale_months
    from zhikong.hospital.functions.indicators.catalogue import definitions

    every = ("2026-08", "2026-09", "2026-10")
    changes = {"stays": {"2026-10"}}
    known = definitions()
    assert stale_months(known[LENGTH], changes, every) == {"2026-10"}
    readmission = next(name for name in known if "readmission" in name)
    assert stale_months(known[readmission], changes, every) == set(every)
    assert stale_months(known[LENGTH], {"bed_days": {"2026-10"}}, every) == set()
