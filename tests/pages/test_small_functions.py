"""Rounds, opinions, licences: each is usable from its menu entry, and has no page of its own."""

from pathlib import Path

import pytest

import zhikong.hospital.functions as functions
from zhikong.foundation.flows.models import Case
from zhikong.foundation.forms.models import Sheet

FUNCTIONS = ("rounds", "opinions", "licences")
ENTRIES = {
    "急救车检查": "/forms/crash_cart_round/",
    "设备巡检": "/forms/equipment_round/",
    "患者意见簿": "/flows/patient_opinions/",
    "证照管理": "/flows/licences/",
}
OPINION = {
    "title": "等候时间长",
    "item_given_on": "2026-11-20",
    "item_kind": "criticism",
    "item_channel": "book",
    "item_about": ["waiting"],
    "item_content": "等做 B 超等了三个小时。",
    "item_who": "patient",
}


def text(response, status=200):
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_a_panel_and_content(name):
    folder = Path(functions.__path__[0]) / name
    assert {file.name for file in folder.iterdir() if file.name != "__pycache__"} == {
        "README.md",
        "__init__.py",
        "apps.py",
        "panel.py",
    }
    panel = (folder / "panel.py").read_text("utf-8")
    assert "def " not in panel


def test_the_menu_leads_those_whose_work_it_is(as_role, hospital, at_noon):
    office = text(as_role("quality_office").get("/"))
    for label, url in ENTRIES.items():
        assert f'href="{url}"' in office
        assert label in office
    nurse = text(as_role("nurse", hospital.departments["CARD"]).get("/"))
    assert "急救车检查" in nurse
    assert "患者意见簿" in nurse
    assert "证照管理" not in nurse
    auditor = text(as_role("auditor").get("/tasks/"))
    assert not any(label in auditor for label in ENTRIES)


@pytest.mark.parametrize("url", ENTRIES.values())
def test_every_register_opens_empty_with_its_next_step(office, url, at_noon):
    page = text(office.get(url))
    assert "没有" in page or "还没有" in page


def test_a_round_is_begun_from_the_register(as_role, hospital, at_noon):
    nurse = as_role("head_nurse", hospital.departments["CARD"])
    assert "新填一份" in text(nurse.get("/forms/crash_cart_round/"))
    answer = nurse.post("/forms/crash_cart_round/new/", {"department": hospital.departments["CARD"].id})
    sheet = Sheet.objects.get()
    assert (answer.status_code, sheet.definition_id) == (302, "crash_cart_round")
    assert "除颤仪" in text(nurse.get(f"/forms/sheets/{sheet.pk}/"))


@pytest.mark.proves("CMP-19")
def test_an_opinion_is_written_down_on_one_page(as_role, hospital, at_noon):
    as_role("department_head", hospital.departments["CARD"])
    as_role("quality_office")
    nurse = as_role("nurse", hospital.departments["CARD"])
    place = hospital.departments["CARD"].id
    blank = text(nurse.get("/flows/patient_opinions/open/"))
    assert f'<option value="{place}" selected>' in blank
    assert "称呼和电话" not in blank  # nobody asked for a reply yet
    asked = nurse.post("/flows/patient_opinions/open/", {**OPINION, "department": place, "redraw": "1"})
    assert "希望得到答复" in text(asked)
    assert not Case.objects.exists()
    again = text(nurse.post("/flows/patient_opinions/open/", {**OPINION, "department": place}))
    assert "希望得到答复" in again  # what is wanting comes with its field
    assert not Case.objects.exists()
    full = {**OPINION, "department": place, "item_wants_reply": "no"}
    assert nurse.post("/flows/patient_opinions/open/", full).status_code == 302
    case = Case.objects.get()
    assert (case.state, case.values["kind"], case.values["wants_reply"]) == ("received", "criticism", "no")


def test_hidden_items_are_not_kept(as_role, hospital, at_noon):
    as_role("department_head", hospital.departments["CARD"])
    as_role("quality_office")
    nurse = as_role("nurse", hospital.departments["CARD"])
    sent = {**OPINION, "department": hospital.departments["CARD"].id, "item_who": "anonymous"}
    nurse.post("/flows/patient_opinions/open/", {**sent, "item_wants_reply": "yes", "item_contact": "139"})
    assert Case.objects.get().values.get("contact") is None


def test_a_step_of_a_case_draws_its_fields_again_without_acting(as_role, hospital, at_noon):
    head = as_role("department_head", hospital.departments["CARD"])
    as_role("nursing")
    as_role("quality_office")
    nurse = as_role("nurse", hospital.departments["CARD"])
    full = {**OPINION, "department": hospital.departments["CARD"].id, "item_wants_reply": "no"}
    nurse.post("/flows/patient_opinions/open/", full)
    case = Case.objects.get()
    url = f"/flows/cases/{case.pk}/act/answer/"
    typed = {
        "answer-0-branch": "0",
        "answer-0-revision": str(case.revision),
        "answer-0-item_finding": "停机检修",
        "answer-0-item_justified": "yes",
        "answer-0-item_told": "not_wanted",
    }
    branch = case.branches.get().number
    typed = {key.replace("answer-0", f"answer-{branch}"): value for key, value in typed.items()}
    typed[f"answer-{branch}-branch"] = str(branch)
    drawn = text(head.post(url, {**typed, "redraw": "1"}))
    assert "改进措施和完成时间" in drawn
    assert "停机检修" in drawn
    case.refresh_from_db()
    assert case.state == "received"
    sent = head.post(url, {**typed, f"answer-{branch}-item_measure": "提前公示，本月底前"})
    assert sent.status_code == 302
    case.refresh_from_db()
    assert case.state == "answered"


@pytest.mark.proves("CMP-15")
def test_the_register_counts_the_closing_rate(as_role, hospital, at_noon):
    nurse = as_role("nurse", hospital.departments["CARD"])
    as_role("department_head", hospital.departments["CARD"])
    as_role("quality_office")
    full = {**OPINION, "department": hospital.departments["CARD"].id, "item_wants_reply": "no"}
    nurse.post("/flows/patient_opinions/open/", full)
    assert "2026 年新建 1 件，已办结 0 件，办结率 0%" in text(nurse.get("/flows/patient_opinions/"))
