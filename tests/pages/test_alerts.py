"""What reaches people: tiers, budget, owners, digest, never-events, outcomes; the page, the silence, the settings."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.pages.conftest import NOW, steady
from zhikong.foundation.access.scope import forget
from zhikong.foundation.notices.models import Notice
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators import months as calendar
from zhikong.hospital.functions.indicators.models import Alert, AlertPolicy, ChartEvidence, Computation

PAGE, SETTINGS, SILENCE = "/indicators/alerts/", "/indicators/alerts/settings/", "/indicators/alerts/silence/"
FALLING = (
    "diagnosis_within_three_days", "admission_discharge_agreement", "grade_a_records", "rescue_success",
    "outpatient_discharge_agreement",
)  # fmt: skip
MOST_QUERIES = 25


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def setting(**changes):
    hours = {"digest_at": "07:30", "quiet_from": "21:30", "quiet_to": "07:00"}
    return {"budget": 3, "red": 5, "amber": 20, "newest": 4, **hours, "reason": "质委会决定", **changes}


@pytest.fixture
def fallen(empty_figures):
    """Five indicators of cardiology fall from 97 to 60 of 100 in the newest month."""
    made = empty_figures
    place = made.hospital.departments["CARD"].id
    for name in FALLING:
        made.add(name, place, [*steady(97, 100)[:23], (60, 100)])
        made.add(name, made.hospital.departments["GSUR"].id, steady(97, 100))
    made.finish()
    return made


def again(figures, months=0):
    """The same figures, computed once more; with so many later months in all that are as good as ever."""
    later = [
        m for m in calendar.span("2026-11", calendar.shifted("2026-10", months)) if m not in figures.months
    ]
    place = figures.hospital.departments["CARD"].id
    for name in FALLING if later else ():
        figures.add(name, place, [(98, 100)] * len(later), months=later)
    figures.months = [*figures.months, *later]
    return figures.finish(NOW + timedelta(days=31 * months, hours=len(figures.months)))


# ---- what is opened ----------------------------------------------------------------------------------------------


@pytest.mark.proves("IND-03")
def test_a_department_gets_its_budget_a_month_and_no_more(fallen):
    alerts = Alert.objects.all()
    assert [(a.tier, a.basis, a.opened_for) for a in alerts] == [("red", "signal", "2026-10")] * 3
    again(fallen)
    assert Alert.objects.count() == 3  # the budget is the month's, not the run's
    AlertPolicy.objects.create(institution_id=fallen.hospital.id, budget=5, reason="本月多看两条", set_at=NOW)
    forget()
    again(fallen)
    assert Alert.objects.count() == 5


def test_an_alert_has_an_owner_its_evidence_and_its_share_of_chance(head, fallen):
    again(fallen)
    Alert.objects.all().delete()
    again(fallen)
    alert = Alert.objects.first()
    assert (alert.owner, alert.owner_role) == (head.user, "department_head")
    assert alert.evidence["p_month"] < 1e-6
    assert (alert.evidence["before"], alert.evidence["now"]) == (pytest.approx(97, abs=0.5), 60)
    assert 0 < alert.chance <= 0.1
    assert "很难用随机波动解释" in alert.sentence


def test_steady_charts_are_tested_and_alert_nobody(fallen):
    surgery = ChartEvidence.objects.filter(department=fallen.hospital.departments["GSUR"].id)
    assert surgery.count() == 5
    assert all(row.p_month > 0.01 and row.detectable > 0 for row in surgery)
    assert not Alert.objects.filter(department=fallen.hospital.departments["GSUR"].id).exists()


def test_few_months_are_not_judged_and_say_so(empty_figures):
    place = empty_figures.hospital.departments["CARD"].id
    empty_figures.add(
        "rescue_success", place, [*[(94, 100)] * 4, (10, 100)], months=empty_figures.months[-5:]
    )
    empty_figures.finish()
    row = ChartEvidence.objects.get()
    assert row.p_month is None
    assert "只有 5 个月" in row.reason


def test_a_source_that_starts_to_deliver_is_no_change(empty_figures):
    place = empty_figures.hospital.departments["CARD"].id
    empty_figures.add("hospital_infection_incidence", place, [(0, 200)] * 23 + [(24, 200)])
    empty_figures.add("surgical_mortality", place, [(0, 60)] * 23 + [(1, 60)])  # critical, and one case
    for name in FALLING:
        empty_figures.add(name, place, steady(970, 1000))
    empty_figures.finish()
    told = ChartEvidence.objects.get(indicator_id="hospital_infection_incidence")
    assert "请先核对数据从哪个月才开始" in told.reason
    assert [(a.indicator_id, a.basis, a.sentence) for a in Alert.objects.filter(tier="red")] == []


def test_a_critical_outcome_beyond_three_sigma_is_red_by_itself(empty_figures):
    place = empty_figures.hospital.departments["CARD"].id
    empty_figures.add("inpatient_mortality", place, [*steady(20, 1000)[:23], (46, 1000)])
    surgery = empty_figures.hospital.departments["GSUR"].id
    for name in FALLING:  # many charts that do not move make the discovery harder
        empty_figures.add(name, surgery, steady(970, 1000))
    empty_figures.finish()
    alert = Alert.objects.get()
    assert (alert.indicator_id, alert.tier, alert.basis) == ("inpatient_mortality", "red", "signal")


def test_it_stays_red_while_it_is_open_and_closes_after_quiet_months(fallen):
    for months, left in ((1, 3), (2, 3), (3, 0)):
        again(fallen, months)
        open_ = Alert.objects.filter(closed_at=None, opened_for="2026-10")
        assert [a.tier for a in open_] == ["red"] * left


def test_a_never_event_passes_by_the_budget_and_the_digest(as_role, empty_figures):
    office, place = as_role("quality_office"), empty_figures.hospital.departments["CARD"].id
    for name in FALLING:
        empty_figures.add(name, place, [*steady(97, 100)[:23], (60, 100)])
    AlertPolicy.objects.create(
        institution_id=empty_figures.hospital.id, reason="院长会", set_at=NOW, never=["class_one_infection"]
    )
    empty_figures.add("class_one_infection", place, [(0, 200)] * 23 + [(1, 200)])
    empty_figures.finish()
    assert Alert.objects.count() == 4
    event = Alert.objects.get(basis="never")
    assert (event.tier, event.chance) == ("red", None)
    assert event.told_at is not None
    assert "发生一例即预警" in event.sentence
    assert [n.kind for n in Notice.objects.filter(receipts__user=office.user)] == ["never_event"]


# ---- telling -----------------------------------------------------------------------------------------------------


def local(hour, day=22):
    return datetime(2026, 11, day, hour, 0, tzinfo=timezone.get_current_timezone())


def test_one_notice_a_day_with_the_list_and_none_in_quiet_hours(office, head, fallen):
    assert not Notice.objects.filter(source_kind="alert").exists()  # nothing at the moment of computing
    assert actions.tell_digest(now=local(6)) == 0
    assert actions.tell_digest(now=local(22)) == 0
    assert actions.tell_digest(now=local(8)) == 3
    mine = Notice.objects.filter(receipts__user=office.user, source_kind="alert")
    assert [n.title for n in mine] == ["新增 3 项指标预警"]
    assert mine[0].text.count("三日确诊率") + mine[0].text.count("红：") >= 3
    assert "3 条来自统计判断，预计不到 1 条是偶然" in mine[0].text
    assert Notice.objects.filter(receipts__user=head.user, source_kind="alert").count() == 1
    Alert.objects.filter(pk=Alert.objects.first().pk).update(told_at=None)
    assert actions.tell_digest(now=local(9)) == 0  # one a day
    assert actions.tell_digest(now=local(9, day=23)) == 1


# ---- the page ----------------------------------------------------------------------------------------------------


def test_the_page_lists_by_tier_and_says_how_many_are_chance(office, fallen):
    page = text(office.get(PAGE))
    assert "3 条未关闭，其中 3 条来自统计判断：这 3 条里不到 1 条是偶然" in page
    assert "心血管内科" in page
    assert "出现这样的数值的概率为 小于万分之一" in page
    assert "最近 4 个月合起来" in page
    assert "/findings/raise/?indicator=diagnosis_within_three_days" in page
    with CaptureQueriesContext(connection) as seen:
        office.get(PAGE)
    assert len(seen) <= MOST_QUERIES, [q["sql"][:90] for q in seen]


def test_who_may_see_what(head, as_role, fallen):
    assert text(head.get(PAGE)).count("#alert") == 3
    surgeon = as_role("department_head", fallen.hospital.departments["GSUR"])
    page = text(surgeon.get(PAGE))
    assert "没有预警不等于没有变化" in page
    assert "心血管内科" not in page
    assert as_role("physician", fallen.hospital.departments["CARD"]).get(PAGE).status_code == 403
    assert surgeon.post(f"{PAGE}{Alert.objects.first().pk}/judge/", {"outcome": "real"}).status_code == 404
    assert head.get(SETTINGS).status_code == 403


def test_what_it_turned_out_to_be_gives_the_measured_precision(office, head, fallen):
    first, second, third = Alert.objects.order_by("pk")
    head.post(f"{PAGE}{first.pk}/", {"explanation": "造影室停机十天", "outcome": "real"})
    head.post(f"{PAGE}{second.pk}/judge/", {"outcome": "data"})
    office.post(f"{PAGE}{third.pk}/judge/", {"outcome": "chance"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.outcome, first.outcome_by) == ("explained", "real", head.user)
    assert (second.state, second.closed_reason, second.closed_by) == (
        "closed",
        "数据或口径问题",
        str(head.user),
    )
    again(fallen)
    keys = set(Alert.objects.filter(closed_at=None).values_list("indicator_id", flat=True))
    assert second.indicator_id not in keys  # nobody is asked twice about one month
    page = text(office.get(PAGE))
    assert "33 %（6 %–79 %）" in page
    assert "数据或口径问题" in page
    assert text(office.post(f"{PAGE}{first.pk}/judge/", {}, follow=True)).count("请选择这条预警的结论") == 1


def test_silence_says_what_change_would_have_been_seen(office, fallen):
    place = fallen.hospital.departments["GSUR"].id
    page = text(office.get(f"{SILENCE}?department={place}"))
    assert "三日确诊率" in page
    assert "已检验，没有变差的证据" in page
    assert re.search(r"± \d+\.\d\d", page)
    assert "还没有检验过" in text(office.get(SILENCE))


def test_the_page_of_an_indicator_says_what_the_test_can_tell(office, fallen):
    steady_, changed = (fallen.hospital.departments[code].id for code in ("GSUR", "CARD"))
    address = "/indicators/diagnosis_within_three_days/?department="
    assert "的变化，这些例数看不出来" in text(office.get(f"{address}{steady_}"))
    assert "这样或更差数值的概率为 小于万分之一" in text(office.get(f"{address}{changed}"))
    assert "这样或更差数值" not in text(office.get(f"{address}{changed}&month=2026-05"))


# ---- settings ----------------------------------------------------------------------------------------------------


def test_settings_are_data_with_history(office, fallen):
    assert "用的是系统的初始设置" in text(office.get(SETTINGS))
    answer = office.post(SETTINGS, setting(budget=2, never=["class_one_infection"]), follow=True)
    assert "从下一次计算起生效" in text(answer)
    row = AlertPolicy.objects.get()
    assert (row.budget, float(row.red), row.never, row.set_by) == (
        2,
        0.05,
        ["class_one_infection"],
        office.user,
    )
    office.post(SETTINGS, setting(budget=4))
    page = text(office.get(SETTINGS))
    assert "2 条" in page
    assert "4 条" in page
    assert AlertPolicy.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"digest_at": "23:00"}, "通知永远发不出去"),
        ({"amber": 4}, "黄色的不低于红色"),
        ({"reason": ""}, "必填"),
        ({"budget": 50}, "20"),
    ],
)
def test_settings_that_make_no_sense_are_refused(office, fallen, changes, said):
    answer = office.post(SETTINGS, setting(**changes))
    assert answer.status_code == 422
    assert said in text(answer)
    assert not AlertPolicy.objects.exists()


def test_computations_do_not_pile_up_evidence(fallen):
    before = ChartEvidence.objects.count()
    again(fallen)
    assert ChartEvidence.objects.count() == before
    assert Computation.objects.count() == 2
