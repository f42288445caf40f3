"""医务科 leads a dispute of the first grade through every branch; the family signs the seal on a tablet's glass."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from tests.journeys.person import Person
from tests.phones import Phone
from zhikong.foundation.facts.sealing import sealed_since
from zhikong.hospital.functions.complaints.models.disputes import Dispute
from zhikong.hospital.functions.complaints.models.disputes_sealing import Sealing, SealSignature

BRANCHES = ("negotiation", "mediation", "administrative", "judicial")


@pytest.fixture
def office(make_user, hospital):
    return make_user("medical_affairs", name="周敏")


@pytest.fixture
def tablet(chromium, office):
    taken = Phone(chromium, office, width=820, now=timezone.now())
    yield taken
    taken.close()
    assert taken.problems == []


@pytest.mark.proves("CMP-09", "CMP-17")
def test_a_grade_one_dispute_from_the_seal_to_the_judgment(tablet, office, hospital):
    officer, page = Person(tablet.page), tablet.page
    _written_down(officer, page, hospital)
    dispute = Dispute.objects.get()
    _sealed(officer, page, dispute)
    for route in BRANCHES:
        _taken(tablet, dispute, route)
    page.goto(reverse("complaints:dispute", args=[dispute.pk]))
    stops = page.locator(".dispute-line b").all_inner_texts()
    assert stops[:5] == ["立案", "双方协商", "人民调解", "行政调解", "诉讼"]
    expect(page.locator("#ledger")).to_contain_text("保险与赔偿台账")
    expect(page.locator("main")).to_contain_text("600,000.00 元")
    expect(page.locator("#sealings")).to_contain_text("封存中")
    assert dispute.branches.filter(state="failed").count() == 3
    assert officer.seconds < 600, "\n".join(officer.acts)


def _written_down(officer, page, hospital):
    page.goto(reverse("complaints:disputes"))
    officer.click(page.locator("main, header").get_by_role("link", name="登记纠纷").first)
    officer.type(page.get_by_label("事由"), "术后猝死，家属认为监护不到位")
    officer.choose(page.get_by_label("科室"), hospital.departments["CARD"].name)
    officer.choose(page.get_by_label("类别"), "特别重大医疗事故争议")
    officer.choose(page.get_by_label("主要原因"), "诊疗")
    officer.type(page.get_by_label("住院编号"), "S-1")
    officer.click(page.get_by_role("button", name="立案"))
    expect(page.locator("#clocks")).to_contain_text("向卫生健康行政部门报告")
    expect(page.locator("#clocks")).to_contain_text("还有 1 小时")


def _sealed(officer, page, dispute):
    officer.click(page.locator("#sealings").get_by_role("link", name="封存病历或实物"))
    for label, text in (
        ("患者＊", "赵国强"),
        ("封存地点", "医务科会议室"),
        ("封条编号", "FT-31"),
        ("名称 1", "住院病历复制件"),
        ("页数 1", "112"),
    ):
        officer.type(page.get_by_label(label).first, text)
    officer.click(page.get_by_role("button", name="下一步"))
    officer.type(page.get_by_label("身份或与患者的关系"), "医务科")
    officer.click(page.get_by_role("button", name="签名", exact=True))
    officer.choose(page.get_by_label("代表"), "患方")
    officer.type(page.get_by_label("签名人姓名"), "赵晓梅")
    officer.type(page.get_by_label("身份或与患者的关系"), "女儿")
    officer.draw(page.locator("canvas"))
    officer.click(page.get_by_role("button", name="签名", exact=True))
    expect(page.locator(".dispute-signed")).to_be_visible()
    officer.click(page.get_by_role("button", name="封存", exact=True))
    expect(page.locator("main")).to_contain_text("起锁定")
    assert Sealing.objects.get().dispute == dispute
    assert len(SealSignature.objects.get(side="patient").strokes) == 6
    assert sealed_since("S-1") is not None


def _taken(tablet, dispute, route):
    """A branch from its opening to its end, through the page's own forms."""
    today, last = timezone.localdate().isoformat(), route == "judicial"

    def do(act, child=None, **told):
        args = [dispute.pk, act] + ([child] if child else [])
        url = reverse("complaints:dispute_part" if child else "complaints:dispute_act", args=args)
        tablet.client.handler.enforce_csrf_checks = False
        assert tablet.client.post(url, told).status_code == 302

    do("route", route=route, opened_on=today, accepted_on=today)
    branch = dispute.branches.get(route=route)
    later = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    kind = {"negotiation": "talk", "judicial": "court"}.get(route, "mediation")
    do("hearing", kind=kind, starts_at=later, place="会议室", attends="周敏、李建国", branch=branch.pk)
    if last:
        do("paper", title="判决书", code="judgment", branch=branch.pk, dated_on=today, kept_at="医务科")
    result = {"state": "agreed", "agreed_fen": "600000"} if last else {"state": "failed"}
    do("end", branch.pk, ended_on=today, result="判赔" if last else "分歧太大", **result)
    branch.refresh_from_db()
    assert branch.state == result["state"], route
