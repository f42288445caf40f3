"""The form editor's pages: building, saving, two people, undo, files in and out, and who may not."""

import re
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from tests.pages.conftest import NOW
from zhikong.foundation.forms.building import documents, outline
from zhikong.foundation.forms.exchange import excel_out, samples
from zhikong.foundation.packstore import actions
from zhikong.foundation.packstore.models import Version

HTMX = {"HX-Request": "true"}


@pytest.fixture
def nursing(as_role):
    return as_role("nursing", name="周静")


@pytest.fixture
def draft(office):
    office.post("/forms/build/new/", {"way": "blank", "blank-title": "急救车检查", "blank-kind": "checklist"})
    return Version.objects.get(kind="form")


def data_of(draft):
    draft.refresh_from_db()
    return documents.read(draft.text)


def press(client, draft, what, at="form", htmx=True, **more):
    url = reverse("forms:build_act", args=[draft.pk])
    draft.refresh_from_db()
    values = {"press": what, "at": at, "seen": draft.revision, **more}
    return client.post(url, values, headers=HTMX if htmx else {})


def item_values(draft, item_id, **changes):
    """What the page would send for an item."""
    from zhikong.foundation.forms.building.item_form import ItemForm

    data = data_of(draft)
    form = ItemForm(draft=data, item=outline.find_item(data, item_id))
    values = {name: form.initial.get(name) for name in form.fields}
    values = {k: v for k, v in values.items() if v not in (None, False)}
    values |= {"at": f"i.{item_id}", "seen": draft.revision}
    return values | changes


def save(client, draft, values, htmx=True):
    return client.post(reverse("forms:build_save", args=[draft.pk]), values, headers=HTMX if htmx else {})


def test_a_new_form_begins_blank_and_opens_in_the_editor(office):
    answer = office.post(
        "/forms/build/new/",
        {"way": "blank", "blank-title": "急救车检查", "blank-kind": "checklist"},
        follow=True,
    )
    page = answer.content.decode()
    draft = Version.objects.get(kind="form")
    assert answer.redirect_chain[-1][0] == f"/forms/build/{draft.pk}/?at=s.section_1"
    assert "急救车检查" in page
    assert "添加题目" in page
    assert data_of(draft)["owner"] == "quality_office"
    assert data_of(draft)["checker"] != "quality_office"


def test_items_are_added_changed_moved_copied_and_deleted(office, draft):
    answer = press(office, draft, "add-item:section_1")
    assert "第 1 题" in answer.content.decode()
    answer = save(office, draft, item_values(draft, "item_1", text="急救车上锁", type="yes_no"))
    assert answer["HX-Reswap"] == "none"
    press(office, draft, "copy-item:item_1", at="i.item_1")
    press(office, draft, "up-item:item_2", at="i.item_2")
    assert [i["id"] for i in outline.items(data_of(draft))] == ["item_2", "item_1"]
    answer = press(office, draft, "delete-item:item_2", at="i.item_2")
    assert "已删除第 1 题" in answer.content.decode()
    assert [i["text"] for i in outline.items(data_of(draft))] == ["急救车上锁"]


def test_points_veto_and_evidence_reach_the_definition(office, draft):
    press(office, draft, "add-item:section_1")
    values = item_values(
        draft, "item_1", text="药品在效期内", score_full="10", veto="fail", evidence="when_no", clause="3.6.2"
    )
    answer = save(office, draft, values)
    assert "HX-Reswap" not in answer, "points bring further fields"
    assert list(outline.items(data_of(draft))) == [
        {
            "id": "item_1",
            "type": "yes_no",
            "text": "药品在效期内",
            "score": {"full": 10},
            "veto": "fail",
            "evidence": "when_no",
            "clause": "3.6.2",
        }
    ]
    assert data_of(draft)["full_score"] == 10


def test_a_show_if_is_chosen_in_three_selects(office, draft):
    press(office, draft, "add-many:section_1", lines="上锁\n没有上锁的原因", type="yes_no")
    values = item_values(draft, "item_2", type="text", show_0_name="item_1", show_joiner="and")
    page = save(office, draft, values).content.decode()
    assert "show_0_value" in page
    assert outline.find_item(data_of(draft), "item_2")["show_if"] == "item_1 = 'yes'"
    values = item_values(
        draft, "item_2", show_0_name="item_1", show_0_operator="=", show_0_value="no", show_joiner="and"
    )
    save(office, draft, values)
    assert outline.find_item(data_of(draft), "item_2")["show_if"] == "item_1 = 'no'"


