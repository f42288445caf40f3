"""Every role walks the house: what it is shown opens, what it may not see is refused in Chinese, no door is painted on."""

from collections import Counter
from datetime import datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.urls import resolve

from tests.pages.conftest import NOW
from zhikong.engine.tables import arrow_schema
from zhikong.foundation.access.permissions import can
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.facts import actions as facts
from zhikong.foundation.findings import actions as findings
from zhikong.foundation.outbox.actions import deliver_pending
from zhikong.hospital.functions.indicators import actions as indicators
from zhikong.hospital.functions.indicators import months
from zhikong.hospital.overviews.reports import actions as briefs

EVERYBODY = frozenset(ROLES)
MEASURED = EVERYBODY - {"auditor", "administrator"}
OFFICE = frozenset({"quality_office"})
KEEPERS = OFFICE | {"administrator"}
RAISERS = frozenset(
    {
        "quality_office",
        "medical_affairs",
        "nursing",
        "hospital_leader",
        "qc_officer",
        "record_reviewer",
        "infection_control",
        "pharmacy",
        "equipment",
    }
)
ANSWERING = frozenset(
    {"quality_office", "medical_affairs", "nursing", "department_head", "head_nurse", "qc_officer"}
)
INDICATOR = "/indicators/average_length_of_stay/"
MAY_OPEN = {
    "/": EVERYBODY,
    "/tasks/": EVERYBODY,
    "/notices/": EVERYBODY,
    "/findings/": EVERYBODY,
    "/findings/raise/": RAISERS,
    "/organisation/": EVERYBODY,
    "/organisation/departments/open/": KEEPERS,
    "/calendar/2026/": EVERYBODY,
    "/access/me/": EVERYBODY,
    "/indicators/": MEASURED,
    "/indicators/export/": MEASURED,
    "/indicators/compare/": MEASURED,
    f"{INDICATOR}explain/": MEASURED,
    f"{INDICATOR}funnel/": MEASURED,
    "/indicators/small-cells/": OFFICE,
    "/indicators/library/": MEASURED,
    "/indicators/library/average_length_of_stay/": MEASURED,
    INDICATOR: MEASURED,
    f"{INDICATOR}cases/": MEASURED,
    f"{INDICATOR}cases/export/": MEASURED,
    "/indicators/alerts/": ANSWERING,
    "/indicators/alerts/silence/": ANSWERING,
    "/indicators/alerts/settings/": OFFICE,
    "/indicators/months/": MEASURED,
    "/indicators/months/2026-10/": MEASURED,
    "/reports/": MEASURED,
    "/reports/brief/2026-10/": MEASURED,
    "/indicators/targets/": OFFICE,
    "/indicators/targets/average_length_of_stay/": OFFICE,
    "/datasources/": KEEPERS,
    "/datasources/upload/": KEEPERS,
    "/datasources/quarantine/": KEEPERS,
    "/audit/": OFFICE | {"auditor"},
    "/access/accounts/": frozenset({"administrator"}),
    "/files/": KEEPERS | {"medical_affairs"},
    "/files/limits/": frozenset({"administrator"}),
}
MENU = {  # what each role finds in its menu, in the words of the house and in this order
    "quality_office": "我的待办 指标监测 病历评审 预警 问题整改 通知 不良事件办理 流程办理 表单填写 运行病历 科室填报 工作计划 抽样与展评 病历缺陷 质控活动记录 质量工具 您说我们改 委员会议题 专项活动 检查计划 等级评审 我的检查 事件分析 检查结果 警示与经验 重点病人 改进项目 风险登记册 应急预案 员工建议 周期职责 上报不良事件 我的上报 急救车检查 药品不良反应 设备巡检 患者意见簿 制度与规范 证照管理 投诉处理 月度结账 质量简报 年度总结 事件学习 数据质量 目标值 内容库 编码对照 数据来源 启用向导 组织机构 工作日历 审计记录 文件存储",
    "medical_affairs": "我的待办 指标监测 病历评审 预警 问题整改 通知 不良事件办理 流程办理 表单填写 运行病历 科室填报 工作计划 病历缺陷 质控活动记录 质量工具 匿名报告奖励 您说我们改 委员会议题 病历展示 专项活动 检查计划 等级评审 我的检查 事件分析 检查结果 警示与经验 重点病人 改进项目 风险登记册 应急预案 员工建议 周期职责 上报不良事件 报告指标 我的上报 急救车检查 设备巡检 制度与规范 证照管理 投诉处理 责任认定 医疗纠纷 月度结账 质量简报 年度总结 事件学习 数据质量 内容库 组织机构 文件存储",
    "nursing": "我的待办 指标监测 预警 问题整改 通知 不良事件办理 流程办理 表单填写 运行病历 科室填报 工作计划 质控活动记录 质量工具 您说我们改 委员会议题 专项活动 检查计划 等级评审 我的检查 事件分析 检查结果 警示与经验 重点病人 改进项目 风险登记册 应急预案 员工建议 周期职责 上报不良事件 我的上报 急救车检查 设备巡检 患者意见簿 制度与规范 证照管理 投诉处理 月度结账 质量简报 年度总结 事件学习 内容库 组织机构",
    "infection_control": "我的待办 指标监测 问题整改 通知 不良事件办理 流程办理 表单填写 科室填报 工作计划 质控活动记录 质量工具 您说我们改 委员会议题 专项活动 检查计划 等级评审 我的检查 事件分析 检查结果 警示与经验 重点病人 改进项目 风险登记册 应急预案 员工建议 周期职责 上报不良事件 我的上报 制度与规范 质量简报 年度总结 事件学习 内容库 组织机构",
    "pharmacy": "我的待办 指标监测 问题整改 通知 不良事件办理 流程办理 表单填写 科室填报 工作计划 质控活动记录 质量工具 您说我们改 委员会议题 专项活动 检查计划 等级评审 我的检查 事件分析 检查结果 警示与经验 重点病人 改进项目 风险登记册 应急预案 员工建议 周期职责 上报不良事件 我的上报 药品不良反应 制度与规范 质量简报 年度总结 事件学习 内容库 组织机构",
    "equipment": "我的待办 指标监测 问题整改 通知 不良事件办理 流程办理 表单填写 科室填报 工作计划 质控活动记录 质量工具 您说我们改 委员会议题 专项活动 检查计划 等级评审 我的检查 事件分析 检查结果 警示与经验 重点病人 改进项目 风险登记册 应急预案 员工建议 周期职责 上报不良事件 我的上报 制度与规范 质量简报 年度总结 事件学习 内容库 组织机构",
    "head_nurse": "我的病历 我的待办 指标监测 预警 问题整改 通知 不良事件办理 流程办理 表单填写 运行病历 科室填报 工作计划 质控活动记录 质量工具 您说我们改 专项活动 检查计划 等级评审 我的检查 事件分析 检查结果 警示与经验 重点病人 缺陷登记 改进项目 风险登记册 应急预案 员工建议 周期职责 上报不良事件 我的上报 急救车检查 设备巡检 患者意见簿 制度与规范 证照管理 投诉处理 月度结账 质量简报 年度总结 事件学习 我的安全档案 组织机构",
    "qc_officer": "我的待办 指标监测 病历评审 预警 问题整改 通知 流程办理 表单填写 运行病历 科室填报 工作计划 病历缺陷 质控活动记录 质量工具 您说我们改 病历展示 专项活动 检查计划 等级评审 我的检查 事件分析 检查结果 警示与经验 重点病人 缺陷登记 改进项目 风险登记册 应急预案 员工建议 周期职责 上报不良事件 我的上报 急救车检查 设备巡检 患者意见簿 制度与规范 月度结账 质量简报 年度总结 事件学习 数据质量 组织机构",
    "record_reviewer": "我的待办 指标监测 病历评审 问题整改 通知 流程办理 表单填写 运行病历 科室填报 抽样与展评 病历缺陷 质控活动记录 质量工具 您说我们改 检查计划 我的检查 改进项目 员工建议 上报不良事件 我的上报 制度与规范 质量简报 数据质量 编码对照 组织机构",
    "complaint_officer": "我的待办 指标监测 问题整改 通知 流程办理 表单填写 科室填报 质控活动记录 您说我们改 员工建议 上报不良事件 我的上报 患者意见簿 制度与规范 投诉处理 医疗纠纷 质量简报 组织机构",
    "auditor": "我的待办 问题整改 通知 流程办理 表单填写 您说我们改 员工建议 上报不良事件 我的上报 制度与规范 组织机构 审计记录",
    "administrator": "我的待办 问题整改 通知 流程办理 表单填写 您说我们改 员工建议 上报不良事件 我的上报 制度与规范 数据质量 编码对照 数据来源 启用向导 组织机构 账号与角色 工作日历 文件存储 消息通道 传达记录 病历建议服务",
}
NOT_WALKED = {"reports:document", "account_logout", "set_language"}  # files have tests of their own
ALIKE = 2  # addresses of one view that differ only in number or query are tried this often


