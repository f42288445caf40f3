"""Three working days of the small functions, each from its menu entry: a round on a phone, an opinion, a licence that is
expiring. None of them has a page of its own: forms and flows carry them."""

import re

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.journeys.conftest import PASSWORD

PHONE = 390


def choose(person, label, option):
    """Choose in a list whose label may carry a hint."""
    person.choose(person.page.get_by_label(re.compile(f"^{label}")).first, option)


def stands(page, state):
    """The case's own state, in the page's head; the story and the picture name every state."""
    problems = page.locator(".error, .note.bad").all_inner_texts()
    expect(page.locator(".subtitle"), "; ".join(problems)).to_contain_text(state)


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def enter(person, label, *, phone=False):
    """Go where the menu entry leads."""
    page = person.page
    if phone:
        person.click(page.get_by_role("navigation").get_by_text("更多").first)
    person.click(
        page.get_by_role("link", name=label, exact=True).last
        if phone
        else page.get_by_role("link", name=label).first
    )


# ---- a round on a phone -----------------------------------------------------------------------------------------------

YES = (
    "除颤仪能正常放电",
    "呼吸机处于备用状态",
    "监护仪报警开启",
    "输液泵",
    "每台设备有编号",
    "强制检定的设备",
)


@pytest.mark.proves("IND-12", "IND-13")
def test_a_round_on_a_phone(sign_in):
    nurse = sign_in("hushi", width=PHONE)
    page = nurse.page
    page.goto("/forms/equipment_round/")
    nurse.click(page.get_by_role("link", name="新填一份"))
    if "/new/" in page.url:
        nurse.click(page.get_by_role("button", name="开始填写"))
    page.wait_for_url(re.compile(r"/forms/sheets/\d+/$"))
    nurse.type(page.get_by_label(re.compile("巡检时间")), "2026-11-18T10:00")
    counter = page.locator("#item-in_order")
    nurse.type(counter.get_by_label("做到", exact=True), "9")
    nurse.type(counter.get_by_label("观察", exact=True), "10")
    counter.get_by_label("观察", exact=True).press("Tab")
    stopped = page.get_by_role("group", name=re.compile("有故障的设备均已停用"))
    expect(stopped).to_be_visible()  # one of ten is broken: only now it is asked
    nurse.tick(stopped.get_by_role("radio", name="是", exact=True))
    row = page.locator("#item-broken_list")
    nurse.type(row.get_by_label(re.compile("设备名称")).first, "输液泵 3 号")
    nurse.type(row.get_by_label(re.compile("^故障|故障$")).first, "按键失灵")
    for question in YES:
        nurse.tick(
            page.get_by_role("group", name=re.compile(question)).get_by_role("radio", name="是", exact=True)
        )
    log = page.get_by_role("group", name=re.compile("使用、清洁、维护登记"))
    nurse.tick(log.get_by_role("radio", name="否", exact=True))
    # an answer that is saved after it would take the signature away
    expect(page.locator("#status-log")).to_contain_text("已保存")
    nurse.type(page.get_by_label(re.compile("登录密码签名")), PASSWORD)
    nurse.click(page.get_by_role("button", name="签名", exact=True))
    expect(page.locator(".signed")).to_be_visible()
    assert fits(page)
    nurse.click(page.get_by_role("button", name=re.compile("^提交")).first)
    page.wait_for_url(re.compile(r"/view/"))
    expect(page.locator("main")).to_contain_text("92")  # 3 points for the broken one, 5 for the log
    expect(page.locator("main")).to_contain_text("合格")


# ---- one opinion ------------------------------------------------------------------------------------------------------


@pytest.mark.proves("CMP-19")
def test_an_opinion_is_written_answered_and_closed(sign_in):
    nurse = sign_in("hushi", width=PHONE)
    page = nurse.page
    page.goto("/flows/patient_opinions/")
    nurse.click(page.get_by_role("link", name="新建"))
    nurse.type(page.get_by_label("事由"), "探视时间太短")
    nurse.type(page.get_by_label("提出日期"), "2026-11-18")
    choose(nurse, "类别", "建议")
    choose(nurse, "来源", "意见本")
    nurse.tick(page.get_by_label("等候与流程"))
    nurse.type(page.get_by_label(re.compile("^内容")), "下班赶来探视时间已过。")
    expect(page.get_by_label("希望得到答复")).to_have_count(0)
    choose(nurse, "提出人", "家属")
    choose(nurse, "希望得到答复", "是")
    nurse.type(page.get_by_label("称呼和电话"), "刘女士 139")
    expect(page.get_by_label(re.compile("^内容"))).to_have_value("下班赶来探视时间已过。")
    assert fits(page)
    nurse.click(page.get_by_role("button", name="提交"))
    page.wait_for_url(re.compile(r"/flows/cases/\d+/$"))
    address = page.url
    expect(page.locator("main")).to_contain_text("5 个工作日")

    head = sign_in("keshi")
    head.page.goto(address)
    head.type(head.page.get_by_label("了解到的情况"), "探视截止十八点。")
    choose(head, "意见是否属实", "属实")
    head.type(head.page.get_by_label("改进措施和完成时间"), "延长到二十点，下周一起。")
    choose(head, "告知提出人", "电话")
    head.type(head.page.get_by_label("告知日期"), "2026-11-19")
    head.click(head.page.get_by_role("button", name="答复", exact=True))
    stands(head.page, "待护理部确认")

    nursing = sign_in("huli")
    nursing.page.goto(address)
    nursing.click(nursing.page.get_by_role("button", name="确认办结", exact=True))
    stands(nursing.page, "已办结")


# ---- a licence that is expiring ---------------------------------------------------------------------------------------


@pytest.mark.proves("LIC-01")
def test_a_licence_that_is_expiring_is_renewed(sign_in):
    office = sign_in("yiwu")
    page = office.page
    enter(office, "证照管理")
    expect(page.locator("main")).to_contain_text("证照管理")
    office.click(page.get_by_role("link", name="放射诊疗许可证校验"))
    stands(page, "30 天内到期")
    renew = page.locator("details", has=page.get_by_role("button", name="登记新证", exact=True)).first
    office.type(renew.get_by_label("新证编号"), "放证 2026-11")
    office.type(renew.get_by_label("发证（校验）日期"), "2026-11-18")
    office.type(renew.get_by_label("新的有效期至"), "2020-01-01")
    office.click(renew.get_by_role("button", name="登记新证", exact=True))
    expect(page.locator("main")).to_contain_text("新证的有效期应晚于今天")
    renew = page.locator("details", has=page.get_by_role("button", name="登记新证", exact=True)).first
    expect(renew.get_by_label("新证编号")).to_have_value("放证 2026-11")
    office.type(renew.get_by_label("新的有效期至"), "2031-11-18")
    office.click(renew.get_by_role("button", name="登记新证", exact=True))
    stands(page, "有效")
    expect(page.locator("main")).to_contain_text("2031-08-20")  # 90 days before the new day
