"""From an empty hospital to a running year: a plan is uploaded, checked and adopted; then the year's calendar holds it.

The hospital is set up by ``zhikong init`` with a list of departments and nothing else. The plan is the first seed, read from
``../shared/seeds`` beside the repository or from ``$ZHIKONG_SEEDS``; without it the journey is skipped, and counted.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import ROOT, _environment, _free_port, _wait
from tests.journeys.person import Person
from tests.journeys.test_every_page import serious

SEEDS = Path(os.environ.get("ZHIKONG_SEEDS") or ROOT.parent / "shared" / "seeds")
DEPARTMENTS = """代码,名称,类别,床位
CARD,心血管内科,临床,60
GSUR,普通外科,临床,50
PAED,儿科,临床,40
LAB,检验科,医技,0
QUAL,质控科,职能,0
MED,医务科,职能,0
NURS,护理部,职能,0
"""
SLOW = 60_000  # milliseconds: a plan is read and adopted in one request each
SAFETY_GOALS = {  # the four goals of the safety plan: indicator → its target as the page prints it
    "complaint_rate": "≤ 2 ‱",
    "compensation_share": "≤ 20 万元/亿元",
    "complaint_closure": "≥ 90 %",
    "adverse_events_per_100_beds": "≥ 20 件/百床年",
}
THEMES = (
    "病历书写", "危急值", "住院超过 30 天", "输血", "危重", "评估", "谈话", "用药", "病程记录", "病历评分", "满意", "总结",
)  # fmt: skip
"""What the department plan looks at in each month, January first: words that the calendar's themes have."""


def seed():
    found = sorted(SEEDS.glob("000_*.txt"))
    if not found:
        pytest.skip(f"seed 000 not found in {SEEDS.name}; set ZHIKONG_SEEDS")
    return found[0]


