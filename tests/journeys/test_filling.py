"""A nurse fills a sheet on a ward's poor network: nothing is lost, and nobody is overwritten unseen."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys.conftest import PASSWORD

PATIENCE = 20_000  # the page tries again every five seconds


def pill(page, name):
    return page.locator(f"label.pill:has(#id_{name})")


def status(page, item):
    return page.locator(f"#status-{item}")


@pytest.fixture
def sheet(sign_in):
    """A nurse's page with a fresh crash cart sheet of cardiology, on a phone."""
    page = sign_in("hushi", width=390).page
    page.goto("/forms/crash_cart_round/new/")
    page.get_by_label("科室").select_option(label="心血管内科")
    page.get_by_role("button", name="开始填写").click()
    expect(page.locator("#progress")).to_contain_text("已填 0/")
    return page


def test_taps_are_saved_at_once_and_reveal_what_follows(sheet):
    pill(sheet, "sealed-no").click()
    expect(status(sheet, "sealed")).to_contain_text("已保存")
    expect(sheet.locator("#item-opened_why")).to_be_visible()
    expect(sheet.locator("#score")).to_contain_text("急救车处于封闭状态")
    expect(sheet.locator("#progress")).to_contain_text("已填 1/")
    assert pill(sheet, "sealed-no").bounding_box()["height"] >= 44
    assert sheet.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert Axe().run(sheet).response["violations"] == []


def test_without_a_network_an_answer_waits_and_is_saved_later(sheet):
    sheet.context.set_offline(True)
    pill(sheet, "clean-yes").click()
    expect(status(sheet, "clean")).to_contain_text("未保存")
    expect(sheet.locator("#trouble")).to_contain_text("网络不通", timeout=PATIENCE)
    sheet.context.set_offline(False)
    expect(status(sheet, "clean")).to_contain_text("已保存", timeout=PATIENCE)
    expect(sheet.locator("#trouble")).to_be_hidden()


def test_a_session_that_ended_costs_nothing(sheet):
    sheet.context.clear_cookies()
    pill(sheet, "clean-yes").click()
    expect(sheet.locator("#trouble")).to_contain_text("登录已过期", timeout=PATIENCE)
    other = sheet.context.new_page()
    other.goto(sheet.locator("#trouble a").get_attribute("href"))
    other.locator("[name=login]").fill("hushi")
    other.locator("[name=password]").fill(PASSWORD)
    other.locator("[name=password]").press("Enter")
    expect(other.locator("main")).to_contain_text("回到原来的页面")
    expect(status(sheet, "clean")).to_contain_text("已保存", timeout=PATIENCE)


def test_two_at_once_see_both_answers(sheet, sign_in):
    second = sign_in("hushizhang").page
    second.goto(sheet.url)
    pill(sheet, "clean-no").click()
    expect(status(sheet, "clean")).to_contain_text("已保存")
    pill(second, "clean-yes").click()
    expect(status(second, "clean")).to_contain_text("已填：否。您的答案还没有保存。")
    second.get_by_role("button", name="用对方的").click()
    expect(second.locator("#id_clean-no")).to_be_checked()
    pill(sheet, "in_place-no").click()
    expect(status(sheet, "in_place")).to_contain_text("已保存")
    pill(second, "in_place-yes").click()
    second.get_by_role("button", name="仍用我的").click()
    expect(status(second, "in_place")).to_contain_text("已保存")
    sheet.reload()
    expect(sheet.locator("#id_in_place-yes")).to_be_checked()


def test_a_signature_goes_when_an_answer_changes(sheet):
    sheet.locator("[name=password__signature]").fill(PASSWORD)
    sheet.locator("#item-signature").get_by_role("button", name="签名").click()
    expect(sheet.locator("#item-signature .signed")).to_be_visible()
    pill(sheet, "clean-yes").click()
    expect(sheet.locator("[name=password__signature]")).to_be_visible()
