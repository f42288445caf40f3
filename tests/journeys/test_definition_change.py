"""改口径 → 预览 → 复核 → 发布: the quality officer changes a definition, sees what it does, a colleague checks it."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_checklist_from_nothing import reviewer_account

DEFINITION = "/indicators/library/class_one_grade_a_healing/"


def changed(text):
    """Stays of less than six days count no more."""
    return text.rstrip("\n") + '\npopulation: "days >= 6"\n'


@pytest.mark.proves("F-09", "IND-01", "SYS-03")
def test_a_definition_is_changed_previewed_checked_and_published(sign_in):
    office = sign_in("zhikong")
    page = office.page
    page.goto(DEFINITION)
    office.click(page.get_by_role("button", name="修改口径"))
    write(office)
    label = hand_over(office)
    address = page.url
    check(sign_in, label, address)

    page.goto(address)
    office.click(page.get_by_role("button", name="发布", exact=True))
    expect(page.locator("main")).to_contain_text("发布前请先看“口径变化预览”")
    office.click(page.get_by_role("link", name="口径变化预览"))
    office.click(page.get_by_role("button", name="试算近 12 个月"))
    expect(page.locator("main")).to_contain_text(re.compile(r"近 12 个月中，全院有 \d+ 个月的数值会变"))
    expect(page.locator("main")).to_contain_text(re.compile(r"病例：退出统计范围 \d+ 例"))
    office.click(page.get_by_role("button", name="我已看过这些变化"))
    office.click(page.get_by_role("button", name="发布", exact=True))
    expect(page.locator("main")).to_contain_text("已发布")

    page.goto(DEFINITION)
    expect(page.locator("#history")).to_contain_text("本院第 2 版")
    expect(page.locator("#history")).to_contain_text("质控会议第 11 次决定")


def write(office):
    """The live check finds a mistake while typing, with its line; then the right text is saved."""
    page = office.page
    editor = page.locator("#id_text")
    right = changed(editor.input_value())
    editor.fill(right.replace("days >= 6", "dayz >= 6"))
    editor.press("End")
    expect(page.locator("#check")).to_contain_text(re.compile(r"第 \d+ 行"))
    editor.fill(right)
    page.locator("[name=reason]").fill("质控会议第 11 次决定")
    office.click(page.get_by_role("button", name="保存并去送审"))


def hand_over(office):
    """To the first colleague who may check it; gives the colleague's label."""
    page = office.page
    reviewer = page.get_by_label("审核人")
    expect(reviewer).to_be_visible()  # texts are read at once, without waiting for the page
    label = next(t for t in reviewer.locator("option").all_inner_texts() if "医务科" in t or t != "请选择")
    office.choose(reviewer, label)
    office.click(page.get_by_role("button", name="送审", exact=True))
    expect(page.locator("main")).to_contain_text("待审核")
    return label


def check(sign_in, label, address):
    colleague = sign_in(reviewer_account(label))
    colleague.page.goto(address)
    colleague.tick(colleague.page.get_by_label("通过", exact=True))
    colleague.click(colleague.page.get_by_role("button", name="提交审核结论"))
    expect(colleague.page.locator("main")).to_contain_text("待发布")
