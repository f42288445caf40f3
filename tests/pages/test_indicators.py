"""The pages of indicators: a happy path and a refused one each, scopes, number of queries (IND-01…08, SYS-03/04)."""

import re
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.pages.conftest import NOW
from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators.models import Alert, IndicatorTarget, MonthAct, MonthClose

DETAIL = "/indicators/diagnosis_within_three_days/"
MOST_QUERIES = 30  # a page of figures; the request's own session, user, roles and scope included


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def surgeon(as_role, hospital):
    return as_role("department_head", hospital.departments["GSUR"], name="赵刚")


# ---- the list ------------------------------------------------------------------------------------------------


@pytest.mark.proves("SYS-03", "IND-01", "IND-03")
def test_the_list_judges_the_newest_finished_month(office, figures):
    page = text(office.get("/indicators/"))
    assert "2026 年 10 月" in page
    assert "平均住院日" in page
    assert "≤ 14 天" in page
    assert "未达标" in page
    assert 'class="spark"' in page
    assert "数据截至 11-22 10:00" in page
    assert "&lt;span" not in page


@pytest.mark.proves("F-07", "F-32")
def test_a_gap_in_the_data_stands_beside_the_number_and_late_sources_beside_the_date(office, figures):
    from datetime import timedelta

    from zhikong.foundation.facts import freshness, quality_notes

    def told(*, month, place):
        yield quality_notes.Note("diagnosis_within_three_days", f"{month} 缺确诊日期", 7, 100, url="/x/")

    def sources():
        yield freshness.Fresh(
            "检验", NOW, NOW, timedelta(days=3), freshness.State.LATE, frozenset(["results"])
        )
        yield freshness.Fresh(
            "病案首页", NOW, NOW, timedelta(hours=2), freshness.State.FRESH, frozenset(["stays"])
        )

    quality_notes.register(told)
    freshness.register(sources)
    try:
        board, detail = text(office.get("/indicators/")), text(office.get(DETAIL))
    finally:
        quality_notes.unregister(told)
        freshness.unregister(sources)
    assert "缺数据" in board
    assert "&lt;span" not in board
    assert "检验 3 天未到" in board
    assert "数据质量：2026-10 缺确诊日期" in detail
    assert "病案首页 2 小时前" in detail
    assert "检验" not in detail[: detail.index("数据质量：")].split("数据截至")[1]  # its table is not read


@pytest.mark.proves("F-07")
def test_what_cannot_be_computed_is_no_zero_and_says_why(office, figures):
    page = text(office.get("/indicators/?q=甲级&status=unknown"))
    assert "分母为 0" in page
    assert "0.00 %" not in page


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("status=missed", "三日确诊率", "平均住院日"),
        ("status=met", "平均住院日", "三日确诊率"),
        ("q=住院日&status=met", "平均住院日", "三日确诊率"),
        ("year=2026&mm=9&status=missed", "没有符合条件的指标", "三日确诊率"),
    ],
)
def test_the_query_narrows_the_list(office, figures, query, shown, hidden):
    table = text(office.get(f"/indicators/?{query}")).split("<tbody>")[-1]
    assert shown in table
    assert hidden not in table.replace("三日确诊率近", "")


def test_a_fragment_comes_without_the_frame(office, figures):
    page = text(office.get("/indicators/", headers={"HX-Request": "true"}))
    assert "<html" not in page
    assert "指标列表" in page


def test_a_department_sees_its_own_figures_only(head, surgeon, figures):
    page = text(head.get("/indicators/"))
    assert "心血管内科" in page
    assert "普通外科" not in page
    assert ">全院<" not in page
    assert head.get(f"/indicators/?department={figures.hospital.departments['GSUR'].id}").status_code == 404


def test_administrators_see_no_figures(as_role, figures):
    assert as_role("administrator").get("/indicators/").status_code == 403


def test_export_writes_numbers_as_numbers(office, figures):
    answer = office.get("/indicators/export/?q=住院日")
    book = load_workbook(BytesIO(answer.content))
    sheet, meanings = book.worksheets
    assert [r[0].value for r in meanings.iter_rows(min_row=2)] == [cell.value for cell in sheet[4]]
    row = next(r for r in sheet.iter_rows(values_only=True) if r[0] == "平均住院日")
    assert isinstance(row[3], float)
    assert row[9] == "达标"


def test_the_list_is_made_of_few_queries(office, figures):
    office.get("/indicators/")
    with CaptureQueriesContext(connection) as seen:
        office.get("/indicators/")
    assert len(seen) <= MOST_QUERIES, [q["sql"][:90] for q in seen]


# ---- one indicator ---------------------------------------------------------------------------------------------


