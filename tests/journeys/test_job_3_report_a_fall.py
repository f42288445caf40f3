"""Job 3, 护士 on a phone: a patient has fallen, she is unsure of the category and has no manual; 90 seconds.

From the square code on the ward to the receipt with its number and what happens next, with her account in confidence
and without any account. The time is the sum of published operator times over what she really reads, taps and types.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.person import Person

SCANNED = "/speak/?h=DEMO600&d=CARD"
WORDS = "患者如厕滑倒，左髋痛"
LIMIT = 90
COPY = 0.55  # seconds a letter that an adult copies by hand: about 110 letters a minute


@pytest.mark.proves("EVT-01")
def test_job_3_a_fall_is_reported_in_confidence_from_the_code_on_the_ward(sign_in):
    nurse = sign_in("hushi", width=390)
    page = nurse.page
    page.goto(SCANNED)
    nurse.seconds, nurse.acts = 0.0, []
    nurse.click(page.get_by_role("link", name=re.compile("保密或实名")).first)
    nurse.read(page.locator(".ways"))
    nurse.click(page.locator("label.way", has_text="保密"), "in confidence")
    nurse.type(page.get_by_label("发生了什么"), WORDS)
    expect(page.get_by_label("在哪个科室")).to_have_value("CARD")
    nurse.read(page.locator("#ask-harm .pills"))
    nurse.click(page.locator("#ask-harm label", has_text="有轻的、暂时的伤害"), "outcome")
    nurse.click(page.get_by_role("button", name="跌倒、坠床"), "the suggested category")
    expect(page.get_by_label("属于哪一类")).to_have_value("fall")
    nurse.click(page.get_by_role("button", name="提交"), "send")
    said = nurse.read(page.get_by_role("status").filter(has_text="已收到"))
    assert re.search(r"编号 [2-9A-Z]{4}-[2-9A-Z]{4}", said)
    assert "接下来" in said
    assert nurse.seconds < LIMIT, "\n".join(nurse.acts)


@pytest.fixture
def stranger(demo, chromium):
    """A phone that never signed in."""
    context = chromium.new_context(
        base_url=demo, viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True
    )
    context.set_default_timeout(15_000)
    yield Person(context.new_page())
    context.close()


@pytest.mark.proves("EVT-01")
def test_job_3_the_same_without_an_account_and_without_a_trace_in_the_browser(stranger):
    page = stranger.page
    page.goto(SCANNED)
    stranger.type(page.get_by_label(re.compile("发生了什么")), WORDS)
    expect(page.get_by_label(re.compile("哪个科室"))).to_have_value("CARD")
    stranger.read(page.locator(".taps"))
    stranger.click(page.locator(".taps label", has_text="有轻的、暂时的伤害"), "outcome")
    page.wait_for_timeout(3_200)  # nobody writes a report in three seconds, and the page knows it
    stranger.click(page.get_by_role("button", name="发送"), "send")
    said = stranger.read(page.locator("main"))
    assert "密钥" in said
    secret = "".join(page.locator(".secret strong").all_inner_texts())
    stranger._spend(len(secret) * COPY, f"copy {len(secret)} characters by hand")
    assert page.context.cookies() == []
    assert stranger.seconds < LIMIT, "\n".join(stranger.acts)
