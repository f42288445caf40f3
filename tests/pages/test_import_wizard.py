"""The import wizard in the office's hands: a file nobody knows becomes a reviewed mapping and then data."""

import io
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

pytestmark = pytest.mark.django_db

HEADER = [
    "住院号",
    "住院次数",
    "患者姓名",
    "入院日期",
    "出院日期",
    "出院科室",
    "性别",
    "离院方式",
    "总费用(元)",
    "备注",
]
ROWS = [
    ["101", 1, "王秀英", "2026-09-01", "2026-09-05", "心血管内科", "女性", "好转", 1200.5, ""],
    ["102", 1, "李建国", "2026-09-02", "2026-09-09", "火星科", "男性", "好转", 800, ""],
]


def upload(rows=ROWS, header=HEADER, name="出院明细.xlsx"):
    book = openpyxl.Workbook()
    book.active.append(["示范医院出院明细"])
    book.active.append(header)
    for row in rows:
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return SimpleUploadedFile(name, kept.getvalue())


@pytest.fixture
def office(as_role):
    return as_role("quality_office")


@pytest.fixture
def inbox(hospital, settings):
    return Path(settings.ZHIKONG_HOME) / "inbox" / str(hospital.id)


def begin(client, file=None):
    from zhikong.hospital.functions.datasources.models import ImportDraft

    answer = client.post(reverse("datasources:wizard"), {"file": file or upload()})
    assert answer.status_code == 302, answer.content.decode()
    return ImportDraft.objects.latest("pk")


def chosen(draft, **changes):
    keys = {**draft.columns, **draft.numbers} | changes
    return {"table": draft.table, **{f"column-{key}": header for key, header in keys.items()}}