@pytest.mark.proves("F-32", "IND-06", "IND-48")
def test_the_page_of_an_indicator_says_where_the_number_comes_from(office, figures):
    page = text(office.get(DETAIL))
    assert "未达到目标（≥ 90 %）" in page
    assert "120 / 200" in page
    assert "数据版本" in page
    assert "v1" in page
    assert "分子" in page
    assert "心血管内科" in page
    assert "普通外科" in page
    assert f"/findings/raise/?indicator=diagnosis_within_three_days&amp;month={figures.months[-1]}" in page


@pytest.mark.proves("ORG-25")
def test_an_old_month_keeps_the_structure_of_its_time(office, figures):
    place = figures.hospital.departments["CARD"].id
    change = {"name": "心脏中心", "kind": "clinical", "open_beds": "66", "on": "2026-10-01"}
    office.post(f"/organisation/departments/{place}/change/", change)

    def names(month):
        page = text(office.get(f"{DETAIL}?month={month}"))
        return {name for name in ("心血管内科", "心脏中心") if name in page}

    assert names("2026-09") == {"心血管内科"}
    assert names("2026-10") == {"心脏中心"}


@pytest.mark.proves("F-14")
def test_the_page_says_whether_it_is_noise(office, figures):
    page = text(office.get(DETAIL))
    assert "不像随机波动" in page
    assert "低于下控制限" in page
    quiet = text(office.get("/indicators/average_length_of_stay/"))
    assert "看不出特殊原因" in quiet


@pytest.mark.proves("F-14")
def test_few_cases_are_not_judged(office, figures):
    page = text(office.get("/indicators/grade_a_records/?month=2026-09"))
    assert "例数少" in page
    assert "不作判断，也不排名次" in page


def test_a_department_does_not_see_others_on_the_page(head, figures):
    page = text(head.get(DETAIL))
    assert "60 / 100" in page
    assert "普通外科" not in page
    assert "93 / 100" not in page


def test_an_unknown_indicator_is_not_found(office, figures):
    assert office.get("/indicators/no_such_thing/").status_code == 404


def test_the_page_is_made_of_few_queries(office, figures):
    office.get(DETAIL)
    with CaptureQueriesContext(connection) as seen:
        office.get(DETAIL)
    assert len(seen) <= MOST_QUERIES, [q["sql"][:90] for q in seen]


# ---- alerts ------------------------------------------------------------------------------------------------------


@pytest.mark.proves("IND-03")
def test_an_alert_is_explained_and_stays_until_it_is_quiet(head, figures):
    alert = Alert.objects.get(department_id=figures.hospital.departments["CARD"].id)
    assert alert.tier == "red"
    page = head.post(f"/indicators/alerts/{alert.pk}/", {"explanation": "造影室停机十天"}, follow=True)
    assert "造影室停机十天" in text(page)
    alert.refresh_from_db()
    assert (alert.state, alert.closed_at) == ("explained", None)


def test_a_department_cannot_answer_for_another(surgeon, figures):
    alert = Alert.objects.get(department_id=figures.hospital.departments["CARD"].id)
    assert surgeon.post(f"/indicators/alerts/{alert.pk}/", {"explanation": "不是我"}).status_code == 404


# ---- the month's close ---------------------------------------------------------------------------------------------


def analyse(client, figures, *keys, cause="设备停机", measure="十一月恢复，专人跟踪"):
    values = {"misses": keys, "cause": cause, "measure": measure}
    return client.post(f"/indicators/months/{figures.months[-1]}/analyse/", values, follow=True)


@pytest.fixture
def keys(figures):
    cardiology = figures.hospital.departments["CARD"].id
    return ["diagnosis_within_three_days@", f"diagnosis_within_three_days@{cardiology}"]


@pytest.mark.proves("SYS-04", "IND-02")
def test_one_analysis_covers_several_misses_and_the_month_closes(office, figures, keys):
    page = text(office.get("/indicators/months/2026-10/"))
    assert "还有 2 项未达标缺少原因分析和改进措施" in page
    refused = office.post("/indicators/months/2026-10/close/", follow=True)
    assert "不能结账" in text(refused)
    page = text(analyse(office, figures, *keys))
    assert "可以结账" in page
    page = text(office.post("/indicators/months/2026-10/close/", follow=True))
    assert "已结账" in page
    assert MonthClose.objects.get().computation.data_version == "v1"


