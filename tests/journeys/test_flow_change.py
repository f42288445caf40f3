"""A flow gets a new state while fifty cases are open: in the browser, by the quality officer and a colleague."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_checklist_from_nothing import reviewer_account

FLOW = "/flows/quality_appeal/"
OPENED = 50
NEW_STATE = """\
  - id: hearing
    title: 听取申诉人说明
    owner: {role: quality_office}
    deadline: {working_days: 2, from: entered, says: 医院规定：2 个工作日内听取说明}
"""


def open_cases(page, count):
    """As many appeals as a quarter brings, sent as the page's own form sends them; gives the number of the last."""
    page.goto(f"{FLOW}open/")
    place = page.locator("select[name=department] option").nth(1).get_attribute("value")
    token = page.locator("form[method=post] [name=csrfmiddlewaretoken]").first.get_attribute("value")
    for n in range(count):
        form = {"csrfmiddlewaretoken": token, "title": f"对评级有异议 {n + 1}", "department": place}
        answer = page.request.post(page.url, form=form, headers={"Referer": page.url})
        assert answer.ok
    page.goto(f"{FLOW}?q=对评级有异议 {count}")
    return page.locator("tbody tr").first.locator("td").first.inner_text()


def with_hearing(text):
    """A state between 待受理 and the reviews, with a step into it and one out of it."""
    text = re.sub(r"^version: \d+", "version: 2", text, flags=re.MULTILINE)
    text = text.replace("  - id: supplement\n", NEW_STATE + "  - id: supplement\n", 1)
    return text.replace(
        "transitions:\n",
        "transitions:\n"
        "  - {id: hear, title: 先听说明, from: submitted, to: hearing, roles: [quality_office]}\n"
        "  - {id: heard, title: 听完转回, from: hearing, to: submitted, owner: true, needs_reason: true}\n",
        1,
    )


@pytest.mark.proves("F-04", "F-05")
def test_a_flow_gets_a_new_state_while_fifty_cases_are_open(sign_in):
    head, office = sign_in("keshi"), sign_in("zhikong")
    old = open_cases(head.page, OPENED)
    page = office.page
    address = write_the_new_version(office)
    expect(page.locator("#effect-body")).to_contain_text("新增状态“听取申诉人说明”")
    expect(page.locator("#effect-body")).to_contain_text(
        re.compile(r"现有 \d+ 件未办结，都按各自新建时的版本继续办理")
    )
    expect(page.locator("main svg.flow-picture").first).to_contain_text("听取申诉人说明")
    review_and_publish(sign_in, office, address)

    new = open_cases(head.page, 1)
    page.goto(f"{FLOW}?q={old}")
    office.click(page.locator("tbody th a").first)
    expect(page.get_by_role("button", name="先听说明")).to_have_count(0)
    expect(page.get_by_role("button", name="受理", exact=True)).to_be_visible()
    page.goto(f"{FLOW}?q={new}")
    office.click(page.locator("tbody th a").first)
    expect(page.locator("summary", has_text="先听说明")).to_be_visible()

    page.goto(f"{FLOW}migrate/")
    expect(page.locator("main")).to_contain_text(re.compile(r"把 \d+ 件改用第 \d+ 版"))


def write_the_new_version(office):
    """The text of the flow in the pack store, changed, saved and handed to a colleague; gives its address."""
    page = office.page
    page.goto("/packstore/definitions/flow/quality_appeal/")
    starting = page.get_by_role("button", name=re.compile("修改|改"))
    office.click(starting.first)
    if "/edit/" not in page.url:
        office.click(page.get_by_role("link", name=re.compile("改正文|修改")).first)
    editor = page.locator("#id_text")
    editor.fill(with_hearing(editor.input_value()))
    page.locator("[name=reason]").fill("2026 年第 11 次质控会议决定")
    office.click(page.get_by_role("button", name="保存", exact=True))
    expect(page.locator("#check")).to_contain_text("听取申诉人说明")
    address = re.sub(r"edit/$", "", page.url)
    page.goto(address)
    return address


def review_and_publish(sign_in, office, address):
    page = office.page
    page.goto(address)
    reviewer = page.get_by_label("审核人")
    label = next(t for t in reviewer.locator("option").all_inner_texts() if "医务科" in t or t != "请选择")
    office.choose(reviewer, label)
    office.click(page.get_by_role("button", name="送审", exact=True))
    expect(page.locator("main")).to_contain_text("待审核")
    colleague = sign_in(reviewer_account(label))
    colleague.page.goto(address)
    colleague.tick(colleague.page.get_by_label("通过", exact=True))
    colleague.click(colleague.page.get_by_role("button", name="提交审核结论"))
    expect(colleague.page.locator("main")).to_contain_text("待发布")
    page.goto(address)
    office.click(page.get_by_role("button", name="发布", exact=True))
    expect(page.locator("main")).to_contain_text("已发布")
