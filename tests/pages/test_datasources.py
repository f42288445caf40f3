"""Data sources: the list of loads, one load, its quarantine and exports, sending a file; each refused to others."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.loads import HEADER, line

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PAGES = ["datasources:list", "datasources:upload", "datasources:quarantine"]


@pytest.fixture
def load(hospital):
    """A delivery of 100 rows of which two were set aside."""
    from zhikong.foundation.facts.models import Load, QuarantinedRow
    from zhikong.intake.reasons import problem

    made = Load.objects.create(
        institution_id=hospital.id,
        source_name="首页2026-10.csv",
        mapping="front_page",
        state=Load.State.PUBLISHED,
        message="共 100 行，隔离 2 行；新增住院 98 次，更新 0 次，未变 0 次。",
        counts={"delivered": 100, "faulty": 2, "new_stays": 98, "changed_stays": 0, "tables": {"stays": 98}},
        reasons=[
            {"reason": "unknown_department", "label": "出院科室", "count": 1},
            {"reason": "not_a_whole_number", "label": "年龄", "count": 1},
        ],
        months=["2026-10"],
        started_at=NOW,
        finished_at=NOW,
    )
    for row, reason, label, value in (
        (7, "unknown_department", "出院科室", "火星科"),
        (9, "not_a_whole_number", "年龄", '=HYPERLINK("http://x")'),
    ):
        found = problem(
            reason, source="front_page", row=row, table="stays", column="x", label=label, value=value
        )
        names = ("source", "row", "table", "column", "label", "value", "reason", "message", "remedy")
        QuarantinedRow.objects.create(
            institution_id=hospital.id, load=made, **{name: getattr(found, name) for name in names}
        )
    return made


def test_the_list_shows_what_became_of_each_delivery(as_role, load):
    page = as_role("quality_office").get(reverse("datasources:list")).content.decode()
    assert "首页2026-10.csv" in page
    assert "已发布" in page
    assert f"?load={load.pk}" in page


def test_an_empty_list_says_what_to_do_next(as_role, hospital):
    page = as_role("quality_office").get(reverse("datasources:list")).content.decode()
    assert "请从病案首页开始" in page


def test_one_load_shows_message_and_problems_by_reason(as_role, load):
    page = as_role("quality_office").get(reverse("datasources:load", args=[load.pk])).content.decode()
    assert "隔离 2 行" in page
    assert "科室不在目录中" in page
    assert "已出院的住院" in page


@pytest.mark.proves("F-07")
def test_the_quarantine_names_row_column_value_reason_and_remedy_and_can_be_filtered(as_role, load):
    client = as_role("quality_office")
    page = client.get(reverse("datasources:quarantine")).content.decode()
    assert "火星科" in page
    assert "不是本机构的科室代码、名称或别名" in page
    page = client.get(reverse("datasources:quarantine"), {"load": load.pk, "reason": "not_a_whole_number"})
    assert "火星科" not in page.content.decode()
    assert "不是整数" in page.content.decode()
    assert client.get(reverse("datasources:quarantine"), {"load": "x"}).status_code == 404


def test_the_quarantine_leaves_as_csv_without_formulas_and_as_a_workbook(as_role, load):
    client = as_role("quality_office")
    answer = client.get(reverse("datasources:export", args=["csv"]), {"load": load.pk})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.startswith("行号,列,原值")
    assert "\"'=HYPERLINK" in text
    answer = client.get(reverse("datasources:export", args=["xlsx"]), {"load": load.pk})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert [cell.value for cell in sheet[4]][:3] == [7, "出院科室", "火星科"]
    assert sheet[5][2].data_type == "s"


def test_a_file_that_is_sent_waits_privately_for_the_worker(as_role, hospital):
    from zhikong.foundation.facts import raw
    from zhikong.foundation.facts.models import Load

    content = "\n".join([HEADER, line(1)]).encode("gbk")
    file = SimpleUploadedFile("../../首页.csv", content)
    answer = as_role("quality_office").post(
        reverse("datasources:upload"), {"mapping": "front_page", "file": file}
    )
    load = Load.objects.get()
    assert answer.url == reverse("datasources:load", args=[load.pk])
    assert (load.state, load.source_name, load.size) == ("waiting", "首页.csv", len(content))
    [receipt] = load.receipts.select_related("raw")
    assert raw.stream_for_job(receipt.raw).read() == content
    assert content not in bytes(receipt.raw.sealed)
    from procrastinate.contrib.django.models import ProcrastinateJob

    job = ProcrastinateJob.objects.get(task_name="datasources.load_upload")
    assert job.args == {"institution_id": hospital.id, "load_id": load.pk}


@pytest.mark.parametrize(
    ("header", "mapping"),
    [
        (HEADER, "front_page"),
        ("USERNAME,ZYCS,BAH,NL,RYSJ,CYSJ,CYKB,ZYZD,JBDM,ZFY", "n041"),
        ("P3,P2,P22,P25,P321,P5,P7,P804,P23,P26,P27,P741,P782", "hqms"),
    ],
)
def test_the_header_tells_the_format_where_none_is_named(as_role, hospital, header, mapping):
    from zhikong.foundation.facts.models import Load

    sent = SimpleUploadedFile("首页.csv", f"{header}\n1\n".encode())
    as_role("quality_office").post(reverse("datasources:upload"), {"mapping": "", "file": sent})
    assert Load.objects.get(source_name="首页.csv").mapping == mapping


def test_a_file_that_no_header_tells_is_refused_with_the_formats(as_role, hospital):
    sent = SimpleUploadedFile("x.csv", "甲,乙\n1,2\n".encode())
    answer = as_role("quality_office").post(reverse("datasources:upload"), {"mapping": "", "file": sent})
    assert answer.status_code == 422
    assert "从表头认不出" in answer.content.decode()


def test_a_form_without_a_file_explains_itself(as_role, hospital):
    answer = as_role("quality_office").post(reverse("datasources:upload"), {"mapping": "front_page"})
    assert answer.status_code == 422
    assert "有几处需要修改" in answer.content.decode()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("role", ["department_head", "physician", "hospital_leader", "auditor"])
def test_others_are_refused_in_chinese(as_role, hospital, name, role):
    department = hospital.departments["CARD"] if role in ("department_head", "physician") else None
    answer = as_role(role, department).get(reverse(name))
    assert answer.status_code == 403
    assert "管理数据接入" in answer.content.decode()


def test_another_hospitals_load_does_not_exist(as_role, load, other_hospital):
    from zhikong.foundation.access.scope import scoped
    from zhikong.foundation.facts.models import Load

    with scoped(other_hospital.scope()):
        theirs = Load.objects.create(
            institution_id=other_hospital.id, source_name="b.csv", mapping="hqms", started_at=NOW
        )
    assert as_role("quality_office").get(reverse("datasources:load", args=[theirs.pk])).status_code == 404


@pytest.mark.proves("F-07")
def test_the_home_page_says_until_when_the_data_reach(as_role, load):
    office = as_role("quality_office")
    assert 'hx-get="/later/"' in office.get("/").content.decode()
    page = office.get("/later/").content.decode()
    assert "数据质量" in page
    assert "首页2026-10.csv" in page
