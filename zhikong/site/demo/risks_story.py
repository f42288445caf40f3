"""The demo hospital's risks, one worksheet of failure modes, and the drills of the last months and the next weeks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.foundation.organisation.queries import resolve
from zhikong.hospital.functions.risks.actions.plans import drilling
from zhikong.hospital.functions.risks.actions.register import analysing, writing
from zhikong.hospital.functions.risks.models.plans import Drill
from zhikong.hospital.functions.risks.models.register import FailureAnalysis, Risk
from zhikong.site.demo.acting import at

HEAD, MATRON, ORTHOPAEDIST, OFFICE, MEDICAL, NURSING, ENGINEER, LEADER = (
    "keshi", "hushizhang", "guke", "zhikong", "yiwu", "huli", "zhuangbei", "yuanzhang",
)  # fmt: skip
# place, by, title, category, how it could happen, likelihood, severity, measures (kind, words, by whom, works), left over
RISKS = (
    ("CARD", HEAD, "高浓度氯化钾误用", "medication", "氯化钾与生理盐水同柜，夜班误取后直接静推，患者心跳骤停。", 3, 5,
     (("engineer", "氯化钾移入带锁专柜，药房按患者配送", HEAD, "专柜照片，药学部抽查 20 次全部单独存放"),
      ("procedure", "取用双人核对并签名", MATRON, "")), (1, 5)),
    ("CARD", MATRON, "高龄患者夜间如厕跌倒", "nursing", "夜间服利尿药的高龄患者独自如厕，地面湿滑，髋部骨折。", 4, 3,
     (("engineer", "床旁加装感应夜灯和扶手", MATRON, "10 间病房安装完毕，验收单已归档"),
      ("training", "入院当天演示呼叫铃，家属签名", MATRON, "抽查 15 份告知单均有签名")), (2, 3)),
    ("ORTH", ORTHOPAEDIST, "手术部位左右标错", "surgery", "双侧病变患者术前未由术者标记，接台仓促，开错一侧。", 2, 5,
     (("procedure", "术者在病房清醒状态下标记并由患者确认", ORTHOPAEDIST, ""),), None),
    (None, MEDICAL, "危急值夜间回报延误", "clinical", "夜间检验报出危急值，病区电话无人接听，处理延迟超过 30 分钟。", 3, 4,
     (("engineer", "危急值短信同时发给值班医师和二线医师", MEDICAL, ""),), None),
    (None, ENGINEER, "重症医学科停电时呼吸机断电", "equipment", "双路供电同时中断，不间断电源老化，呼吸机停机。", 2, 5,
     (("engineer", "更换不间断电源蓄电池组，每季带载试验", ENGINEER, "三季度带载试验 30 分钟合格"),), (1, 5)),
    (None, OFFICE, "检验样本容器标签打印两次", "information", "系统重打标签没有提示，两名患者的标签可能互换。", None, None, (), None),
)  # fmt: skip
MODES = (
    (
        "开医嘱",
        "选错相似药名",
        "患者用错药",
        "药名只差一字，下拉框相邻",
        "药师审方",
        8,
        4,
        4,
        "相似药名高亮并加确认",
        HEAD,
    ),
    (
        "取药",
        "误取高浓度电解质",
        "静推致心跳骤停",
        "与生理盐水同柜",
        "标识",
        10,
        3,
        4,
        "移入带锁专柜",
        MATRON,
    ),
    ("配液", "剂量换算错误", "过量或不足", "单位换算靠心算", "双人核对", 7, 3, 5, "", None),
    ("给药", "给错患者", "严重不良反应", "只核对床号", "腕带扫码", 9, 2, 3, "扫码不符时锁定给药", MATRON),
)


def tell(*, now: datetime) -> None:
    """Once; a second start finds everything there."""
    if Risk.objects.exists():
        return
    users = {user.username: user for user in User.objects.filter(is_active=True)}
    for row in RISKS:
        _risk(users, row, now)
    _worksheet(users, now)
    _drills(users, now)


def _department(code: str | None, on: date) -> int | None:
    return resolve(name_or_code=code, on=on).id if code else None


def _risk(users, row, now: datetime) -> None:
    place, by, title, category, scenario, likelihood, severity, measures, left = row
    then, user = at(now, -75), users[by]
    risk = writing.write_risk(
        by=user, now=then, title=title, category=category, scenario=scenario, owner=user, likelihood=likelihood,
        severity=severity, department_id=_department(place, timezone.localdate(now)),
    )  # fmt: skip
    for kind, text, whom, proof in measures:
        due = timezone.localdate(now) + timedelta(days=-20 if proof else 9)
        made = writing.add_control(
            risk, by=user, now=then, kind=kind, text=text, responsible=users[whom], due_on=due
        )
        if proof:
            writing.put_in_effect(made, by=users[whom], now=at(now, -25, 15), proof=proof)
    if left:
        writing.review(
            risk, by=user, now=at(now, -20, 10), text="措施落实后抽查合格，按现状评估", likelihood=likelihood,
            severity=severity, residual_likelihood=left[0], residual_severity=left[1],
        )  # fmt: skip
        writing.accept(
            Risk.objects.get(pk=risk.pk),
            by=user,
            now=at(now, -19, 9),
            reason="剩余风险可控，按期复评",
        )


def _worksheet(users, now: datetime) -> None:
    if FailureAnalysis.objects.exists():
        return
    sheet = analysing.open_analysis(
        by=users[HEAD], now=at(now, -12, 15), title="高警示药品从医嘱到给药", leader=users[HEAD],
        department_id=_department("CARD", timezone.localdate(now)), team="科主任、护士长、药师、责任护士两名",
        scope="从医师开出医嘱到护士床旁给药完毕",
    )  # fmt: skip
    for step, mode, effect, cause, control, s, o, d, measure, whom in MODES:
        values = {
            "step": step, "mode": mode, "effect": effect, "cause": cause, "control": control, "severity": s,
            "occurrence": o, "detection": d, "measure": measure, "responsible": users[whom] if whom else None,
            "due_on": timezone.localdate(now) + timedelta(days=20) if whom else None,
        }  # fmt: skip
        analysing.save_mode(sheet, by=users[HEAD], now=at(now, -11, 15), values=values)


def _drills(users, now: datetime) -> None:
    card, today = _department("CARD", timezone.localdate(now)), timezone.localdate(now)
    told = (
        ("critical_patient_rescue", card, "live", 60, 9, 3, "到位快，分工清楚", "", HEAD),
        (
            "fire_in_ward",
            card,
            "live",
            40,
            14,
            5,
            "疏散路线熟悉",
            "氧气总阀找了 2 分钟，夜班护士不知道位置",
            MATRON,
        ),
        ("power_failure", None, "table", 130, 22, None, "各科负责人到齐，流程推演完整", "", ENGINEER),
    )
    for plan, place, kind, ago, people, minutes, good, problems, whom in told:
        then = at(now, -ago, 15)
        made = _plan(users[whom], plan, place, kind, timezone.localdate(then), then)
        drilling.hold(
            made, by=users[whom], now=then, held_on=timezone.localdate(then), participants=people, minutes=minutes,
            course="按预案分工演练，观察员逐项记录时间。",
        )  # fmt: skip
        drilling.sum_up(
            Drill.objects.get(pk=made.pk),
            by=users[whom],
            now=then + timedelta(days=2),
            good=good,
            problems=problems,
        )
    _plan(users[MATRON], "anaphylactic_shock", card, "live", today + timedelta(days=6), now)
    _plan(users[MEDICAL], "mass_casualty", None, "live", today + timedelta(days=13), now)


def _plan(by, plan: str, place: int | None, kind: str, on: date, now: datetime) -> Drill:
    from zhikong.hospital.functions.risks.queries.plans.plans import plan as plan_of

    return drilling.plan_drill(
        by=by, now=now, plan_id=plan, kind=kind, planned_on=on, scenario=plan_of(plan).scenario, leader=by,
        department_id=place,
    )  # fmt: skip
