"""The wizard: from a hospital that is only named to its first month, and who may not."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.loads import HEADER, line
from tests.pages.conftest import NOW

INDEX = "/starting/"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def office(as_role):
    return as_role("quality_office", name="王敏")


def text_of(client, url, **data):
    page = client.get(url, data)
    assert page.status_code == 200
    return page.content.decode()


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return SimpleUploadedFile("目标.xlsx", kept.getvalue(), content_type=XLSX)


# ---- the steps ------------------------------------------------------------------------------------------------------


@pytest.mark.proves("F-19")
def test_the_steps_stand_in_order_with_what_is_wrong(office, hospital, at_noon):
    text = text_of(office, INDEX)
    order = [text.index(f'id="{key}"') for key in ("departments", "staff", "roles", "committees", "targets", "history", "plan", "month")]  # fmt: skip
    assert order == sorted(order)
    assert "临床 3，医技 1" in text
    assert "没有人担任" in text
    assert "缺 24 个月" in text
    assert "个指标现在能算" in text
    assert "初步估计" in text


def test_people_who_are_missing_are_named(office, hospital, at_noon):
    from zhikong.foundation.organisation import actions

    today = date(2026, 1, 1)
    for number, code in enumerate(("CARD", "GSUR"), start=1):
        person = actions.register_person(by=None, staff_number=f"D{number}", name="李四", profession="doctor")
        post = "department_head" if code == "CARD" else "physician"
        actions.appoint(by=None, person_id=person.pk, department_id=hospital.departments[code].id, post=post, on=today)  # fmt: skip
    text = text_of(office, INDEX)
    assert "2 个科室没有登记任何人员：儿科、检验科" in text
    assert "1 个科室没有科主任：普通外科" in text


def test_a_step_is_left_out_with_a_reason_and_another_person_opens_it_again(
    office, as_role, hospital, at_noon
):
    url = reverse("starting:mark", args=["plan"])
    assert "请写明不做这一步的理由" in office.post(url, {"kind": "left_out"}, follow=True).content.decode()
    office.post(url, {"kind": "left_out", "reason": "明年再读计划"})
    text = text_of(office, INDEX)
    assert "明年再读计划" in text
    assert "王敏" in text
    administrator = as_role("administrator", name="赵工")
    administrator.post(url, {"kind": "open"})
    assert "明年再读计划" not in text_of(administrator, INDEX)
    assert office.post(reverse("starting:mark", args=["month"]), {"kind": "done"}).status_code == 302
    assert office.post("/starting/steps/nothing/mark/", {"kind": "done"}).status_code == 404


def test_the_card_stands_on_the_home_page_until_the_first_brief(office, figures):
    from zhikong.hospital.overviews.reports import actions

    assert reverse("starting:card") in text_of(office, "/")
    rows = text_of(office, reverse("starting:card"))
    assert "3. 角色与首次密码" in rows
    assert "没有人担任" in rows
    actions.draft(by=None, now=NOW, month="2026-10")
    assert reverse("starting:card") not in text_of(office, "/")


def test_each_is_led_to_his_own_work_only(office, as_role, hospital, at_noon):
    text = text_of(office, INDEX)
    assert "由系统管理员办理" in text
    assert reverse("organisation:import_roles") not in text
    administrator = text_of(as_role("administrator"), INDEX)
    assert "由质控科办理" in administrator
    assert reverse("organisation:import_roles") in administrator
    assert f'href="{reverse("starting:targets")}"' not in administrator


# ---- targets --------------------------------------------------------------------------------------------------------


def test_a_set_of_targets_by_one_click(office, hospital, at_noon):
    from zhikong.hospital.functions.indicators.models import IndicatorTarget

    url = reverse("starting:targets")
    text = text_of(office, url)
    assert "三级医院目标值方案" in text
    assert "二级医院目标值方案" not in text
    office.post(url, {"act": "preset", "preset": "tertiary_hospital", "since": "2026-01"})
    assert IndicatorTarget.objects.filter(valid_from=date(2026, 1, 1)).count() > 10
    assert "目标值都从" not in text_of(office, INDEX)
    assert office.post(url, {"act": "preset", "preset": "nothing", "since": "2026-01"}).status_code == 302


def test_a_list_is_shown_before_it_is_set_and_only_what_was_shown(office, hospital, at_noon):
    from zhikong.hospital.functions.indicators.models import IndicatorTarget

    url = reverse("starting:targets")
    rows = [["质控指标", "目标值"], ["病床使用率", "≥88"], ["平均住院日", "不超过9天"], ["病床使用律", "90"]]
    page = office.post(url, {"file": workbook(rows), "since": "2026-01"})
    text = page.content.decode()
    assert "将设定 2 个目标值" in text
    assert "没有名为“病床使用律”的指标" in text
    assert "可能是：病床使用率" in text
    assert not IndicatorTarget.objects.exists()
    token = text.split('name="shown" value="')[1].split('"')[0]
    assert office.post(url, {"act": "confirm", "shown": token + "x"}).status_code == 302
    assert not IndicatorTarget.objects.exists()
    office.post(url, {"act": "confirm", "shown": token})
    kept = {row.indicator_id: (row.at_least, row.at_most) for row in IndicatorTarget.objects.all()}
    assert kept == {"bed_occupancy": (88, None), "average_length_of_stay": (None, 9)}
    again = office.post(url, {"file": workbook(rows), "since": "2026-01"}).content.decode()
    assert "将设定 0 个目标值，2 个与现行相同" in again


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空"),
        (b"PK\x03\x04broken", "Excel"),
        (b"\xff\xd8\xff\xe0 no table", "表"),
        ("指标,数\n病床,1\n".encode(), "没有找到表头"),
    ],
)
def test_a_bad_list_is_refused_in_a_sentence(office, hospital, content, told, at_noon):
    page = office.post(
        reverse("starting:targets"), {"file": SimpleUploadedFile("x.xlsx", content), "since": "2026-01"}
    )
    assert page.status_code == 422
    assert told in page.content.decode()


def test_the_template_comes_back_as_a_list(office, hospital, at_noon):
    answer = office.get(reverse("starting:targets_template"))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    sheet = book["目标值"]
    place = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == "bed_occupancy")
    place[3].value = 90
    kept = io.BytesIO()
    book.save(kept)
    page = office.post(
        reverse("starting:targets"),
        {"file": SimpleUploadedFile("t.xlsx", kept.getvalue()), "since": "2026-01"},
    )
    assert "将设定 1 个目标值，0 个与现行相同，0 行不能采用" in page.content.decode()


# ---- history --------------------------------------------------------------------------------------------------------


@pytest.fixture
def kept_raw(settings, tmp_path):
    settings.RAW_FOLDER = tmp_path / "raw"


def test_several_files_each_with_its_reason(office, hospital, at_noon, kept_raw):
    from zhikong.foundation.facts.models import Load

    good = SimpleUploadedFile("首页.csv", f"{HEADER}\n{line(1)}\n".encode())
    bad = SimpleUploadedFile("说明.csv", "甲,乙\n1,2\n".encode())
    page = office.post(reverse("starting:history"), {"files": [good, bad]}, follow=True)
    text = page.content.decode()
    assert "已收到 1 份首页" in text
    assert "说明.csv" in text
    assert "认不出" in text
    load = Load.objects.get()
    assert (load.source_name, load.mapping, load.state) == ("首页.csv", "front_page", "waiting")
    assert "正在导入，请稍候" in text_of(office, INDEX)
    assert office.post(reverse("starting:history"), {}).status_code == 422


@pytest.fixture
def set_aside(hospital):
    """A delivery of which seven rows name departments that nobody knows."""
    from zhikong.foundation.facts.models import Load, QuarantinedRow

    load = Load.objects.create(
        institution_id=hospital.id, source_name="首页.csv", mapping="front_page", feed="files", state="published",
        counts={"delivered": 100, "faulty": 7}, months=["2026-10"], started_at=NOW, finished_at=NOW + timedelta(seconds=2),
    )  # fmt: skip
    for row, name in enumerate(["心血管内一科"] * 5 + ["火星科"] * 2, start=2):
        QuarantinedRow.objects.create(
            institution_id=hospital.id, load=load, source="front_page", row=row, table="stays", column="x", label="出院科室",
            value=name, reason="unknown_department", message="x", remedy="x",
        )  # fmt: skip
    return load


def test_names_that_nobody_assigned_become_aliases_on_the_spot(office, hospital, set_aside, at_noon):
    from zhikong.foundation.organisation.models import DepartmentAlias

    assert "有 2 个科室名称没有人认领：心血管内一科、火星科（7 行被隔离）" in text_of(office, INDEX)
    url, heart = reverse("starting:history"), hospital.departments["CARD"].id
    text = text_of(office, url)
    assert "可能是" in text
    office.post(url, {"act": "assign", "name": ["心血管内一科", "火星科"], "department": ["", ""]})
    assert not DepartmentAlias.objects.exists()
    page = office.post(
        url, {"act": "assign", "name": ["心血管内一科", "火星科"], "department": [heart, ""]}, follow=True
    )
    assert "请重新上传" in page.content.decode()  # nothing was kept raw of a delivery that a test made up
    assert DepartmentAlias.objects.get().alias == "心血管内一科"
    again = office.post(url, {"act": "assign", "name": ["心血管内一科"], "department": [heart]}, follow=True)
    assert "已经有人认领" in again.content.decode()
    assert "5 行的科室名称已认领，重新读入后才会补上" in text_of(office, INDEX)


# ---- the month ------------------------------------------------------------------------------------------------------


def test_without_data_the_month_says_what_is_missing_and_cannot_be_made(office, hospital, at_noon):
    from zhikong.hospital.overviews.starting.models import FirstMonth

    text = text_of(office, reverse("starting:month"))
    assert "还没有出院数据" in text
    assert "导入病案首页及其附页、床位日报" in text
    assert "没有“已出院的住院”" in text
    office.post(reverse("starting:first_month"), {"month": "2026-10"})
    assert not FirstMonth.objects.exists()


def test_who_may_not_is_refused(as_role, hospital, at_noon):
    head = as_role("department_head", hospital.departments["CARD"])
    pages = ["index", "card", "targets", "targets_template", "history", "month"]
    assert {head.get(reverse(f"starting:{name}")).status_code for name in pages} == {403}
    assert head.post(reverse("starting:mark", args=["plan"]), {"kind": "done"}).status_code == 403
    assert head.post(reverse("starting:first_month"), {"month": "2026-10"}).status_code == 403
    assert "启用向导" not in text_of(head, "/")
