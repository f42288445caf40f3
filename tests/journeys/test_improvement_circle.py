"""A member of a circle votes on a phone, the leader sees what a step still lacks, an employee's proposal is answered."""

import uuid

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

SERIOUS = ("serious", "critical")


def fits(page):
    """The page has no sideways scroll and axe finds nothing serious."""
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in SERIOUS] == []


@pytest.mark.proves("QCC-01")
def test_a_member_votes_on_a_phone_and_the_step_says_what_it_lacks(sign_in):
    page = sign_in("guke", width=390).page
    page.goto("/improvements/?state=open")
    page.get_by_role("link", name="提高入院三日确诊率").click()
    page.get_by_role("link", name="解析", exact=True).click()
    expect(page.locator("main")).to_contain_text("投票只能说明大家怎么想；真因要到现场用数据证明。")
    fits(page)
    page.get_by_role("link", name="我来评分").click()
    for box in page.locator("fieldset").all():
        box.get_by_role("radio", name="5", exact=True).check()
    fits(page)
    page.get_by_role("button", name="交评分").click()
    expect(page.locator("main")).to_contain_text("1 / 6 人已评")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).to_contain_text("这些要因还没有验证")


@pytest.mark.proves("QCC-05")
def test_an_employee_proposes_and_everybody_reads_the_thanks(sign_in):
    title = f"输液架加挂钩 {uuid.uuid4().hex[:5]}"
    page = sign_in("hushi", width=390).page
    page.goto("/improvements/suggestions/new/")
    page.get_by_label("建议", exact=False).first.fill(title)
    page.get_by_label("现状与做法").fill("病房输液架少一个挂钩，换液时要把空袋拿在手里，建议加挂钩。")
    fits(page)
    page.get_by_role("button", name="提交").click()
    address = page.url
    office = sign_in("zhikong").page
    office.goto(address)
    office.get_by_label("答复", exact=False).first.fill("采纳，请后勤本周加装。")
    office.get_by_label("致谢（大家都能看到）").fill(f"谢谢您，{title}")
    office.get_by_role("button", name="答复", exact=True).click()
    page.goto("/improvements/suggestions/")
    expect(page.locator("main")).to_contain_text(f"谢谢您，{title}")