def step(client, name, draft, data=None):
    url = reverse(f"datasources:{name}", args=[draft.pk])
    answer = client.get(url) if data is None else client.post(url, data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_columns_are_recognised_and_identities_are_not_shown(office):
    draft = begin(office)
    assert draft.numbers == {"record_number": "住院号", "admission_number": "住院次数", "name": "患者姓名"}
    assert draft.columns["discharged_at"] == "出院日期"
    page = step(office, "wizard_columns", draft)
    assert "列名就是“出院日期”" in page
    assert "备注" in page
    assert "王秀英" not in page


def test_a_layout_that_is_known_already_is_said_so_and_only_then(office):
    assert "看起来是" not in step(office, "wizard_columns", begin(office))
    known = "病案号,住院次数,性别,年龄,入院时间,出院时间,入院科室,出院科室,离院方式,主要诊断编码\n1,1,男,6,,,,,,\n"
    draft = begin(office, SimpleUploadedFile("首页.csv", known.encode("gbk")))
    assert "看起来是 精简首页" in step(office, "wizard_columns", draft)


def test_a_column_used_twice_and_one_that_is_not_there_are_refused(office):
    draft = begin(office)
    assert "用了两次" in step(office, "wizard_columns", draft, chosen(draft, admitted_at="出院日期"))
    assert "文件里没有列" in step(office, "wizard_columns", draft, chosen(draft, sex="不存在"))
    assert "还没有指定：出院科室" in step(
        office, "wizard_columns", draft, chosen(draft, discharge_department="")
    )


def test_texts_that_are_no_codes_are_offered_and_unknown_departments_named(office):
    draft = begin(office)
    page = step(office, "wizard_columns", draft, chosen(draft))
    assert "好转" in page
    assert "火星科" in page
    assert "女性" in page


@pytest.mark.proves("F-09")
def test_a_trial_reading_changes_nothing_and_the_mapping_goes_to_review(office, hospital):
    from zhikong.foundation.facts.models import Load, Publication
    from zhikong.foundation.packstore.models import Version

    draft = begin(office)
    step(office, "wizard_columns", draft, chosen(draft))
    page = step(
        office,
        "wizard_codes",
        draft,
        {"code-sex-0": "2", "code-sex-1": "1", "code-discharge_way-0": "1"},
    )
    assert "读了全部 2 行：1 行可以导入，1 行会被隔离" in page
    assert "科室不在目录中" in page
    assert ">4<" in page  # the faulty row as the workbook counts it: title, header, then the second row
    assert not Load.objects.exists()
    assert not Publication.objects.exists()
    page = step(office, "wizard_check", draft, {"name": "出院明细"})
    assert "到内容库送审" in page
    version = Version.objects.get(kind="mapping")
    assert (version.state, version.title) == ("draft", "出院明细")
    assert "好转: '1'" in version.text
    assert "还没有发布" in step(office, "wizard_check", draft, {"run": "1"})


def test_after_review_by_a_colleague_the_file_is_loaded_through_its_own_mapping(
    office, make_user, hospital, inbox
):
    from zhikong.foundation.facts.models import Load
    from zhikong.foundation.packstore import actions as packstore
    from zhikong.foundation.packstore.models import Version

    draft = begin(office)
    step(office, "wizard_columns", draft, chosen(draft))
    step(office, "wizard_codes", draft, {"code-sex-0": "2", "code-sex-1": "1", "code-discharge_way-0": "1"})
    step(office, "wizard_check", draft, {"name": "出院明细"})
    version, now = Version.objects.get(kind="mapping"), timezone.now()
    packstore.submit_for_review(version, by=version.author, now=now, reason="住院收费系统的导出格式")
    colleague = make_user("quality_office")
    packstore.review(version, by=colleague, now=now, passed=True, comment="试读结果已核对")
    packstore.publish(version, by=colleague, now=now, effective_from=timezone.localdate(now))
    assert "导入这个文件" in step(office, "wizard_check", draft)
    step(office, "wizard_check", draft, {"run": "1"})
    load = Load.objects.get()
    assert (load.mapping, load.source_name) == (version.definition_id, "出院明细.xlsx")
    assert load.receipts.get().name == "出院明细.xlsx"  # kept raw
    assert not (inbox / f"draft-{draft.pk}").exists()
    assert "出院明细" in office.get(reverse("datasources:upload")).content.decode()


def test_a_text_that_means_nothing_known_leaves_the_row_in(office):
    draft = begin(office)
    step(office, "wizard_columns", draft, chosen(draft))
    answers = {"code-sex-0": "2", "code-sex-1": "1", "code-discharge_way-0": "?"}
    assert "1 行可以导入" in step(office, "wizard_codes", draft, answers)
    draft.refresh_from_db()
    assert draft.codes["discharge_way"] == {"好转": None}


def test_without_the_codes_the_rows_would_go_aside(office):
    draft = begin(office)
    step(office, "wizard_columns", draft, chosen(draft))
    assert "0 行可以导入，2 行会被隔离" in step(office, "wizard_codes", draft, {})


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SimpleUploadedFile("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old"), "旧版 Excel"),
        (SimpleUploadedFile("a.csv", b"\x81\xff\x00"), "不是文本文件"),
        (SimpleUploadedFile("a.csv", "甲,甲\n1,2\n".encode()), "列名重复"),
    ],
)
def test_what_cannot_be_read_is_refused_at_once_and_nothing_is_kept(office, file, said, inbox):
    from zhikong.hospital.functions.datasources.models import ImportDraft

    before = set(inbox.glob("draft-*"))
    answer = office.post(reverse("datasources:wizard"), {"file": file})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert set(inbox.glob("draft-*")) == before
    assert not ImportDraft.objects.exists()


def test_a_given_up_draft_leaves_no_file(office, inbox):
    draft = begin(office)
    assert list(inbox.glob(f"draft-{draft.pk}/*"))
    office.post(reverse("datasources:wizard_discard", args=[draft.pk]))
    assert not list(inbox.glob(f"draft-{draft.pk}"))
    assert office.get(reverse("datasources:wizard_columns", args=[draft.pk])).status_code == 404


def test_forgotten_drafts_are_removed_after_a_week(office, inbox):
    from zhikong.hospital.functions.datasources.wizard import actions

    draft = begin(office)
    assert actions.forget_old(now=timezone.now() + timedelta(days=6)) == 0
    assert actions.forget_old(now=timezone.now() + timedelta(days=8)) == 1
    assert not list(inbox.glob(f"draft-{draft.pk}"))


def test_others_may_not(as_role):
    assert as_role("physician").get(reverse("datasources:wizard")).status_code == 403


@pytest.mark.parametrize("table", ["stays", "diagnoses", "bed_days", "reported_counts"])
def test_a_filled_template_is_recognised_column_by_column(office, table):
    from zhikong.engine.tables import TABLES
    from zhikong.hospital.functions.datasources.wizard.queries import known_names
    from zhikong.intake.proposing import GIVEN, propose

    answer = office.get(reverse("datasources:template", args=[table]))
    header = [
        cell.value for cell in next(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].rows)
    ]
    found = {g.column: g.header for g in propose(table, header, {}, known_names()).guesses}
    own = [c.name for c in TABLES[table].columns if c.name not in GIVEN]
    assert [found[name] for name in own] == header[-len(own) :]
