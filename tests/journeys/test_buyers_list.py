"""What Chinese hospitals ask for when they buy record control, heading by heading, shown by the people who use it.

The headings are those of a public bid for checking records by machine (潮州市, “病历质控系统”). Each is shown inside a
``with showing("…")`` block, which names it when it fails; the last test fails when a heading is shown nowhere.
"""

import ast
import re
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from playwright.sync_api import expect

from tests.journeys.test_job_9_review_record import fault, judge_findings, look_at_what_no_machine_could_tell
from zhikong.simulator import people

HEADINGS = {
    "coverage of 10 document types": "覆盖 10 类以上文书",
    "doctor-side reminder": "医生端提醒",
    "real-time defect": "实时缺陷",
    "overdue-archive": "超期未归档",
    "pre-surgery check": "术前核查",
    "warning light": "预警灯",
    "reject reminder": "驳回提醒",
    "hard stop": "强制拦截",
    "auto score": "自动评分",
    "manual override": "人工改判",
    "filters": "筛选",
    "export": "导出",
    "key-record pick": "重点病历标记",
    "search": "检索",
    "closed loop": "闭环",
    "terminal machine check": "终末机器质控",
    "consistency compare": "一致性比对",
    "audit/reject": "审核、退回",
    "appeal review": "申诉复核",
    "annotation download": "批注下载",
}
DOCUMENTS = (
    "入院记录", "首次病程记录", "日常病程记录", "上级医师查房记录", "会诊记录", "术前小结", "术前讨论", "手术记录",
    "术后首次病程", "麻醉术前访视", "知情同意书", "输血记录", "抢救记录", "转科记录", "交接班记录", "阶段小结",
    "疑难病例讨论", "死亡记录", "死亡病例讨论", "出院记录", "护理文书", "门诊病历",
)  # fmt: skip
RULE = "first-note-differential-diagnosis"
EMPTY_WORDS, REAL_WORDS = (
    "诊断明确，无需鉴别。",
    "1. 急性心肌梗死：胸痛持续时间长，心肌酶升高，目前证据不足。2. 主动脉夹层：撕裂样疼痛，本例不符。",
)
SCREENED = re.compile(r"按 \d+ 条规则筛查")
PATIENCE = 300_000  # of the worker that screens a month of records, while the browser only looks now and then


@contextmanager
def showing(heading):
    """What is done inside shows this heading; a failure says which one is missing."""
    try:
        yield
    except Exception as error:
        error.add_note(f"buyers ask for: {heading} ({HEADINGS[heading]})")
        raise


def name_of(username):
    return next(one.name for one in people.accounts() if one.username == username)


def username_of(name):
    return next(one.username for one in people.accounts() if one.name == name)


def card(page, heading):
    return page.locator(".card", has=page.get_by_role("heading", name=heading, exact=True))


def rows(page):
    return page.locator("main tbody tr")


def download(page, name):
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name, exact=True).click()
    return waiting.value.path()


def sheet(path):
    with path.open("rb") as file:
        return list(openpyxl.load_workbook(file, read_only=True).active.values)