class Doors(HTMLParser):
    """Links, and the addresses that forms send to, of one page."""

    def __init__(self, page: str):
        super().__init__()
        self.links, self.posts = [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])
        if tag == "form" and values.get("method", "get").lower() == "post" and values.get("action"):
            self.posts.append(values["action"])
        elif tag == "form" and values.get("action"):
            self.links.append(values["action"])


def stay(number, department, month):
    left = datetime.combine(months.first_day(month) + timedelta(days=20), datetime.min.time())
    known = {
        "stay_id": f"S{number}",
        "patient_key": f"P{number}",
        "institution": "A",
        "zone": "Asia/Shanghai",
        "admitted_at": left - timedelta(days=16),
        "discharged_at": left,
        "discharge_department": department,
        "discharge_way": "1",
        "day_surgery": False,
        "days": 16,
        "month": month,
    }
    return {name: known.get(name) for name in arrow_schema("stays").names}


@pytest.fixture
def house(hospital, at_noon, make_user, tmp_path):
    """The small hospital at work: figures off target, a signal's finding on its way, a month's brief published."""
    rows = [
        stay(f"{month}{department}{n}", department, month)
        for month in months.span("2026-07", "2026-10")
        for department in ("CARD", "GSUR")
        for n in range(12)
    ]
    path = tmp_path / "stays.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=arrow_schema("stays")), path)
    indicators.load_preset(by=None, now=NOW, name="000-P2", valid_from=months.first_day("2024-01"))
    facts.publish(by=None, now=NOW, tables={"stays": path}, folder=tmp_path)
    deliver_pending(now=NOW)
    office = make_user("quality_office", name="王敏")
    make_user("department_head", hospital.departments["CARD"], name="李建国")
    for code in ("CARD", "GSUR"):
        findings.raise_finding(
            by=office, now=NOW, department=hospital.departments[code], title="平均住院日超过目标",
            detail="十月 16 天", severity="minor", source_kind="indicator", indicator_id="average_length_of_stay",
            source_key="average_length_of_stay@2026-10", month="2026-10",
        )  # fmt: skip
    briefs.draft(by=office, now=NOW, month="2026-10")
    briefs.publish(by=office, now=NOW, month="2026-10")
    deliver_pending(now=NOW)
    return hospital


