"""Job 9: the record reviewer judges one discharged record on the 100-point sheet, with the keyboard only, in 5 minutes."""

import re

import pytest
from playwright.sync_api import expect

MOST_FINDINGS = 12
COUNT_MOUSE = "window.addEventListener('mousedown', () => sessionStorage.setItem('mouse', 'used'), true)"


@pytest.mark.proves("SYS-09", "SYS-10", "REC-06", "REC-13", "WF-02")
def test_job_9_a_record_is_scored_and_two_defects_returned_without_a_mouse(sign_in):
    """病案质控: queue → findings judged with their evidence → two faults → the rest in order → score, grade, returned."""
    reviewer = sign_in("bingan")
    page = reviewer.page
    page.add_init_script(COUNT_MOUSE)
    page.goto("/record_reviews/?tab=mine")
    reviewer.press("Enter", "open the first record of the queue")
    expect(page.locator("#board")).to_be_visible()
    reviewer.read(page.locator(".review-score"))
    judge_findings(reviewer)
    fault(reviewer, "鉴别诊断", "n", picks="] .")
    fault(reviewer, "签名不规范", "2", broken=True)
    reviewer.press("A", "the rest is in order")
    expect(page.locator("#saved")).to_contain_text("已保存")
    look_at_what_no_machine_could_tell(reviewer)
    before = page.locator("#total").inner_text()
    reviewer.press("f", "finish")
    expect(page.locator("#ask-about")).to_contain_text("2 条缺陷退回返修")
    reviewer.write("请补记")
    reviewer.press("Enter")
    expect(page.locator("main")).to_contain_text("已完成，书写医师已收到反馈")
    expect(page.locator(".numbers")).to_contain_text(before)
    expect(page.locator(".numbers")).to_contain_text(re.compile("甲级|乙级|丙级"))
    expect(page.locator("#correction")).to_contain_text("待返修")
    assert page.evaluate("sessionStorage.getItem('mouse')") is None
    assert reviewer.seconds < 300, "\n".join(reviewer.acts)


def judge_findings(reviewer):
    """Each machine finding: read it, look at its evidence, accept it; one without a place on the sheet is refuted."""
    page = reviewer.page
    for _ in range(MOST_FINDINGS):
        row = page.locator("[data-kind=finding][data-waits='1']").first
        if not row.count():
            return
        while page.locator(".review-row.current").get_attribute("data-key") != row.get_attribute("data-key"):
            reviewer.press("w")
        reviewer.read(row)
        key = row.get_attribute("data-key")
        if row.get_attribute("data-item"):
            reviewer.press("e y", "evidence, accept")
        else:
            reviewer.press("e n", "evidence, refute")
            reviewer.write("已核对原文，不成立")
            reviewer.press("Enter")
        expect(page.locator(f"[data-key='{key}']")).to_have_attribute("data-waits", "0")


def fault(reviewer, words, key, *, picks="", broken=False):
    """Find an item by its words, mark it, give it back; picks: keys that choose the sentence it stands on.

    broken: the line is down while it is marked; what was marked waits in the browser and is sent afterwards.
    """
    page = reviewer.page
    reviewer.press("/", "find an item")
    reviewer.write(words)
    reviewer.press("Enter")
    if picks:
        reviewer.press(picks, "choose the sentence")
    row = page.locator(".review-row.current")
    expect(row).to_contain_text(words)
    marks = row.locator(".mark")
    had = marks.count()
    page.context.set_offline(broken)
    reviewer.press(key, "mark it")
    if broken:
        expect(page.locator("#trouble")).to_contain_text("已存在本机")
        page.context.set_offline(False)
    expect(marks).to_have_count(had + 1)
    reviewer.press("r", "give it back")


def look_at_what_no_machine_could_tell(reviewer):
    """Items whose rules could not be judged want an own look; what stays unknown makes the score a range."""
    page = reviewer.page
    for _ in range(10):
        left = int(page.locator("#board").get_attribute("data-left"))
        if not left:
            return
        reviewer.press("w y", "look and confirm")
        expect(page.locator("#board")).to_have_attribute("data-left", str(left - 1))
