"""Job 2, 住院医师: what is open, why, one defect mended, another appealed; 3 minutes."""

import re

import pytest
from playwright.sync_api import expect


@pytest.mark.proves("REC-01", "REC-07", "REC-08", "WF-01", "SYS-08")
def test_job_2_see_what_is_open_follow_one_mend_a_defect_and_appeal_another(sign_in):
    doctor = sign_in("yishi")
    page = doctor.page
    card = page.locator(".card", has=page.get_by_role("heading", name="我的病历"))
    doctor.read(card)
    doctor.click(card.get_by_role("link", name=re.compile("^全部")))
    obliged = page.locator(".card", has=page.get_by_role("heading", name="应完成的病历"))
    expect(obliged).to_contain_text("逾期")
    doctor.click(obliged.locator("tbody th a").first)
    said = doctor.read(page.locator(".explained"))
    assert re.search(r"应于 \d\d-\d\d \d\d:\d\d 前完成", said)
    expect(page.locator("main")).to_contain_text("从这里起算")
    expect(page.locator("main")).to_contain_text("第 1 版")

    doctor.click(page.get_by_role("link", name="我的病历").first)
    by_hand = page.locator("#defects tbody tr", has_text="人工检查").filter(has_text="待修改").first
    doctor.click(by_hand.locator("th a"))
    doctor.read(page.locator(".explained"))
    doctor.type(page.get_by_label("修改说明"), "已补充分析")
    doctor.click(page.get_by_role("button", name="已修改，请复核"))
    expect(page.locator(".page-head")).to_contain_text("待复核")

    doctor.click(page.get_by_role("link", name="我的病历").first)
    by_machine = page.locator("#defects tbody tr", has_text="机器检查").filter(has_text="待修改").first
    doctor.click(by_machine.locator("th a"))
    doctor.read(page.locator(".explained"))
    doctor.type(page.get_by_label("理由"), "已在上级查房记录中写明")
    doctor.click(page.get_by_role("button", name="提出申诉"))
    expect(page.locator("main")).to_contain_text(re.compile(r"BS-\d{4}-\d{5}"))
    expect(page.locator(".page-head")).to_contain_text("申诉中")
    assert doctor.seconds < 180, "\n".join(doctor.acts)