@pytest.fixture
def sign_in(as_role, house):
    def enter(role):
        return as_role(role, None if ROLES[role].hospital_wide else house.departments["CARD"])

    return enter


@pytest.mark.parametrize("role", ROLES)
def test_pages_open_for_their_roles_and_are_refused_to_others_in_chinese(sign_in, role):
    client = sign_in(role)
    for path, allowed in MAY_OPEN.items():
        answer = client.get(path)
        assert answer.status_code == (200 if role in allowed else 403), path
        if role not in allowed:
            page = answer.content.decode()
            assert "您没有权限：" in page, path
            assert "系统管理员" in page, path  # who can help


@pytest.mark.parametrize("role", MENU)
def test_the_menu_of_a_role(sign_in, role):
    client = sign_in(role)
    menu = client.get("/").context["menu"]
    assert [str(item.label) for item in menu] == MENU[role].split()
    assert {i.url: client.get(i.url, follow=True).status_code for i in menu} == {i.url: 200 for i in menu}


WALKS = [
    role if role in ("administrator", "nurse") else pytest.param(role, marks=pytest.mark.long)
    for role in ROLES
]


@pytest.mark.parametrize("role", WALKS)
def test_no_link_leads_to_a_refusal_and_no_form_is_shown_in_vain(sign_in, role):
    """Walks all that can be reached from home, a few of each kind of page."""
    client = sign_in(role)
    waiting, known, walked = [("/", "/")], {"/"}, Counter()
    while waiting:
        path, found_on = waiting.pop(0)
        name = resolve(urlsplit(path).path).view_name
        if name in NOT_WALKED or walked[name] >= ALIKE:
            continue
        walked[name] += 1
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, f"{path}, linked on {found_on}"
        if not answer["Content-Type"].startswith("text/html"):
            continue
        doors = Doors(answer.content.decode())
        for address in doors.posts:
            needed = getattr(resolve(urlsplit(urljoin(path, address)).path).func, "needs", None)
            assert needed is None or can(client.user, needed), f"{address} on {path}"
        inside = {urljoin(path, link).partition("#")[0] for link in doors.links}
        inside = {
            link for link in inside if not link.startswith("/speak/")
        }  # answered before Django: tests/pages/test_incidents_speaking.py
        fresh = sorted(link for link in inside if link.startswith("/") and link not in known)
        known |= set(fresh)
        waiting += [(link, path) for link in fresh]
    assert len(walked) >= 6, walked