@pytest.mark.proves("REC-06", "REC-17", "REC-34")
def test_the_departments_officer_watches_running_records(sign_in):
    """科室质控员: lights, a record to watch, filters, export, a reminder that arrives, a verdict set aside."""
    page = sign_in("zhikongyuan").page
    with showing("warning light"):
        page.goto("/records/running/board/")
        lights = {tone: page.locator(f"a.bed.{tone}").count() for tone in ("bad", "warn", "ok", "none")}
        assert min(lights["bad"], lights["ok"]) > 0, lights
        said = [int(n) for n in re.findall(r"\d+", page.locator(".lights").inner_text())]
        assert said == list(lights.values()), "the count of each light is the count of its beds"
        expect(page.locator("a.bed.bad").first).to_contain_text("逾期")
    with showing("key-record pick"):
        page.locator("a.bed").filter(has_not_text="重点").last.click()
        patient = page.locator("h1").inner_text()
        page.get_by_label("重点关注的理由").fill("新技术第一例，逐日查看")
        page.get_by_role("button", name="标为重点病历").click()
        expect(page.locator(".page-head")).to_contain_text("重点病历")
        page.get_by_role("link", name="运行病历").last.click()
        page.get_by_role("link", name="重点病历", exact=True).click()
        expect(rows(page).filter(has_text=patient)).to_contain_text("新技术第一例")
    with showing("filters"):
        page.goto("/records/running/?show=open")
        page.locator("select[name=doctor]").select_option(label=name_of("yishi"))
        page.locator("select[name=stage]").select_option(label="病房")
        page.get_by_role("button", name="查询").click()
        page.wait_for_url(re.compile("doctor=[^&]"))
        expect(rows(page).first).to_be_visible()
        assert rows(page).count() == rows(page).filter(has_text=name_of("yishi")).count()
    with showing("export"):
        told = int(re.search(r"\d+", card(page, "时限清单").locator("header .muted").inner_text())[0])
        found = [line for line in sheet(download(page, "导出 Excel")) if name_of("yishi") in line]
        assert len(found) == told, "the workbook holds what the filters leave"
    with showing("doctor-side reminder"):
        row = rows(page).filter(has=page.locator("td[data-label=提醒]", has_text="—")).last
        title = row.locator("th a").inner_text()
        row.get_by_role("checkbox").check()
        page.get_by_role("button", name="提醒所选").click()
        expect(page.locator(".toast")).to_contain_text(f"已提醒：{name_of('yishi')} 1 项")
        doctor = sign_in("yishi").page
        expect(card(doctor, "我的病历")).to_be_visible()
        doctor.goto("/notices/")
        expect(doctor.locator("main")).to_contain_text("提醒您完成 1 项病历")
        doctor.goto("/tasks/")
        expect(doctor.locator("main")).to_contain_text(title)
    with showing("manual override"):
        page.goto("/records/running/?show=overdue")
        rows(page).filter(has_text="护士").last.locator("th a").click()
        excuse = card(page, "登记不适用")
        excuse.get_by_label("原因").select_option(label="规则判断有误")
        excuse.get_by_label("理由").fill("评估写在重症监护单上")
        page.get_by_role("button", name="登记不适用").click()
        expect(page.locator(".page-head")).to_contain_text("不适用")
        expect(page.locator("main")).to_contain_text(
            re.compile(f"评估写在重症监护单上.*{name_of('zhikongyuan')}", re.S)
        )


@pytest.mark.proves("REC-08", "REC-17", "WF-01")
def test_a_defect_of_a_running_record_goes_round_until_it_is_mended(sign_in):
    """科室质控员 and 医师: found, told, mended, sent back with the reason, mended again, passed."""
    officer, doctor = sign_in("zhikongyuan").page, sign_in("yishi").page
    said = "缺少当日心电图结果的分析"
    with showing("real-time defect"):
        doctor.goto("/records/my/")
        by_machine = doctor.locator("#defects tbody tr", has_text="机器检查").first
        expect(by_machine).to_contain_text(re.compile("待修改|申诉中|待复核"))
        stay = by_machine.locator("a[href*='/running/stays/']").get_attribute("href")
        by_machine.locator("th a").click()
        expect(doctor.locator(".explained")).not_to_be_empty()
        expect(card(doctor, "依据")).to_contain_text(re.compile(r"第 \d+ 版.*出处", re.S))
    with showing("closed loop"):
        officer.goto(stay)
        officer.locator("textarea[name=text]").fill(said)
        officer.get_by_label("责任医师").select_option(label=name_of("yishi"))
        officer.get_by_role("button", name="登记并通知医师").click()
        officer.get_by_role("link", name=said).first.click()
        address = officer.url
        doctor.goto(address)
        doctor.get_by_label("修改说明").fill("已补记")
        doctor.get_by_role("button", name="已修改，请复核").click()
        expect(doctor.locator(".page-head")).to_contain_text("待复核")
    with showing("reject reminder"):
        officer.reload()
        officer.get_by_label("还缺什么").fill("只写了结果，没有分析")
        officer.get_by_role("button", name="退回修改").click()
        doctor.goto("/notices/")
        doctor.get_by_text(f"缺陷复核退回：{said}").first.click()
        expect(doctor.locator("main")).to_contain_text("只写了结果，没有分析")
    with showing("closed loop"):
        doctor.goto(address)
        doctor.get_by_label("修改说明").fill("已写明 ST 段改变的意义和处理")
        doctor.get_by_role("button", name="已修改，请复核").click()
        officer.reload()
        officer.get_by_role("button", name="复核通过").click()
        expect(officer.locator(".page-head")).to_contain_text("复核通过")
        story = card(officer, "经过").locator("li")
        assert story.count() >= 5, "found, mended, sent back, mended, passed: each with who and when"


