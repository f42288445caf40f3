"""督查员 on a phone in a ward without signal: twenty items, three photos, a correction, comment, signatures, the notice."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.phones import Phone
from tests.visits import NOW, make_round, photo
from zhikong.foundation.outbox.actions import deliver_pending
from zhikong.hospital.functions.inspections.models.ending import VisitSignature
from zhikong.hospital.functions.inspections.models.planning import Visit
from zhikong.hospital.functions.inspections.models.results import InspectionNotice
from zhikong.hospital.functions.inspections.models.visiting import Correction, Exchange, Media
from zhikong.hospital.functions.inspections.rules_planning import Kind

FAILED = ("towel", "sterile_valid", "cloth")


@pytest.fixture
def visited(hospital, make_user, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    made = make_round(hospital, make_user)
    Visit.objects.filter(pk=made.visit.pk).update(kind=Kind.SUPERVISION)  # a look in passing drafts no notice
    return made


@pytest.fixture
def phone(chromium, visited):
    taken = Phone(chromium, visited.lead)
    yield taken
    taken.close()
    assert taken.problems == []


@pytest.mark.proves("INS-12", "INS-23")
def test_job_7_a_ward_is_inspected_without_signal_and_the_notice_is_drafted(phone, visited):
    """待办 → twenty items → three photos → one defect put right → comment and signatures → synchronised; 10 minutes."""
    inspector, page = Person(phone.page), phone.page
    page.goto("/tasks/")
    inspector.click(page.locator("main").get_by_role("link", name=re.compile("感控检查")).first)
    inspector.click(page.get_by_role("link", name="用手机检查"))
    inspector.click(page.get_by_role("button", name="下载到手机"))
    expect(page.locator(".visit-foot")).to_contain_text("0/20")
    phone.cut = True
    _twenty_items(inspector, phone)
    _two_photos_of_what_is_wrong(inspector, phone)
    _put_right_on_the_spot(inspector, phone)
    inspector.click(page.get_by_role("button", name="完成检查"))
    _words_and_signatures(inspector, phone)
    page.get_by_label("双方意见已交换").check()
    inspector.click(page.get_by_role("button", name="提交", exact=True))
    expect(page.get_by_text("已提交，等待上传")).to_be_visible()
    phone.cut = False
    phone.sync()
    expect(page.get_by_role("heading", name=re.compile("已全部上传"))).to_be_visible(timeout=30_000)
    assert inspector.seconds < 600, "\n".join(inspector.acts)
    _all_of_it_has_arrived(visited)
    assert phone.stored()["ops"] == phone.stored()["packages"] == phone.stored()["media"] == []


def _twenty_items(inspector, phone):
    asked = phone.page.locator(".item:has(label.pill)")
    assert asked.count() == 19
    for number in range(asked.count()):
        name = asked.nth(number).get_attribute("data-item")
        inspector.read(asked.nth(number).locator("legend"))
        code = "no" if name in FAILED else "yes"
        inspector.tick(asked.nth(number).locator(f"input[value='{code}']"), f"{name} {code}")
    inspector.type(phone.item("problems").locator("textarea"), "两处耗材管理要改")
    expect(phone.page.locator(".visit-foot")).to_contain_text("20/20")


def _two_photos_of_what_is_wrong(inspector, phone):
    item = phone.item("sterile_valid")
    for colour, answer in (("navy", "没有要遮挡的"), ("teal", "全部遮挡")):
        inspector.photograph(item.get_by_role("button", name="拍照"), photo(colour, size=(3000, 2000)))
        inspector.click(phone.page.get_by_role("button", name=answer))
        expect(phone.page.get_by_role("dialog")).to_have_count(0)
    expect(item.locator(".photo")).to_have_count(2)


def _put_right_on_the_spot(inspector, phone):
    item = phone.item("towel")
    inspector.click(item.get_by_role("button", name="当场整改"))
    inspector.type(item.get_by_label("怎样改的"), "已补干手纸")
    inspector.photograph(item.get_by_role("button", name="拍改好后的照片"), photo("olive", size=(2000, 3000)))
    inspector.click(phone.page.get_by_role("button", name="没有要遮挡的"))
    inspector.click(item.get_by_role("button", name="记下当场整改"))
    expect(item.locator(".noted")).to_contain_text("已补干手纸")


def _words_and_signatures(inspector, phone):
    page = phone.page
    inspector.type(page.get_by_label("发表意见的人"), "陈晓红")
    inspector.type(page.get_by_label("意见", exact=True), "干手纸已补，其余本周改完")
    inspector.click(page.get_by_role("button", name="无异议"))
    for role in ("被检查方签名", "检查人签名"):
        signer = page.get_by_role("group", name=role)
        expect(signer.get_by_label("姓名")).not_to_have_value(
            ""
        )  # known already: who spoke, who is signed in
        inspector.draw(signer.locator("canvas"))
        inspector.click(signer.get_by_role("button", name=f"确认{role}"))
    expect(page.get_by_text("手写", exact=False).first).to_be_visible()


def _all_of_it_has_arrived(visited):
    visited.visit.refresh_from_db()
    assert visited.visit.state == "concluded"
    assert {name for name, value in visited.answers.items() if value == "no"} == set(FAILED)
    assert len(visited.answers["sterile_valid__files"]) == 2
    assert Media.objects.filter(visit=visited.visit, file__isnull=False).count() == 3
    assert Correction.objects.get(visit=visited.visit).item == "towel"
    assert Exchange.objects.get(visit=visited.visit).speaker == "陈晓红"
    assert {one.role for one in VisitSignature.objects.filter(visit=visited.visit)} == {
        "inspected",
        "inspector",
    }
    deliver_pending(now=NOW)
    assert InspectionNotice.objects.count() == 1
