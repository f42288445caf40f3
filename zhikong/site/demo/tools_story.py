"""A handful of quality tools as the demo's people saved them: drawn from the demo's own findings and indicators."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from zhikong.foundation.access.models import User
from zhikong.hospital.functions.improvements.actions.tools import save, save_entered
from zhikong.hospital.functions.improvements.models.tools import SavedTool
from zhikong.hospital.functions.improvements.queries.tools import draw
from zhikong.hospital.functions.improvements.tools.asking import Asked, Unanswerable, moved

OFFICE = "zhikong"
INDICATOR = "diagnosis_within_three_days"
CAUSES = """人员：
  新入职医师不熟悉三日确诊要求 *
    岗前培训没有这一项
  上级医师查房不及时 **
方法：
  没有三日未确诊的提醒 **
  会诊申请流程长 *
    要人工送单
  疑难病例讨论启动条件不清
设备：
  检查预约排队时间长 *
物料：
  外送检验报告回报慢
环境：
  周末检查科室不开放 *
信息：
  诊断修正后没有同步到首页"""
AGREED = (("pareto", {"by": "clause"}), ("check_sheet", {"by": "clause", "across": "department"}), ("stratification", {"by": "department", "across": "severity"}))  # fmt: skip


def tell(*, now: datetime) -> None:
    """Three pictures of findings, two of an indicator, a cause-effect diagram. Once only."""
    if SavedTool.objects.exists():
        return
    by = User.objects.filter(username=OFFICE).first()
    month = f"{timezone.localdate(now):%Y-%m}"
    for kind, said in AGREED:
        _drawn(kind, {"source": "findings", "first": moved(month, -11), "last": month, **said}, by, now)
    last = moved(month, -1)
    figures = {"source": "indicators", "key": INDICATOR, "first": moved(last, -23), "last": last, "measure": "value"}  # fmt: skip
    _drawn("control", figures, by, now)
    _drawn("stratification", figures | {"first": moved(last, -11), "by": "department", "across": "month"}, by, now)  # fmt: skip
    save_entered(by=by, now=now, kind="fishbone", text=CAUSES, options={"effect": "住院三日确诊率未达标"})


def _drawn(kind: str, said: dict, by, now: datetime) -> None:
    """One picture; what the demo's data do not give is left out."""
    asked = Asked.of(said, today=timezone.localdate(now))
    try:
        fresh = draw(kind, asked, user=by)
    except Unanswerable:
        return
    save(by=by, now=now, fresh=fresh)