@pytest.mark.proves("REC-06", "REC-24", "SYS-08")
def test_the_quality_office_stops_a_bad_note_before_it_is_saved(sign_in):
    """质控科: what is checked before an operation; a rule is made to stop; the record system asks and is stopped."""
    page = sign_in("zhikong").page
    with showing("pre-surgery check"):
        page.goto("/records/running/?show=done&stage=surgery")
        before = rows(page).filter(has_text="手术开始").filter(has_text=re.compile("术前|手术前"))
        assert before.count() >= 3, (
            "discussion, summary and consent have to be there before the operation begins"
        )
        expect(before.first).to_contain_text(re.compile(r"手术开始.* 前"))
        stay = before.first.locator("a[href*='/running/stays/']").get_attribute("href").split("/")[-2]
    with showing("hard stop"):
        set_hard_stop(page, "是")
        token = make_token(page)
        answer = check(page, token, stay, EMPTY_WORDS)
        assert answer["hard_stop"], answer
        (found,) = [one for one in answer["findings"] if one["rule"] == RULE]
        assert (found["hard_stop"], found["section"]) == (True, "鉴别诊断")
        assert found["said"] in EMPTY_WORDS
        assert not check(page, token, stay, REAL_WORDS)["hard_stop"], "a real analysis is saved at once"
        past = {
            "stay_id": stay,
            "rule": RULE,
            "author": "D0012",
            "why": "urgent",
            "reason": "正在抢救，先保存",
        }
        assert ask(page, "overrides", token, past).ok
        page.goto("/records/running/overrides/")
        expect(rows(page).first).to_contain_text("正在抢救，先保存")
        set_hard_stop(page, "否")
        answer = check(page, token, stay, EMPTY_WORDS)
        assert not answer["hard_stop"], "a rule stops only while the hospital wants it"
        assert RULE in [one["rule"] for one in answer["findings"]], "the doctor is still told"


def set_hard_stop(page, answer):
    """The setting shows what it would change, and is saved once that was seen."""
    page.goto(f"/records/rules/{RULE}/")
    form = card(page, "本院设置")
    form.get_by_label("强制拦截").select_option(label=answer)
    form.get_by_label("理由").fill("院务会决定")
    form.get_by_role("button", name="看变化并保存").click()
    form.get_by_role("button", name="确认保存").click()
    expect(page.locator(".toast")).to_contain_text("设置已保存")


def make_token(page):
    page.goto("/records/running/settings/")
    page.get_by_label("用途").fill("电子病历系统 保存前校验")
    page.get_by_role("button", name="生成令牌").click()
    return page.locator(".token-text").inner_text()


def ask(page, what, token, body):
    headers = {"Authorization": f"Bearer {token}"}
    return page.request.post(f"/records/api/{what}", data=body, headers=headers)


def check(page, token, stay, words):
    sections = [{"section": "鉴别诊断", "text": words}]
    answer = ask(page, "check", token, {"stay_id": stay, "type": "首次病程记录", "sections": sections})
    assert answer.ok, answer.text()
    return answer.json()


@pytest.mark.proves("REC-09", "REC-13", "WF-02")
def test_a_discharged_record_is_scored_returned_appealed_and_corrected(sign_in):
    """病案质控, 书写医师, 医务科: score, return, second return, appeal, correction, the marks to take away."""
    reviewer = sign_in("bingan")
    page = reviewer.page
    page.goto("/record_reviews/?tab=archive")
    with showing("overdue-archive"):
        late = int(re.search(r"归档逾期\s*(\d+)", page.locator(".numbers").inner_text())[1])
        assert late > 0
        expect(rows(page).first).to_contain_text(re.compile(r"逾期|\d\d-\d\d"))
    with showing("auto score"):
        page.goto("/record_reviews/?tab=pool")
        page.get_by_label("科室").select_option(label="心血管内科")
        page.wait_for_url(re.compile("department=\\d"))
        rows(page).last.locator("th a").click()
        expect(page.locator("#board")).to_be_visible()
        judge_findings(reviewer)
        full = highest(page.locator("#total").inner_text())
        fault(reviewer, "鉴别诊断", "1", picks="] .")
        fault(reviewer, "签名不规范", "2")
        assert highest(page.locator("#total").inner_text()) <= full - 1, "each mark lowers the score at once"
    with showing("audit/reject"):
        reviewer.press("A", "the rest is in order")
        expect(page.locator("#saved")).to_contain_text("已保存")
        look_at_what_no_machine_could_tell(reviewer)
        reviewer.press("f", "finish")
        reviewer.write("请补记")
        reviewer.press("Enter")
        expect(page.locator("#correction")).to_contain_text("待返修")
        address = page.url.split("?")[0]
        score = highest(page.locator(".numbers strong").first.inner_text())
    with showing("annotation download"):
        found = sheet(download(page, "Excel"))
        assert any(line[3] == 2 for line in found), "the fault of two points stands in the workbook"
        table = Document(download(page, "Word")).tables[0]
        assert len(table.rows) >= 3
    writer = next(
        one for one in ("yishi", "keshi") if name_of(one) in page.locator("#correction").inner_text()
    )
    theirs = sign_in(writer).page
    with showing("audit/reject"):
        theirs.goto(address)
        theirs.get_by_label("怎么改的").fill("另写补记")
        theirs.get_by_role("button", name="提交返修").click()
        page.goto(address)
        page.get_by_label("复核意见").fill("补记没有签名")
        page.get_by_role("button", name="再次退回").click()
        expect(page.locator("#correction")).to_contain_text("补记没有签名")
    with showing("appeal review"):
        theirs.goto(address)
        mark = card(theirs, "扣分与证据").locator("li").filter(has_text="−2").first
        mark.get_by_text("对这一条申诉").click()
        mark.get_by_label("为什么不同意").fill("签名完整，影像不清")
        mark.get_by_role("button", name="提交申诉").click()
        expect(theirs.locator("#appeals")).to_contain_text(re.compile(r"PS-\d{4}-\d{4}"))
        judge = sign_in("yiwu").page
        judge.goto(address)
        judge.get_by_label("仲裁意见").first.fill("已核对原件，签名完整")
        judge.get_by_role("button", name="更正").click()
        expect(judge.locator("#appeals")).to_contain_text("已核对原件，签名完整")
        assert highest(judge.locator(".numbers strong").first.inner_text()) == score + 2


