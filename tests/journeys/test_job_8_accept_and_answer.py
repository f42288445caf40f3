"""Job 8: 医务科 accepts a report, sets its level, asks the reporter a question and publishes an answer, in 4 minutes."""

import re
import time

import pytest
from playwright.sync_api import expect

STORY = "会诊申请写错了科室，耽误了两小时，患者病情没有变化。"
QUESTION = "是电子申请还是电话？"
ANSWER = "已让系统按病种提示会诊科室。"


def reported(sign_in):
    """A doctor tells of a delay by name; gives the number of the case. His time is job 3's, not this one's."""
    doctor = sign_in("yishi", width=390)
    page = doctor.page
    page.goto("/incidents/report/")
    page.locator("input[name=privacy][value=named]").check(force=True)
    page.locator("#what").fill(STORY)
    page.locator("#department").select_option(value="CARD")
    page.locator("input[name=harm][value=C]").check(force=True)
    page.locator("#category").select_option(value="diagnosis")
    page.locator("button[name=send]").click()
    page.wait_for_url(re.compile(r"/incidents/mine/[^/]+/"))
    return doctor, page.url.rstrip("/").rsplit("/", 1)[1]


def opened_from_tasks(office, code):
    """The task of the case on 待办, which says nothing of it but that there is something to do."""
    page = office.page
    for _ in range(60):  # the worker hands the report to handling within a minute
        page.goto("/tasks/")
        link = page.locator(f"a[href*='/incidents/cases/{code}/']").first
        if link.count():
            assert "不良事件办理" in office.read(link)
            office.click(link, "open the task")
            return
        time.sleep(1)
    raise AssertionError("no task for the new report")


@pytest.mark.proves("EVT-02", "SYS-09")
def test_job_8_a_report_is_accepted_classified_asked_about_and_answered(sign_in):
    doctor, code = reported(sign_in)
    office = sign_in("yiwu")
    opened_from_tasks(office, code)
    page = office.page
    office.read(page.locator(".case-told").first)
    office.click(page.get_by_role("button", name="受理", exact=True), "accept")
    expect(page.locator("main")).to_contain_text("下一步：确认级别")
    form = page.locator("form[action$='/level/']").first
    office.choose(form.locator("select[name=level]"), "Ⅲ级 未造成后果事件")
    office.click(form.get_by_role("button", name="确认级别"), "level")
    expect(page.locator("main")).to_contain_text("下一步：请科室分析")
    expect(page.locator(".case-clock").first).to_be_visible()  # clocks running
    say(office, "询问", QUESTION)
    say(office, "答复", ANSWER)
    assert office.seconds < 240, "\n".join(office.acts)
    doctor.page.reload()
    expect(doctor.page.locator("main")).to_contain_text(QUESTION)
    expect(doctor.page.locator("main")).to_contain_text(ANSWER)


def say(office, kind, words):
    form = office.page.locator("#answers form[action$='/say/']")
    office.choose(form.locator("select[name=kind]"), kind)
    office.type(form.locator("textarea[name=text]"), words)
    office.click(form.get_by_role("button", name="发给报告人"), "send")
    expect(office.page.locator("#answers")).to_contain_text(words)
