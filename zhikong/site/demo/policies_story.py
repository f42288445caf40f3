"""The demo hospital's rules: in force, being read, under way, due for review; what guidelines lack; what is made public."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.organisation.queries import department as whole
from zhikong.foundation.organisation.queries import department_on, resolve
from zhikong.hospital.functions.policies import actions
from zhikong.hospital.functions.policies.models import Policy, PolicyVersion

OFFICE, MEDICAL, HEAD, LEADER, NURSING = "zhikong", "yiwu", "keshi", "yuanzhang", "huli"
CONSULTING = """一、总则
第一条 为保证患者及时得到其他专科的意见，制定本制度。
第二条 会诊由主治医师以上人员提出，写明目的和已有检查。
二、时限
第三条 急会诊在接到通知后10分钟内到位。
第四条 普通会诊在24小时内完成并书写会诊记录。
三、监督
第五条 质控科每月抽查会诊记录20份，结果在质量例会通报。"""
ASKED = "急会诊应在多少分钟内到位？|5 分钟|*10 分钟|30 分钟\n普通会诊多久完成？|*24 小时|72 小时"
# code, title, kind, division, department, diseases, author, days ago in force (None: under way), must read, text
TOLD = (
    ("ZK-001", "会诊制度", "rule", "medical", None, (), OFFICE, 12, True, CONSULTING),
    ("ZK-002", "危急值报告制度", "rule", "medtech", None, (), OFFICE, 350, False,
     "第一条 检验、影像和病理发现危急值，立即电话报告并登记。\n第二条 临床接到报告后10分钟内处置，处置情况写入病程记录。\n第三条 质控科每季度分析漏报和迟报。"),
    ("HL-001", "分级护理制度", "rule", "nursing", None, (), NURSING, 200, False,
     "第一条 按病情和自理能力确定护理级别，由医师和护士共同评估。\n第二条 特级护理24小时专人看护，一级护理每小时巡视。"),
    ("ZN-001", "急性心肌梗死诊疗常规", "guideline", "medical", "CARD", ("急性心肌梗死",), HEAD, 90, False,
     "第一条 到院10分钟内完成心电图。\n第二条 无禁忌者立即给予阿司匹林。\n第三条 适合急诊介入者，进门到球囊扩张不超过90分钟。"),
    ("GW-001", "科室质控员岗位职责", "post_duty", "medical", None, (), OFFICE, 120, False,
     "第一条 每月自查运行病历和出院病历，结果录入系统。\n第二条 每月5日前完成上月科室质量分析。"),
    ("ZK-003", "手术安全核查制度", "rule", "medical", None, (), OFFICE, None, False,
     "第一条 麻醉前、手术开始前、患者离室前三方核查。\n第二条 任何一方没有确认，不得进入下一步。"),
)  # fmt: skip
PUBLIC = (
    ("医疗服务项目和价格", "门诊大厅公示屏、医院网站", "patients", -40, 140),
    ("住院费用一日清单的查询办法", "病区公示栏", "patients", -80, None),
    ("医疗质量月度通报", "院内网", "staff", -10, 20),
)


def tell(*, now: datetime) -> None:
    """Once; a second start finds everything there."""
    if Policy.objects.exists():
        return
    users = {user.username: user for user in User.objects.filter(is_active=True)}
    for row in TOLD:
        _policy(users, row, now)
    cardiology = resolve(name_or_code="CARD", on=timezone.localdate(now))
    place = department_on(department_id=cardiology.id, on=timezone.localdate(now))
    actions.keep_diseases(by=users[HEAD], department=place, names=["急性心肌梗死", "心力衰竭", "心房颤动"])
    for title, channel, audience, ago, ahead in PUBLIC:
        today = timezone.localdate(now)
        actions.make_public(
            by=users[OFFICE], now=now, title=title, channel=channel, audience=audience,
            published_on=today + timedelta(days=ago), renew_on=today + timedelta(days=ahead) if ahead else None,
        )  # fmt: skip


def _policy(users, row, now: datetime) -> None:
    code, title, kind, division, place, diseases, author, ago, must_read, text = row
    today = timezone.localdate(now)
    then = now - timedelta(days=(ago or 3) + 5)
    department = resolve(name_or_code=place, on=today) if place else None
    version = actions.begin(
        by=users[author], now=then, code=code, title=title, kind=kind, division=division, text=text, diseases=diseases,
        department=whole(department_id=department.id) if department else None,
    )  # fmt: skip
    if must_read:
        actions.write(version, by=users[author], now=then, text=text, questions=ASKED)
    actions.submit(version, by=users[author], now=then)
    if ago is None:
        return
    actions.review(version, by=users[LEADER], now=then + timedelta(days=1))
    actions.approve(version, by=users[LEADER], now=then + timedelta(days=2))
    day = today - timedelta(days=ago)
    actions.publish(
        PolicyVersion.objects.get(pk=version.pk), by=users[author], now=now if must_read else then + timedelta(days=5),
        effective_on=day, must_read=must_read, read_by_on=today + timedelta(days=2) if must_read else None,
        posts=["physician", "department_head"] if must_read else [],
    )  # fmt: skip
    if code == "ZK-002":
        actions.revise(version.policy, by=users[author], now=now - timedelta(days=2))
