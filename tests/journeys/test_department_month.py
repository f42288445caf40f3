"""A department's month: figures pasted from Excel, sent back once, accepted; and job 4 with the monthly record.

Job 4 is the whole of `jobs.md`: the head answers a finding and approves the department's monthly quality record.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PASSWORD

# the first three rows were typed before; from the fourth row on, as it lies on the clipboard of Excel
BLOCK = "57\t60\t\t处方点评表\n58\t58\t\t设备巡检记录\n21\t21\t\t急救车检查表\n14\t15\t\t抢救登记本\n160\t\t\t出院登记本\n"
PASTE = """(input, text) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  input.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


def paste(person, target, text):
    """Ctrl+V into a cell: the browser gets the clipboard's text as Excel puts it there."""
    person._spend(1.35 + 1.1 + 0.2 + 2 * 0.28, "paste from Excel")
    target.click()
    target.evaluate(PASTE, text)


def sheet_of(page, name):
    page.goto("/reporting/")
    page.locator("tbody tr", has_text=name).get_by_role("link").first.click()


@pytest.mark.proves("INS-05", "REP-01", "WF-04", "P-15")
def test_a_department_reports_its_month_by_pasting_from_excel_and_is_sent_back_once(sign_in):
    """质控员: 待填报 → paste → submit; 质控科 returns it once; corrected, accepted, locked; 5 minutes of the officer."""
    officer, office = sign_in("zhikongyuan"), sign_in("zhikong")
    page, desk = officer.page, office.page
    officer.click(page.get_by_role("link", name=re.compile("心血管内科 临床科室月度填报")).first)
    officer.read(page.locator(".figures"))
    expect(page.locator("#progress")).to_contain_text("已填 3 / 8 项")
    paste(officer, page.locator("#prescription-numerator"), BLOCK)
    expect(page.locator("#progress")).to_contain_text("已填 8 / 8 项")
    expect(page.locator("#value-equipment")).to_have_text("100%")
    asked = page.locator("tr[data-item]", has=page.locator(".remarks .is-warn"))
    for left in range(asked.count(), 0, -1):  # what differs much from the last twelve months wants its reason
        row = asked.first
        officer.type(row.locator("[data-col='2']"), "已与登记本核对，属实")
        row.locator("[data-col='3']").focus()
        expect(asked).to_have_count(left - 1)
    officer.click(page.get_by_role("button", name="提交"))
    expect(page.locator("main")).to_contain_text("待审核")

    sheet_of(desk, "心血管内科")
    office.read(desk.locator(".figures"))
    office.type(desk.get_by_label("原因"), "设备在用台数与装备科台账差两台，请核对。")
    office.click(desk.get_by_role("button", name="退回"))

    sheet_of(page, "心血管内科")
    expect(page.locator("main")).to_contain_text("设备在用台数与装备科台账差两台")
    officer.type(page.locator("#equipment-denominator"), "60")
    page.locator("#equipment-numerator").focus()
    expect(page.locator("#value-equipment")).to_have_text("96.67%")
    officer.click(page.get_by_role("button", name="提交"))

    sheet_of(desk, "心血管内科")
    office.click(desk.get_by_role("button", name="接收并锁定"))
    expect(desk.locator("main")).to_contain_text("已接收")
    assert desk.locator("#equipment-numerator").count() == 0, "accepted figures are locked"
    assert officer.seconds < 300, "\n".join(officer.acts)


@pytest.mark.proves("CAP-01", "CAP-02", "CAP-05", "ORG-07", "WF-04")
def test_job_4_the_head_answers_a_finding_and_approves_the_monthly_record(sign_in):
    """科主任: 待办 → cause, measure, owner, date; → the record, signed and sent; both leave the list; 5 minutes."""
    head = sign_in("keshi")
    head.click(head.page.get_by_role("link", name=re.compile("待办")).first)
    answer_the_finding(head)
    head.page.goto("/tasks/")
    approve_the_record(head)
    head.page.goto("/tasks/")
    assert head.page.get_by_role("link", name=re.compile("审阅、签名并提交|三日确诊")).count() == 0
    assert head.seconds < 300, "\n".join(head.acts)


def answer_the_finding(head):
    page = head.page
    head.click(page.get_by_role("link", name=re.compile("入院三日确诊率")).first)
    head.read(page.locator(".timeline").first)
    head.type(page.get_by_label("原因分析"), "夜间检查预约不畅，确诊所需检查推迟。")
    head.type(page.get_by_label("整改措施"), "与影像科约定当日加做，值班医师每日核对未确诊名单。")
    responsible = page.get_by_label("负责人")
    head.choose(responsible, responsible.locator("option").nth(1).inner_text())
    due = page.get_by_label("完成日期")
    latest = page.locator("main").inner_text().split("不晚于整改期限 ")
    head.type(due, due.get_attribute("max") or latest[1][:10])
    approve = page.get_by_label("审核通过，直接提交职能部门")
    if not approve.is_checked():
        head.tick(approve)
    head.click(page.get_by_role("button", name="提交答复"))
    expect(page.locator("main")).to_contain_text("夜间检查预约不畅")


def approve_the_record(head):
    page = head.page
    head.click(page.get_by_role("link", name=re.compile("审阅、签名并提交.*质控活动记录")).first)
    head.read(page.locator("#measures"))
    waiting = page.locator("#measures form:visible").first
    head.tick(waiting.get_by_label("继续"))
    head.type(waiting.get_by_label("说明"), "继续一个月")
    head.click(waiting.get_by_role("button", name="记录"))
    expect(page.locator("#measures")).to_contain_text("继续一个月")
    for title in ("存在问题与原因分析", "改进措施"):
        head.read(page.locator(".card", has=page.get_by_role("heading", name=title, exact=True)))
    head.type(page.get_by_label("登录密码"), PASSWORD)
    head.click(page.get_by_role("button", name="签名并提交"))
    expect(page.locator("main")).to_contain_text("待审核")
    expect(page.locator("main")).to_contain_text("晨会通报前一日未审签病历")