def highest(text):
    """The score, or the upper end of its range while something is unknown."""
    return float(re.findall(r"\d+(?:\.\d+)?", text.split("/")[0])[-1])


@pytest.mark.proves("REC-04", "REC-05", "REC-14")
def test_the_machine_checks_every_discharged_record(sign_in):
    """质控科: the rules by document, a month screened, records that contradict themselves, one record found and scored."""
    page = sign_in("zhikong").page
    with showing("coverage of 10 document types"):
        page.goto("/records/rules/?state=active")
        titles = " ".join(rows(page).locator("th").all_inner_texts())
        assert [one for one in DOCUMENTS if one not in titles] == [], (
            "each kind of document has a rule at work"
        )
        assert len(DOCUMENTS) >= 10
    with showing("terminal machine check"):
        screened(page)
        records, rules = re.search(
            r"出院病历 ([\d,]+) 份.*按 (\d+) 条规则", page.locator(".page-head").inner_text()
        ).groups()
        assert int(records.replace(",", "")) > 1000
        assert int(rules) > 100
        expect(rows(page).first).to_contain_text("不通过")
    with showing("consistency compare"):
        page.locator("select[name=rule]").select_option(label="手术记录的左右侧与手术登记一致")
        page.get_by_role("button", name="查询").click()
        page.wait_for_url(re.compile("rule=[^&]"))
        line = rows(page).first
        expect(line).to_contain_text(re.compile("左.*右|右.*左"))
    with showing("filters"):
        assert rows(page).count() == rows(page).filter(has_text="手术记录的左右侧与手术登记一致").count()
    with showing("export"):
        assert len(sheet(download(page, "导出 Excel"))) > rows(page).count()
    with showing("search"):
        stay = line.locator("a[href*='/records/charts/']").get_attribute("href").split("/")[-2]
        page.goto("/records/defects/")
        page.get_by_role("searchbox", name="住院编号").fill(stay)
        page.get_by_role("button", name="查询").click()
        page.wait_for_url(re.compile(stay))
        found = rows(page).locator("a[href*='/charts/']").all()
        assert {one.get_attribute("href").split("/")[-2] for one in found} == {stay}
    with showing("auto score"):
        page.goto(f"/records/charts/{stay}/")
        failed = page.locator(".verdicts .head").filter(has_text="不通过").locator(".muted").all_inner_texts()
        lost = sum(highest(points) for points in failed)
        assert lost > 0
        assert highest(page.locator(".number strong").last.inner_text()) == 100 - lost
        expect(page.locator("main mark").first).to_be_visible()


def screened(page):
    """The newest month as the machine judged it; asked for here where nobody has yet."""
    page.goto("/records/defects/")
    start = page.get_by_role("button", name="开始筛查")
    if start.count():
        start.click()
    for _ in range(PATIENCE // 5000):
        if SCREENED.search(page.locator(".page-head").inner_text()):
            return
        page.wait_for_timeout(5000)
        page.reload()
    raise AssertionError("the month was not screened in time")


def test_every_heading_is_shown_by_one_of_these_journeys():
    """Headings and blocks are compared by reading this file: a heading without a block inside a test fails here."""
    tree = ast.parse(Path(__file__).read_text("utf-8"))
    tests = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")]
    calls = [node for test in tests for node in ast.walk(test) if isinstance(node, ast.withitem)]
    shown = {
        call.context_expr.args[0].value
        for call in calls
        if getattr(call.context_expr.func, "id", "") == "showing"
    }
    assert shown == set(HEADINGS)