@pytest.fixture(scope="module")
def empty_hospital():
    """(address, password of the quality office) of a hospital with departments and two accounts."""
    if given := os.environ.get("ZHIKONG_EMPTY_JOURNEY"):  # while writing: "http://…|password"
        yield tuple(given.split("|"))
        return
    home, port = tempfile.mkdtemp(prefix="zhikong-empty-"), _free_port()
    environment = _environment(home, port)
    departments = Path(home) / "departments.csv"
    departments.write_text(DEPARTMENTS, "utf-8")
    command = [sys.executable, "-m", "zhikong"]
    said = subprocess.run(
        [*command, "init", "--code", "H1", "--name", "仁和医院", "--level", "二级", "--beds", "150", "--departments",
         str(departments)], cwd=ROOT, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    text = said.stdout.decode()
    assert said.returncode == 0, (text + said.stderr.decode())[-4000:]
    password = re.search(r"^ +zhikong +(\S+)", text, re.M).group(1)
    log = Path(home) / "serve.log"
    with log.open("wb") as output:
        running = subprocess.Popen(
            [*command, "serve"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        _wait(running, f"http://127.0.0.1:{port}", log)
        yield f"http://127.0.0.1:{port}", password
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(timeout=60)


def replace_first_password(page, first):
    """The only page that a first password opens."""
    page.locator("[name=oldpassword]").fill(first)
    for name in ("password1", "password2"):
        page.locator(f"[name={name}]").fill("Seven-rivers-2026")
    page.get_by_role("button", name="保存新密码").click()
    page.wait_for_url(lambda url: "password" not in url)


def sign_in(chromium, address, password):
    context = chromium.new_context(base_url=address, viewport={"width": 1440, "height": 900}, locale="zh-CN")
    context.set_default_timeout(SLOW)
    page = context.new_page()
    page.goto("/account/login/")
    page.get_by_label("用户名").fill("zhikong")
    page.get_by_label("密码", exact=False).first.fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda url: "login" not in url)
    replace_first_password(page, password)
    return Person(page)


def upload(office, year):
    page = office.page
    page.goto("/plans/upload/")
    page.get_by_label("计划文件").set_input_files(str(seed()))
    office.type(page.get_by_label("名称"), f"{year} 年医疗质量工作计划")
    office.type(page.get_by_label("年度"), str(year))
    office.click(page.get_by_role("button", name="读取"))
    page.wait_for_url(re.compile(r"/plans/\d+/$"))


def review(office):
    """What the reader is sure of is accepted at once; the doubtful one by one as they are, what was not read is only known."""
    page = office.page
    office.click(page.get_by_role("button", name=re.compile("确认全部有把握的")))
    expect(page.get_by_role("button", name=re.compile("确认全部有把握的"))).to_have_count(0, timeout=SLOW)
    document = re.search(r"/plans/(\d+)/", page.url).group(1)
    for part in range(40):
        page.goto(f"/plans/{document}/?part={part}&show=open")
        items = page.locator("#plan-items > li.plan-item")
        while before := items.count():
            office.click(items.get_by_role("button", name="确认", exact=True).first)
            expect(items).to_have_count(before - 1, timeout=SLOW)
        unread = page.locator("input[name='sentence']")
        if unread.count():
            office.click(page.locator("button[name='verb'][value='sentences']"))
            expect(unread).to_have_count(0, timeout=SLOW)
        if not page.locator(f".plan-parts a[href*='part={part + 1}&']").count():
            break
    office.click(page.get_by_role("button", name="完成核对"))
    office.click(page.get_by_role("link", name="预览将要建立的内容"))


def adopt(office):
    page = office.page
    expect(page.get_by_role("heading", name="采纳预览")).to_be_visible(timeout=SLOW)
    assert serious(page) == []
    office.click(page.get_by_role("button", name=re.compile("^采纳：新建")))
    expect(page.get_by_text("计划已采纳")).to_be_visible(timeout=SLOW)
    assert serious(page) == []


def committees_meet(page, year):
    """In each quarter the calendar of either committee holds its meeting."""
    places = page.locator("select[name='place'] option")
    for name in ("医疗质量管理委员会", "医疗安全管理委员会"):
        place = places.filter(has_text=name).get_attribute("value")
        page.goto(f"/duties/year/?year={year}&place={place}")
        months = page.locator(".year-months li strong").all_inner_texts()
        due = [int(one.split("/")[1]) for one in months]
        quarters = [sum(due[first : first + 3]) for first in (0, 3, 6, 9)]
        assert min(quarters) >= 1, (name, due)


def undo(office):
    """The whole adoption is taken back, with a reason that stays."""
    page = office.page
    page.get_by_role("link", name="撤销采纳").click()
    assert serious(page) == []
    office.type(page.get_by_label("撤销的理由"), "院务会决定暂缓")
    office.click(page.get_by_role("button", name=re.compile("撤销全部")))
    expect(page.locator("main")).to_contain_text("院务会决定暂缓", timeout=SLOW)


@pytest.mark.proves("PLN-01", "PLN-02")
def test_from_an_empty_hospital_to_a_running_year(empty_hospital, chromium):
    address, password = empty_hospital
    office = sign_in(chromium, address, password)
    page = office.page
    year = time.localtime().tm_year + 1
    upload(office, year)
    review(office)
    adopt(office)
    result = page.url
    made = page.locator("main").inner_text()
    assert "医疗安全管理委员会" in made
    assert "医疗质量管理委员会" in made

    for indicator, target in SAFETY_GOALS.items():
        page.goto(f"/indicators/targets/{indicator}/")
        expect(page.locator("main")).to_contain_text(target)
        expect(page.locator("main")).to_contain_text("医疗质量工作计划")
        page.goto(f"/indicators/library/{indicator}/")
        expect(page.locator("main")).to_contain_text("分子")

    page.goto(f"/duties/year/?year={year}")
    calendar = page.locator("main").inner_text()
    assert "科室每月自查" in calendar
    themes = page.locator(".year-months li").all_inner_texts()
    assert [words for words, shown in zip(THEMES, themes, strict=True) if words not in shown] == [], themes
    committees_meet(page, year)
    assert serious(page) == []

    page.goto(result)
    undo(office)
    page.goto("/indicators/targets/complaint_rate/")
    expect(page.locator("main")).to_contain_text("撤销采纳")
    page.goto(f"/duties/year/?year={year}&month=3")
    expect(page.locator("main")).not_to_contain_text("归档病案每月审核")