def test_an_incomplete_comparison_is_said_and_the_rest_is_saved(office, draft):
    press(office, draft, "add-many:section_1", lines="天数\n原因", type="number")
    values = item_values(draft, "item_2", text="新的文字", show_0_name="item_1", show_0_value="")
    page = save(office, draft, values).content.decode()
    assert "请选择或填写" in page
    assert outline.find_item(data_of(draft), "item_2")["text"] == "新的文字"


def test_options_get_stable_codes(office, draft):
    press(office, draft, "add-item:section_1")
    save(office, draft, item_values(draft, "item_1", text="状态", type="choice"))
    values = item_values(draft, "item_1", option_0_text="完好", option_0_score="5", option_1_text="缺损")
    save(office, draft, values)
    options = outline.find_item(data_of(draft), "item_1")["options"]
    assert [(o["code"], o["text"], o["score"]) for o in options] == [
        ("option_1", "完好", 5),
        ("option_2", "缺损", 0),
    ]
    values = item_values(
        draft, "item_1", option_0_code="option_2", option_0_text="损坏", option_1_text="缺少"
    )
    save(office, draft, values)
    options = outline.find_item(data_of(draft), "item_1")["options"]
    assert [(o["code"], o["text"]) for o in options] == [("option_2", "损坏"), ("option_3", "缺少")]


def test_what_is_wrong_stays_typed_and_is_explained(office, draft):
    press(office, draft, "add-item:section_1")
    page = save(office, draft, item_values(draft, "item_1", text="题", score_full="十")).content.decode()
    assert 'value="十"' in page
    assert "errorlist" in page or 'class="error"' in page


def test_problems_lead_to_the_item(office, draft):
    press(office, draft, "add-item:section_1")
    page = office.get(f"/forms/build/{draft.pk}/").content.decode()
    assert "还有 1 处要改好才能送审" in page
    assert "?at=i.item_1" in page
    assert "题目 是空的" in page or "题目是空的" in page


def test_the_second_writer_is_told_what_came_between(office, nursing, draft):
    press(office, draft, "add-many:section_1", lines="上锁\n封条", type="yes_no")
    theirs = item_values(draft, "item_1", text="护理部的文字")
    mine = item_values(draft, "item_2", text="质控科的文字")
    save(nursing, draft, theirs)
    page = save(office, draft, mine).content.decode()
    assert "周静" in page
    assert "护理部的文字" in page
    assert [i["text"] for i in outline.items(data_of(draft))] == ["护理部的文字", "质控科的文字"]


def test_the_same_field_of_two_people_is_not_overwritten(office, nursing, draft):
    press(office, draft, "add-many:section_1", lines="上锁", type="yes_no")
    theirs, mine = item_values(draft, "item_1", text="一"), item_values(draft, "item_1", text="二")
    save(nursing, draft, theirs)
    page = save(office, draft, mine).content.decode()
    assert "保留了对方的" in page
    assert outline.find_item(data_of(draft), "item_1")["text"] == "一"


def test_news_of_others_without_an_act(office, nursing, draft):
    url = reverse("forms:build_news", args=[draft.pk])
    assert office.get(url, {"seen": draft.revision}).status_code == 204
    seen = draft.revision
    press(nursing, draft, "add-section:")
    assert "周静" in office.get(url, {"seen": seen}).content.decode()


def test_undo_and_redo_buttons(office, draft):
    press(office, draft, "add-many:section_1", lines="一\n二", type="yes_no")
    press(office, draft, "undo:")
    assert list(outline.items(data_of(draft))) == []
    press(office, draft, "redo:")
    assert [i["text"] for i in outline.items(data_of(draft))] == ["一", "二"]


