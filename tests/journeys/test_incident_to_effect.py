"""A nurse reports a fall on a phone; the ward and the office carry it to effect; she reads the answer."""

import re

import pytest
from playwright.sync_api import expect

STORY = "患者夜间下床时够不着呼叫铃，在床边滑倒，没有受伤。"
ANSWER = "呼叫铃线全部换成了两米，谢谢您说出来。"


def told_by_the_nurse(sign_in):
    nurse = sign_in("hushi", width=390)
    page = nurse.page
    page.goto("/incidents/report/")
    page.locator("input[name=privacy][value=confidential]").check(force=True)
    page.locator("#what").fill(STORY)
    page.locator("#department").select_option(value="CARD")
    page.locator("input[name=harm][value=C]").check(force=True)
    page.locator("#category").select_option(value="fall")
    page.locator("button[name=send]").click()
    page.wait_for_url(re.compile(r"/incidents/mine/[^/]+/"))
    return nurse, page.url.rstrip("/").rsplit("/", 1)[1]


def submit(page, act, button, **fields):
    """Fill the first form of an act and send it."""
    form = page.locator(f"form[action$='/{act}/']").first
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value=value)
        else:
            field.fill(value)
    form.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state()


@pytest.mark.proves("EVT-02", "EVT-13", "EVT-16", "WF-07")
def test_a_fall_is_carried_to_effect_and_the_nurse_reads_what_came_of_it(sign_in):
    nurse, code = told_by_the_nurse(sign_in)
    case = f"/incidents/cases/{code}/"
    office, ward = sign_in("huli").page, sign_in("hushizhang", width=390).page
    office.goto(case)
    assert "hushi" not in office.content()
    submit(office, "accept", "受理")
    submit(office, "level", "确认级别", level="III")
    submit(office, "ask", "请科室分析")
    ward.goto(case)
    submit(
        ward, "analyse", "交分析", course="患者起身取水，未按呼叫铃。", causes="呼叫铃线短，卧床时够不着。",
        measures="先把铃夹在床栏上。",
    )  # fmt: skip
    office.reload()
    submit(
        office, "measure", "下达措施", text="二十张床的呼叫铃线换成两米", strength="strong", owner_post="head_nurse",
    )  # fmt: skip
    ward.reload()
    submit(ward, "done", "已落实", text="二十张床已换好，护士长逐床试过。")
    office.reload()
    submit(office, "works", "有效", text="抽查十张床，患者均够得着。")
    expect(office.locator("main")).to_contain_text("下一步：核查效果并结案")
    submit(office, "close", "结案", outcome="呼叫铃线短，已全部更换，抽查有效。", answer=ANSWER)
    expect(office.locator("main")).to_contain_text("已办结")
    nurse.page.goto(f"/incidents/mine/{code}/")
    expect(nurse.page.locator("main")).to_contain_text(ANSWER)
    expect(nurse.page.locator("main")).to_contain_text("已办结")