@pytest.mark.proves("CAP-05")
def test_a_month_begins_with_what_became_of_last_months_measures(office, head, empty_figures):
    """Two measures of September: length of stay is missed again in October, the rate is back on target."""
    made, card = empty_figures, empty_figures.hospital.departments["CARD"].id
    actions.load_preset(by=None, now=NOW, name="000-P2", valid_from=date(2024, 1, 1))
    made.add("average_length_of_stay", card, [(1600, 100)] * 24)
    made.add("diagnosis_within_three_days", card, [(80, 100)] * 23 + [(99, 100)])
    made.finish()
    for indicator, measure in (
        ("average_length_of_stay", "每周五讨论超长住院"),
        ("diagnosis_within_three_days", "检查预约前移"),
    ):
        said = {"misses": [f"{indicator}@{card}"], "cause": "床位周转慢，等检查", "measure": measure}
        assert head.post("/indicators/months/2026-09/analyse/", said).status_code == 302
    page = text(head.get("/indicators/months/2026-10/"))
    first, again, held = (page.index(w) for w in ("先看上月的措施", "每周五讨论超长住院", "检查预约前移"))
    assert first < again < held < page.index("未达标清单</h2>")
    assert "1 / 1 项" in page[again:held]
    assert "均已不在未达标清单" in page[held:]
    assert "先看上月的措施" not in text(office.get("/indicators/months/2026-08/"))  # July had none


def test_a_target_of_the_whole_hospital_does_not_judge_departments(office, empty_figures):
    """92 % bed occupancy is asked of the hospital; a department is judged only by a target of its own."""
    made, card = empty_figures, empty_figures.hospital.departments["CARD"].id
    actions.load_preset(by=None, now=NOW, name="000-P2", valid_from=date(2024, 1, 1))
    made.add("bed_occupancy", None, [(900, 1000)] * 24)
    made.add("bed_occupancy", card, [(800, 1000)] * 24)
    made.finish()
    assert {i.key for i in actions.state_of("2026-10").items} == {"bed_occupancy@"}
    own = {"indicator_id": "bed_occupancy", "department_id": card, "valid_from": date(2026, 10, 1)}
    actions.set_target(by=None, now=NOW, at_least=85, **own)
    assert {i.key for i in actions.state_of("2026-10").items} == {"bed_occupancy@", f"bed_occupancy@{card}"}
    assert "不判断科室" in text(office.get("/indicators/targets/bed_occupancy/"))


def test_an_incomplete_analysis_keeps_what_was_typed(office, figures, keys):
    page = analyse(office, figures, *keys, measure="")
    assert page.status_code == 422
    assert "设备停机" in text(page)
    assert "请写明改进措施" in text(page)


def test_a_department_explains_its_own_miss_only(head, figures, keys):
    page = text(head.get("/indicators/months/2026-10/"))
    assert f'value="{keys[1]}"' in page
    assert f'value="{keys[0]}"' not in page
    refused = analyse(head, figures, keys[0])
    assert refused.status_code == 422
    assert "已有分析" in text(analyse(head, figures, keys[1]))


def test_only_the_office_closes(head, figures):
    assert head.post("/indicators/months/2026-10/close/").status_code == 403


@pytest.mark.proves("SYS-04")
def test_an_override_is_recorded_with_its_reason(office, figures):
    office.post("/indicators/months/2026-10/close/", {"reason": "院长办公会要求先发简报"}, follow=True)
    act = MonthAct.objects.get()
    assert act.kind == "overridden"
    assert act.reason == "院长办公会要求先发简报"
    assert len(act.open_misses) == 2
    page = text(office.get("/indicators/months/2026-10/"))
    assert "例外结账，当时还有 2 项没有分析" in page


@pytest.mark.proves("SYS-04")
def test_a_closed_month_does_not_change_when_new_data_arrive(office, figures):
    office.post("/indicators/months/2026-10/close/", {"reason": "先结账"})
    figures.version = "v2"
    share = [(94, 100)] * 24
    figures.add("diagnosis_within_three_days", None, share)
    figures.finish()
    assert "120 / 200" in text(office.get(f"{DETAIL}?month=2026-10"))
    assert "94 / 100" in text(office.get(f"{DETAIL}?month=2026-09"))
    office.post("/indicators/months/2026-10/reopen/", {"reason": "补报"})
    assert "94 / 100" in text(office.get(f"{DETAIL}?month=2026-10"))


def test_the_running_month_cannot_be_closed(office, figures):
    page = text(office.post("/indicators/months/2026-11/close/", follow=True))
    assert "还没有过完" in page


@pytest.mark.proves("IND-52")
def test_variation_and_assurance_are_said_in_words(office, figures):
    page = text(office.get(DETAIL))
    assert "特殊原因：不利" in page  # the fall of the last month
    assert "应查明原因" in page
    length = text(office.get("/indicators/average_length_of_stay/"))
    assert "普通原因" in length
    assert "稳定达标" in length


# ---- targets -------------------------------------------------------------------------------------------------------


