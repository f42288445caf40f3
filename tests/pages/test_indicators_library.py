"""The library of definitions: searched, filtered, exported; a definition with its history (SYS-03, IND-01)."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tests.pages.conftest import NOW
from zhikong.foundation.packstore import actions as packstore
from zhikong.foundation.packstore.queries import Written
from zhikong.hospital.functions.indicators.catalogue import catalogue, definitions

LIBRARY = "/indicators/library/"
LENGTH = "average_length_of_stay"


def text(response) -> str:
    return response.content.decode()


def rows(response) -> str:
    return text(response).split("<tbody>")[-1].split("</tbody>")[0]


def changed_text() -> str:
    source = definitions()[LENGTH].file.read_text(encoding="utf-8")
    return source.replace("numerator: {sum: days}", 'population: "days < 60"\nnumerator: {sum: days}')


def draft_of(author, body):
    return packstore.start_from(
        by=author, now=NOW, kind="indicator", definition_id=LENGTH, source=Written(body)
    )


@pytest.mark.proves("SYS-03", "IND-01")
def test_the_library_lists_every_definition_with_its_counts(office, figures):
    page = text(office.get(LIBRARY))
    everything = {d.id for d in catalogue().indicators.values()}
    assert f"共 {len(everything)} 个定义" in page
    assert "平均住院日" in rows(office.get(f"{LIBRARY}?q=平均住院日"))
    assert "无数据来源" in page
    assert "有数据" in rows(office.get(f"{LIBRARY}?q={LENGTH}"))


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("q=length of stay", "平均住院日", "甲级"),
        ("q=AVERAGE_LENGTH", "平均住院日", "甲级"),
        ("state=draft", "再入院率（按经过时间）", "average_length_of_stay<"),
        ("data=no&q=average_length_of_stay", "没有符合条件", "average_length_of_stay<"),
        ("mark=verified&q=average_length", "没有符合条件", "average_length_of_stay<"),
        ("area=科室填报", "科室填报", "average_length_of_stay<"),
        ("level=department&q=average_length", "平均住院日", "没有符合条件"),
    ],
)
def test_search_and_filters_narrow_the_library(office, figures, query, shown, hidden):
    page = text(office.get(f"{LIBRARY}?{query}"))
    body = page.split("定义</h2>")[-1]
    assert shown in page
    assert hidden not in body


def test_a_reason_stands_beside_a_definition_without_data(office, figures):
    without = rows(office.get(f"{LIBRARY}?data=no&area=科室填报"))
    assert "尚未接入" in without or "还没有计算过" in without


@pytest.mark.proves("IND-01")
def test_an_overdue_review_is_counted_and_found(office, figures, monkeypatch):
    from django.utils import timezone

    monkeypatch.setattr(timezone, "localdate", lambda *_: date(2028, 1, 1))
    page = text(office.get(f"{LIBRARY}?review=overdue"))
    assert "复审逾期" in rows(office.get(f"{LIBRARY}?review=overdue&q={LENGTH}"))
    assert f'<strong class="is-bad">{len(catalogue().indicators)}</strong>' in page


def test_a_definition_that_is_being_changed_says_so(office, as_role, figures, make_user):
    draft_of(make_user("quality_office", name="赵敏"), changed_text())
    assert "第 2 版草稿" in rows(office.get(f"{LIBRARY}?q={LENGTH}"))


@pytest.mark.proves("F-32")
def test_the_export_explains_every_column(office, figures):
    book = load_workbook(BytesIO(office.get(f"{LIBRARY}export/?q=住院日").content))
    lines, meanings = book.worksheets
    head = [cell.value for cell in lines[4]]
    assert [row[0].value for row in meanings.iter_rows(min_row=2)] == head
    assert all(row[1].value for row in meanings.iter_rows(min_row=2))
    found = next(r for r in lines.iter_rows(min_row=5, values_only=True) if r[1] == LENGTH)
    assert found[head.index("数据")] == "有数据"


def test_a_fragment_comes_without_the_frame(office, figures):
    page = text(office.get(LIBRARY, headers={"HX-Request": "true"}))
    assert "<html" not in page
    assert "个定义" in page


def test_the_library_is_made_of_few_queries(office, figures):
    office.get(LIBRARY)
    with CaptureQueriesContext(connection) as seen:
        office.get(LIBRARY)
    assert len(seen) <= 22, [q["sql"][:90] for q in seen]


def test_who_sees_no_indicators_sees_no_library(as_role, figures):
    administrator = as_role("administrator")
    for address in (LIBRARY, f"{LIBRARY}export/", f"{LIBRARY}{LENGTH}/"):
        assert administrator.get(address).status_code == 403


# ---- one definition --------------------------------------------------------------------------------------------


@pytest.mark.proves("F-32")
def test_a_definition_tells_its_history_with_the_differences(office, figures, make_user):
    draft_of(make_user("quality_office", name="赵敏"), changed_text())
    page = text(office.get(f"{LIBRARY}{LENGTH}/"))
    assert "国家通用内容" in page
    assert "本院第 2 版" in page
    assert "days &lt; 60" in page
    assert "赵敏" in page
    assert "2024-11 – 2026-10" in page  # the months that were computed by the packaged text


def test_a_draft_of_a_pack_is_explained_but_has_no_figures(office, figures):
    page = text(office.get(f"{LIBRARY}readmission_30d_elapsed/"))
    assert "无数据来源" in page
    assert "看数值" not in page


def test_an_unknown_definition_is_not_found(office, figures):
    assert office.get(f"{LIBRARY}no_such_thing/").status_code == 404


@pytest.mark.proves("SYS-03", "IND-01")
def test_an_indicator_of_ones_own_begins_as_a_copy(office, figures):
    address = f"{LIBRARY}{LENGTH}/copy/"
    assert "形成草稿" in text(office.get(address))
    assert office.post(address, {"new_id": LENGTH, "name": "平均住院日"}).status_code == 422
    page = text(office.post(address, {"new_id": "own_length", "name": "本院：平均住院日"}, follow=True))
    assert "没有问题" in page
    assert "id: own_length" in page
    assert "本院：平均住院日" in text(office.get(f"{LIBRARY}?q=own_length"))
    assert "有数据" not in rows(office.get(f"{LIBRARY}?q=own_length"))


def test_physicians_copy_nothing(as_role, hospital, figures):
    physician = as_role("physician", hospital.departments["CARD"])
    assert physician.get(f"{LIBRARY}{LENGTH}/copy/").status_code == 403
