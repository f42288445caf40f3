"""A checklist from nothing to the first filled sheet, without a line of code (the first half of job 6)."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.journeys.test_every_page import serious

TITLE = "抢救车交接检查" + str(time.monotonic_ns() % 10_000)  # a demo that runs already may have earlier ones
QUESTIONS = (
    "抢救车处于封闭状态",
    "除颤仪自检正常",
    "氧气瓶压力充足",
    "药品都在有效期内",
    "物品数量与清单相符",
    "每班交接有签名",
    "抢救车放在固定位置",
    "使用后当班补充齐全",
    "清洁无污渍",
)
REASON = "没有封闭的原因"


def build(office):
    """Nine questions pasted at once, a veto on the first, and a tenth that only shows when the first fails."""
    page = office.page
    office.click(page.get_by_role("link", name="表单填写").first)
    office.click(page.get_by_role("link", name="新建表单"))
    office.type(page.locator("[name=blank-title]"), TITLE)
    office.click(page.get_by_role("button", name="开始设计"))
    office.read(page.locator("#panel"))
    office.type(page.get_by_label("题目", exact=True), "\n".join(QUESTIONS))
    office.type(page.get_by_label("每题分值"), "10")
    office.click(page.get_by_role("button", name="添加这些题"))
    expect(page.locator("#outline li")).to_have_count(9)
    office.click(page.locator("#outline").get_by_role("link", name=QUESTIONS[0]))
    expect(page.locator("#panel h2")).to_have_text("第 1 题")
    office.choose(page.locator("#id_veto"), "整张表不合格")
    expect(page.locator("#outline li").first).to_contain_text("否决")
    office.click(page.get_by_role("button", name="添加下一题"))
    expect(page.locator("#panel h2")).to_have_text("第 2 题")
    expect(page.locator("#id_text")).to_be_focused()
    office.type(page.locator("#id_text"), REASON)
    office.choose(page.locator("#id_type"), "短文字")
    expect(page.locator("#id_veto")).to_have_count(0)
    question = page.get_by_label("条件 1：哪一题")
    office.choose(question, question.locator("option").nth(1).inner_text())
    office.choose(page.get_by_label("条件 1：什么值"), "否")
    expect(page.locator("#panel")).to_contain_text("item_1 = 'no'")
    expect(page.locator("#problems")).to_contain_text("没有发现问题")
    expect(page.locator("#preview")).to_contain_text(REASON)
    assert page.locator("#outline li").count() == 10


@pytest.mark.proves("IND-01", "CAP-01")
def test_a_quality_officer_builds_a_checklist_and_a_nurse_fills_it_on_a_phone(sign_in):
    office = sign_in("zhikong")
    page = office.page
    said = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    build(office)
    assert said == []
    assert serious(page) == []
    office.click(page.get_by_role("link", name="送审"))
    office.type(page.get_by_label("修改依据"), "护理部要求")
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

    page.goto(address)
    expect(page.get_by_label("生效日期")).not_to_have_value("")
    office.click(page.get_by_role("button", name="发布", exact=True))
    expect(page.locator("main")).to_contain_text("已发布")
    total = office.seconds + colleague.seconds
    assert total < 300, "\n".join([f"{total:.0f} s", *office.acts, *colleague.acts])

    number = fill_on_a_phone(sign_in("hushi", width=390))
    look_print_and_export(office, number)


def reviewer_account(label):
    return {"医务科": "yiwu", "护理部": "huli"}.get(
        next((w for w in ("医务科", "护理部") if w in label), ""), "yiwu"
    )


def fill_on_a_phone(nurse):
    """Everything is yes; first the veto's "no" brings the reason forth. Returns the sheet's number."""
    page = nurse.page
    page.goto("/forms/")
    nurse.click(
        page.locator("section", has_text=TITLE).get_by_role("link", name=re.compile("新填一份")).first
    )
    if "/new/" in page.url:
        nurse.click(page.get_by_role("button", name=re.compile("开始填写|新填一份|开始")))
    page.wait_for_url(re.compile(r"/forms/sheets/\d+/$"))
    reason = page.get_by_label(re.compile(REASON))
    assert reason.count() == 0 or not reason.first.is_visible(), "hidden until the first answer is no"
    first = page.get_by_role("group", name=re.compile(QUESTIONS[0]))
    nurse.tick(first.get_by_role("radio", name="否", exact=True))
    expect(reason.first).to_be_visible()
    nurse.type(reason.first, "抢救中使用")
    for question in QUESTIONS[1:]:
        nurse.tick(
            page.get_by_role("group", name=re.compile(question)).get_by_role("radio", name="是", exact=True)
        )
    expect(page.locator("main")).to_contain_text(re.compile("已填 ?10/10|10 ?/ ?10"))
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    nurse.click(page.get_by_role("button", name=re.compile("^提交")).first)
    page.wait_for_url(re.compile(r"/view/"))
    expect(page.locator("main")).to_contain_text("不合格")
    expect(page.locator("main")).to_contain_text("80")
    return page.url


def look_print_and_export(office, address):
    """The office sees the score, takes the paper and the table."""
    page = office.page
    page.goto(address)
    expect(page.locator("main")).to_contain_text("不合格")
    for path, least in ((address.replace("/view/", "/print/"), 5_000),):
        answer = page.request.get(path)
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/pdf"
        assert len(answer.body()) > least
    page.goto("/forms/")
    office.click(
        page.locator("section", has_text=TITLE).get_by_role("link", name=re.compile("查看登记")).first
    )
    expect(page.locator("tbody tr")).to_have_count(1)
    with page.expect_download() as waiting:
        office.click(page.get_by_role("link", name=re.compile("导出")).first)
    assert waiting.value.path().stat().st_size > 3_000


def test_two_people_at_one_draft_lose_nothing(sign_in):
    """The second writer hears what came between; a value typed while the fields are drawn anew is kept."""
    first, second = sign_in("zhikong").page, sign_in("huli").page
    first.goto("/forms/build/new/")
    first.locator("[name=blank-title]").fill(f"{TITLE}两人")
    first.get_by_role("button", name="开始设计").click()
    first.get_by_label("题目", exact=True).fill("第一题\n第二题")
    first.get_by_role("button", name="添加这些题").click()
    expect(first.locator("#outline li")).to_have_count(2)
    address = first.url.split("?")[0]
    second.goto(f"{address}?at=i.item_2")
    expect(second.locator("#id_text")).to_have_value("第二题")
    first.goto(f"{address}?at=i.item_1")
    first.locator("#id_text").fill("质控科改的第一题")
    first.locator("#id_clause").click()
    expect(first.locator("#outline")).to_contain_text("质控科改的第一题")
    second.locator("#id_type").select_option("number")
    second.locator("#id_clause").fill("边等边写的条款")
    with second.expect_response(lambda r: "/save/" in r.url and "clause=%" in (r.request.post_data or "")):
        second.keyboard.press("Tab")
    expect(second.locator("#id_unit")).to_be_visible()
    expect(second.locator("#id_clause")).to_have_value("边等边写的条款")
    expect(second.locator("#notes")).to_contain_text("质控科改的第一题")
    expect(second.locator("#outline")).to_contain_text("质控科改的第一题")
    second.reload()
    expect(second.locator("#id_clause")).to_have_value("边等边写的条款")
    expect(second.locator("#id_type")).to_have_value("number")
    second.get_by_role("button", name="撤销").click()
    second.get_by_role("button", name="撤销").click()
    expect(second.locator("#id_type")).to_have_value("yes_no")
    expect(second.locator("#outline")).to_contain_text("质控科改的第一题")
