"""Job 6: 质控科 builds a ten-item checklist with a veto, has it reviewed, and plans next week's cross inspection of six
departments with it; the inspectors see it on their phones. Ten minutes."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.test_checklist_from_nothing import reviewer_account
from tests.journeys.test_every_page import serious
from zhikong.simulator import people
from zhikong.site.demo.inspections_story import ACCOUNTS

MINUTES = 10
TITLE = "交叉检查要点" + str(time.monotonic_ns() % 10_000)  # a demo that runs already may have earlier ones
QUESTIONS = (
    "抢救车处于封闭状态",
    "危急值当班处理",
    "交接班有双签名",
    "三级查房记录及时",
    "手卫生设施齐全",
    "高警示药品有标识",
    "床头卡与医嘱一致",
    "医疗废物分类正确",
    "患者腕带齐全",
    "值班人员在岗",
)
DEPARTMENTS = ("消化内科", "神经内科", "胃肠外科", "产科", "儿科", "泌尿外科")


@pytest.mark.proves("INS-04", "INS-13", "SYS-17")
def test_job_6_a_checklist_is_built_reviewed_and_taken_to_six_departments(sign_in):
    office = sign_in("zhikong")
    colleague, address = reviewed(office, sign_in)
    publish(office, address)
    plan(office)
    told = confirm(office)
    total = office.seconds + colleague.seconds
    assert total < MINUTES * 60, "\n".join([f"{total:.0f} s", *office.acts, *colleague.acts])
    assert told
    for account in told:
        on_the_phone(sign_in(account, width=390))


def build(office):
    """Ten questions pasted at once, ten points each, a veto on the first."""
    page = office.page
    office.click(page.get_by_role("link", name="表单填写").first)
    office.click(page.get_by_role("link", name="新建表单"))
    office.type(page.locator("[name=blank-title]"), TITLE)
    office.click(page.get_by_role("button", name="开始设计"))
    office.type(page.get_by_label("题目", exact=True), "\n".join(QUESTIONS))
    office.type(page.get_by_label("每题分值"), "10")
    office.click(page.get_by_role("button", name="添加这些题"))
    expect(page.locator("#outline li")).to_have_count(10)
    office.click(page.locator("#outline").get_by_role("link", name=QUESTIONS[0]))
    expect(page.locator("#panel h2")).to_have_text("第 1 题")
    office.choose(page.locator("#id_veto"), "整张表不合格")
    expect(page.locator("#outline li").first).to_contain_text("否决")
    expect(page.locator("#problems")).to_contain_text("没有发现问题")


def reviewed(office, sign_in):
    """Sent to a colleague of another office, who looks at it and lets it pass."""
    page = office.page
    build(office)
    office.click(page.get_by_role("link", name="送审"))
    office.type(page.get_by_label("修改依据"), "季度交叉检查")
    reviewer = page.get_by_label("审核人")
    label = next(t for t in reviewer.locator("option").all_inner_texts() if "医务科" in t or t != "请选择")
    office.choose(reviewer, label)
    office.click(page.get_by_role("button", name="送审", exact=True))
    expect(page.locator("main")).to_contain_text("待审核")
    address = page.url
    colleague = sign_in(reviewer_account(label))
    colleague.page.goto(address)
    expect(colleague.page.locator("main")).to_contain_text(QUESTIONS[0])
    colleague.read(colleague.page.locator("main h2").first)
    colleague.tick(colleague.page.get_by_label("通过", exact=True))
    colleague.click(colleague.page.get_by_role("button", name="提交审核结论"))
    expect(colleague.page.locator("main")).to_contain_text("待发布")
    return colleague, address


def publish(office, address):
    page = office.page
    page.goto(address)
    expect(page.get_by_label("生效日期")).not_to_have_value("")
    office.click(page.get_by_role("button", name="发布", exact=True))
    expect(page.locator("main")).to_contain_text("已发布")


def plan(office):
    """Menu → 科室交叉检查 → six departments, the new checklist instead of the usual one → the rules propose."""
    page = office.page
    office.click(page.get_by_role("link", name="检查计划").first)
    row = page.get_by_role("row", name=re.compile("科室交叉检查"))
    office.click(row.get_by_role("link", name=re.compile("安排一次")))
    office.read(page.locator("main .subtitle"))
    for name in DEPARTMENTS:
        office.tick(
            page.locator(".plan-grid label", has_text=re.compile(f"^\\s*{name}")).locator("input").first
        )
    boxes = page.locator("[name=forms]:checked")
    for at in range(boxes.count()):
        office.click(boxes.nth(at), "not the usual checklist")
    office.tick(page.locator("label.check", has_text=TITLE).locator("input"))
    assert serious(page) == []
    office.click(page.get_by_role("button", name="按规则拟安排"))
    expect(page.locator("main")).to_contain_text("草拟中，还没有通知任何人")


def confirm(office):
    """The proposal names six departments with a reason for each; one click tells the inspectors. Their accounts."""
    page = office.page
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(6)
    office.read(rows.first)
    expect(rows.first).to_contain_text(TITLE)
    office.click(page.get_by_text("为什么是他").first)
    expect(rows.first).to_contain_text("不是本科室")
    office.read(page.locator("details[open] ul").first)
    office.click(page.get_by_role("button", name="确认并通知检查人"))
    expect(page.locator("body")).to_contain_text("已安排 6 处检查")
    expect(page.locator("tbody tr")).to_have_count(6)
    leads = [" ".join(one.split()) for one in page.locator("tbody td[data-label='组长']").all_inner_texts()]
    assert all(leads)
    known = accounts()
    return [known[name] for name in leads if name in known][:2]


def accounts():
    """Name → account of everybody who may be sent: the demo's own and the quality officers of other departments."""
    found = {one.name: one.username for one in people.accounts()}
    for code in ACCOUNTS:
        own = [one for one in people.staff() if one.department == code and one.post == "physician"]
        found[min(own, key=lambda one: one.staff_number).name] = f"zkry_{code.lower()}"
    return found


def on_the_phone(inspector):
    """待办 → the visit, which says where, when and with what; nothing to scroll sideways."""
    page = inspector.page
    page.goto("/inspections/mine/")
    links = page.locator("main .rows a", has_text=re.compile("科|房")).evaluate_all(
        "links => links.map(a => a.href)"
    )
    page.goto("/tasks/")
    expect(page.get_by_role("link", name=re.compile("科室交叉检查")).first).to_be_visible()
    found = []
    for link in links:
        page.goto(link)
        found.append(TITLE in page.locator("main").inner_text())
        if found[-1]:
            break
    assert any(found)
    inspector.read(page.locator("main h1").first)
    expect(page.get_by_role("button", name="开始检查")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