def test_without_script_everything_is_a_page(office, draft):
    answer = press(office, draft, "add-item:section_1", htmx=False)
    assert answer.status_code == 302
    answer = save(office, draft, item_values(draft, "item_1", text="题"), htmx=False)
    assert answer.url == f"/forms/build/{draft.pk}/?at=i.item_1"
    page = office.get(answer.url).content.decode()
    assert "已保存" in page
    assert office.get(f"/forms/build/{draft.pk}/preview/").status_code == 200


def test_the_preview_is_the_fill_page_of_what_is_right_so_far(office, draft):
    press(office, draft, "add-many:section_1", lines="上锁\n封条", type="yes_no")
    press(office, draft, "add-item:section_1")
    page = office.get(f"/forms/build/{draft.pk}/preview/", headers=HTMX).content.decode()
    assert "上锁" in page
    assert "封条" in page
    assert "有 1 题还没有写好" in page


def test_a_form_is_submitted_from_the_pack_store(office, draft):
    press(office, draft, "add-many:section_1", lines="上锁", type="yes_no")
    page = office.get(f"/forms/build/{draft.pk}/").content.decode()
    assert "没有发现问题" in page
    assert reverse("packstore:version", args=[draft.pk]) in page


@pytest.mark.parametrize("kind", ["xlsx", "yaml", "xlsform"])
def test_a_draft_goes_out_as_a_file_and_comes_in_as_a_new_draft(office, draft, kind):
    press(office, draft, "add-many:section_1", lines="上锁\n封条", type="yes_no", score="5")
    answer = office.get(reverse("forms:build_export", args=[draft.pk, kind]))
    file = BytesIO(answer.content)
    file.name = "form.yaml" if kind == "yaml" else "form.xlsx"
    answer = office.post("/forms/build/new/", {"way": "file", "file-file": file})
    made = Version.objects.exclude(pk=draft.pk).get(kind="form")
    assert answer.url == f"/forms/build/{made.pk}/"
    assert made.definition_id != draft.definition_id
    assert [i["text"] for i in outline.items(data_of(made))] == ["上锁", "封条"]


def test_a_faulty_file_is_refused_with_its_rows_and_nothing_is_written(office):
    book = openpyxl.load_workbook(BytesIO(excel_out.definition(samples.FORM)))
    page = book["题目"]
    page["C3"], page["G2"] = "是非题", "很多"
    file = BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "form.xlsx"
    answer = office.post("/forms/build/new/", {"way": "file", "file-file": file})
    page = answer.content.decode()
    assert "没有“是非题”" in page
    assert "“很多”不是数字" in page
    assert re.search(r'<td class="num">3</td>', page)
    assert not Version.objects.filter(kind="form").exists()


def test_the_template_can_be_downloaded_and_imported_as_it_is(office):
    file = BytesIO(office.get("/forms/build/template.xlsx").content)
    file.name = "template.xlsx"
    answer = office.post("/forms/build/new/", {"way": "file", "file-file": file})
    assert answer.status_code == 302


def test_a_form_in_force_is_copied(office):
    page = office.get("/forms/build/new/").content.decode()
    source = re.search(r'<select name="copy-source".*?<option value="([^"]+)"', page, re.DOTALL)[1]
    office.post("/forms/build/new/", {"way": "copy", "copy-source": source, "copy-title": "我们的"})
    draft = Version.objects.get(kind="form")
    assert draft.title == "我们的"
    assert draft.definition_id != source
    assert draft.base_pack == ""


def test_the_list_shows_forms_and_drafts(office, draft):
    page = office.get("/forms/build/").content.decode()
    assert "急救车检查" in page
    assert "继续设计" in page


def test_a_text_that_is_no_form_leads_to_the_text_editor(office, draft):
    actions.save_draft(by=office.user, now=NOW, kind="form", definition_id=draft.definition_id, text="- 1")
    page = office.get(f"/forms/build/{draft.pk}/").content.decode()
    assert "文本编辑" in page


def test_who_may_not_edit_definitions_sees_none_of_it(as_role, hospital, draft):
    nurse = as_role("nurse", hospital.departments["CARD"])
    for path in ("/forms/build/", "/forms/build/new/", f"/forms/build/{draft.pk}/"):
        assert nurse.get(path).status_code == 403
    assert press(nurse, draft, "add-item:section_1").status_code == 403
