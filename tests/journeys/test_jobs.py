"""Daily jobs by people who have no manual; each counts the operator's time and keeps within it."""

import re

import pytest
from playwright.sync_api import expect

DEPARTMENTS = ("心血管内科", "血液内科")


@pytest.mark.proves("IND-53", "CAP-14", "SYS-18")
def test_job_5_from_an_off_target_indicator_to_a_finding_for_two_departments(sign_in):
    """质控科: home → indicator → is it noise → the cases → a finding with owner and due date; 3 minutes."""
    office = sign_in("zhikong")
    page = office.page
    office.read(page.locator(".card", has_text="未达标指标").first)
    office.click(page.get_by_role("link", name="看未达标指标"))
    office.click(
        page.get_by_role("link", name="入院三日确诊率").first
        if page.get_by_role("link", name="入院三日确诊率").count()
        else page.get_by_role("link", name="重置")
    )
    if "diagnosis_within_three_days" not in page.url:
        office.click(page.get_by_role("link", name="入院三日确诊率").first)
    noise = office.read(page.locator(".card", has_text="是不是随机波动").first)
    assert "控制限" in noise
    office.click(page.get_by_role("link", name="查看病例"))
    expect(page.locator("tbody tr").first).to_be_visible()
    assert "*" in page.locator("tbody").inner_text(), "names are masked"
    page.go_back()
    for name in DEPARTMENTS:
        office.tick(page.locator("tr", has_text=name).get_by_role("checkbox").first, name)
    office.click(page.get_by_role("button", name="向勾选的科室提出问题"))
    office.type(page.get_by_label("整改意见"), "请分析未在三日内确诊的病例并整改。")
    office.click(page.get_by_role("button", name="发出整改通知"))
    for name in DEPARTMENTS:
        page.goto("/findings/")
        row = page.locator("tbody tr", has_text=name).filter(has_text="入院三日确诊率").first
        expect(row).to_contain_text(re.compile(r"2026-1[12]-\d\d|2027-0\d-\d\d"))
    assert office.seconds < 180, "\n".join(office.acts)


@pytest.mark.proves("IND-02", "REP-02", "REP-07", "SYS-04", "SYS-58")
def test_job_10_close_the_month_and_publish_the_brief(sign_in):
    """质控科: what is missing → analyses → close → draft → Word and PDF → departments are told; 15 minutes."""
    office = sign_in("zhikong")
    page = office.page
    office.click(page.get_by_role("link", name="写未达标分析"))
    if "/months/2026-10" not in page.url:
        office.click(page.get_by_role("link", name="2026 年 10 月").first)
    close = page.get_by_role("button", name=re.compile("^结账 2026"))
    assert close.count() == 0, "the month waits for analyses"
    while page.locator("input[name=misses]").count():
        _analyse_one_group(office)
    office.click(close)
    expect(page.locator("main")).to_contain_text("这个月已结账")
    office.click(page.get_by_role("link", name="质量简报"))
    office.click(page.get_by_role("link", name="2026 年 10 月"))
    office.click(page.get_by_role("button", name="起草简报"))
    office.read(page.locator("textarea").first)
    for kind in ("Word", "PDF"):
        with page.expect_download() as waiting:
            office.click(page.get_by_role("link", name=kind))
        assert waiting.value.path().stat().st_size > 20_000
    office.click(page.get_by_role("button", name=re.compile("^发布 2026")))
    expect(page.locator("main")).to_contain_text("发布")
    assert office.seconds < 900, "\n".join(office.acts)
    head = sign_in("keshi").page
    head.goto("/notices/")
    head.get_by_text("2026 年 10 月医疗质量简报已发布").first.click()
    expect(head.locator("main")).to_contain_text("简报")


def _analyse_one_group(office):
    """Tick all misses of one indicator, say why once."""
    page = office.page
    first = page.locator("input[name=misses]").first.get_attribute("value").split("@")[0]
    group = page.locator(f"[data-tick^='{first}'], [data-tick-group='{first}']")
    if group.count():
        office.click(group.first)
    boxes = page.locator(f"input[name=misses][value^='{first}@']")
    for index in range(boxes.count()):
        if not boxes.nth(index).is_checked():
            office.tick(boxes.nth(index))
    office.type(page.get_by_label("原因分析"), "流程衔接不畅。")
    office.type(page.get_by_label("改进措施"), "逐项落实责任人并按周核查。")
    office.click(page.get_by_role("button", name="保存分析和措施"))
    expect(page.locator("main")).to_contain_text("已有分析")


@pytest.mark.proves("ORG-02")
def test_the_leader_sees_on_a_phone_what_is_wrong_who_acts_and_since_when(sign_in):
    """院领导: three sentences on the first screen; 1 minute."""
    leader = sign_in("yuanzhang", width=390)
    text = leader.read(leader.page.locator(".card", has_text="今天要知道的").first)
    assert "未达标" in text
    assert "期限" in text or "逾期" in text
    assert leader.seconds < 60


@pytest.mark.proves("ORG-02")
def test_a_physician_sees_his_department_and_nothing_of_others(sign_in):
    physician = sign_in("yishi").page
    assert "心血管内科" in physician.locator("main").inner_text()
    assert physician.goto("/audit/").status == 403
    assert physician.goto("/findings/raise/").status == 403
    physician.goto("/indicators/")
    assert "骨科" not in physician.locator("main").inner_text()
