"""The demo hospital's plan of the coming year: brought in by the quality office, half of it checked."""

from __future__ import annotations

from datetime import datetime

from django.core.files.base import ContentFile
from django.utils import timezone

from zhikong.hospital.functions.plans import rules_reviewing as rules
from zhikong.hospital.functions.plans.actions.reviewing import bringing, deciding
from zhikong.hospital.functions.plans.models import PlanDocument, PlanItem
from zhikong.site.demo.acting import acting, at

OFFICE = "zhikong"
TITLE = "{year} 年医疗质量与安全管理工作计划"
WORDS = """{year}年医疗质量与安全管理工作计划
一、总体思路
以患者安全为中心，把要求写成数字、把责任落到科室、把检查变成改进。
二、年度质量目标
1、甲级病案率≥92%，无丙级病案。
2、平均住院日≤8.5天，较上年下降3%。
3、入院记录24小时内完成率≥98%。
4、三级查房记录合格率≥95%。
5、手术安全核查执行率≥100%。
6、住院患者抗菌药物使用率≤45%。
7、危急值应在15分钟内通报临床，30分钟内完成处置。
8、每百张开放床位年报告不良事件≥20件。
9、患者满意度≥93%，职工满意度达到90分以上。
三、组织与会议
1、医疗质量与安全管理委员会由院长任主任，每季度召开一次会议，会后5个工作日内印发纪要。
2、病案管理委员会每半年召开一次会议。
3、各科质控小组每月自查一次，每月5日前向质控科上报。
四、日常质量管理
1、质控科每月抽查运行病历不少于60份，发现问题当场告知。
2、每周开展一次核心制度督查，由质控科牵头，医务科、护理部参加。
3、科主任每月组织疑难病例讨论2次，死亡病例在7天内讨论。
4、急会诊10分钟内到位，普通会诊24小时内完成。
5、必要时可邀请外院专家参加讨论。
6、每季度编印质控简报一期，通报指标、缺陷和整改情况。
五、重点活动
1、3月1日至3月31日开展病历书写月活动，3月底前完成全员培训。
2、5月12日前完成护理安全知识竞赛，奖励前三名，一等奖2000元。
3、9月份为患者安全月，各科提交一项改进案例。
4、11月15日前完成全年自评，12月20日前提交工作总结。
六、奖惩
1、甲级病案率低于90%的科室，扣当月绩效500元。
2、主动报告不良事件的，每例奖励50元。
3、去年全院甲级病案率为91.4%，平均住院日8.9天。
七、其他
1、未尽事宜由质控科另行
"""


def tell(*, now: datetime) -> None:
    """What is there already is left alone."""
    if PlanDocument.objects.exists():
        return
    year = timezone.localdate(now).year + 1
    with acting(OFFICE, now) as office:
        made = bringing.bring(
            by=office, now=at(now, -3), upload=_file(year), title=TITLE.format(year=year), year=year, level="hospital"
        )  # fmt: skip
        _check_half(made, office, at(now, -2))


def _file(year: int) -> ContentFile:
    made = ContentFile(WORDS.format(year=year).encode(), name=f"{year}年工作计划.txt")
    made.content_type = "text/plain"
    return made


def _check_half(made: PlanDocument, office, when: datetime) -> None:
    """The first half is confirmed, results only inform; what is doubtful is left for the visitor of the demo."""
    for one in made.items.filter(state=PlanItem.State.OPEN, start__lt=len(made.text) // 2):
        one.document = made
        if rules.is_sure(float(one.confidence), one.doubtful):
            deciding.accept([one], by=office, now=when)
    told = [one for one in made.items.filter(kind="result", state=PlanItem.State.OPEN)]
    for one in told:
        one.document = made
    if told:
        deciding.inform(told, by=office, now=when)