@pytest.mark.proves("SYS-03")
def test_a_target_is_set_for_a_department_and_its_history_stays(office, head, figures):
    cardiology = figures.hospital.departments["CARD"].id
    values = {
        "year": 2026,
        "mm": 10,
        "department": cardiology,
        "at_most": "8",
        "source": "2026 年科室责任书",
    }
    page = text(office.post("/indicators/targets/average_length_of_stay/", values))
    assert "1 个单位的 12 个月会改变判断" in page
    assert (
        IndicatorTarget.objects.filter(department=cardiology).count() == 0
    )  # shown first, saved when confirmed
    values["seen"] = re.search(r'name="seen" value="([^"]+)"', page)[1]
    page = text(office.post("/indicators/targets/average_length_of_stay/", values, follow=True))
    assert "目标值已保存" in page
    assert "≤ 8 天" in text(head.get("/indicators/average_length_of_stay/"))
    assert "≤ 14 天" in text(head.get("/indicators/average_length_of_stay/?month=2026-09"))
    history = text(office.get("/indicators/targets/average_length_of_stay/"))
    assert "2026 年科室责任书" in history
    assert "均匀住院日≤14天" in history


def test_another_target_than_the_one_shown_is_shown_first(office, figures):
    values = {"year": 2026, "mm": 10, "at_most": "8", "source": "院长办公会"}
    page = text(office.post("/indicators/targets/average_length_of_stay/", values))
    values |= {"seen": re.search(r'name="seen" value="([^"]+)"', page)[1], "at_most": "5"}
    page = text(office.post("/indicators/targets/average_length_of_stay/", values, follow=True))
    assert "确认保存" in page
    assert not IndicatorTarget.objects.filter(source="院长办公会").exists()


@pytest.mark.proves("SYS-03")
def test_the_targets_of_a_year_stand_by_unit(office, figures):
    page = text(office.get("/indicators/targets/average_length_of_stay/?year=2026"))
    assert "2026 年各单位的目标" in page
    assert '<td colspan="12" class="nowrap">≤ 14 天' in page
    assert "普通外科" in page


def test_bounds_in_the_wrong_order_are_explained(office, figures):
    values = {"year": 2026, "mm": 10, "at_least": "9", "at_most": "8", "source": "笔误"}
    page = office.post("/indicators/targets/average_length_of_stay/", values)
    assert page.status_code == 422
    assert "高于上限" in text(page)


def test_targets_are_not_for_everybody(head, figures):
    assert head.get("/indicators/targets/").status_code == 403
    assert head.post("/indicators/targets/presets/000-P2/").status_code == 403


@pytest.mark.proves("IND-04", "IND-05", "IND-06", "IND-07", "IND-08")
def test_the_preset_sets_what_its_document_says(office, hospital, at_noon):
    page = text(office.post("/indicators/targets/presets/000-P2/", follow=True))
    assert "按近 12 个月试算" in page  # shown first, taken over when confirmed
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    page = text(office.post("/indicators/targets/presets/000-P2/", {"seen": seen}, follow=True))
    assert "已按方案 000-P2 设定" in page
    found = {t.indicator_id: t.target.text() for t in IndicatorTarget.objects.all()}
    assert found["bed_occupancy"] == "≥ 92"
    assert found["average_length_of_stay"] == "≤ 14"
    assert found["diagnosis_within_three_days"] == "≥ 90"
    assert found["admission_discharge_agreement"] == "≥ 95"
    assert found["rescue_success"] == "≥ 85"
    assert found["grade_a_records"] == "≥ 90"
    assert found["grade_c_records"] == "0"


# ---- the chart's picture ----------------------------------------------------------------------------------------------


def test_the_chart_is_a_picture_that_may_be_kept(office, figures):
    address = re.search(r'srcset="([^"]+)"', text(office.get(DETAIL))).group(1).replace("&amp;", "&")
    answer = office.get(address)
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")
    assert "immutable" in answer["Cache-Control"]
    assert "immutable" not in office.get(address.split("&v=")[0]).get("Cache-Control", "")


def test_a_department_gets_no_picture_of_another(head, figures):
    other = figures.hospital.departments["GSUR"].id
    assert head.get(f"{DETAIL}chart.svg?department={other}").status_code == 404


# ---- cases ----------------------------------------------------------------------------------------------------------


def test_cases_need_the_permission(as_role, figures):
    assert as_role("auditor").get(f"{DETAIL}cases/").status_code == 403


def test_a_department_cannot_ask_for_the_cases_of_another(head, figures):
    other = figures.hospital.departments["GSUR"].id
    assert head.get(f"{DETAIL}cases/?department={other}").status_code == 404
