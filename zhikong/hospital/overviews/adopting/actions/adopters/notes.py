"""What nothing is made of: results of last year, sums of money and limits that are decided elsewhere, the rest."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from zhikong.hospital.overviews.adopting.actions.adopters.duties import about_reports
from zhikong.hospital.overviews.adopting.rules.duties import name_of
from zhikong.hospital.overviews.adopting.rules.steps import Kind, Outcome, Step, Way
from zhikong.hospital.overviews.adopting.rules.wishes import Paper, Wish

KIND = Kind.NOTE
KNOWN = "note"
"""The reader's choice: nothing is made of it."""


def takes(wish: Wish, paper: Paper) -> bool:
    return True


def plan(wishes: Sequence[Wish], paper: Paper) -> list[Step]:
    return [_step(wish, paper) for wish in wishes]


def _step(wish: Wish, paper: Paper) -> Step:
    why, url = _told(wish, paper)
    title, key = name_of(wish), f"text:{name_of(wish)}"
    if wish.kind != "deadline" or wish.says("conditional"):
        return Step(KIND, Outcome.NOTE, (wish,), title, why, key=key, url=url)
    ways = (Way(_("回到核对页，关联一条病历规则"), url=paper.url), Way(_("仅知悉"), KNOWN))
    return Step(KIND, Outcome.IMPOSSIBLE, (wish,), title, why, key=key, ways=ways)


def _told(wish: Wish, paper: Paper) -> tuple[str, str]:
    """(the sentence, where it is decided)."""
    if wish.kind in ("quota", "money") and about_reports(wish):
        return _("报告指标和奖扣由院领导在“报告指标”里拟订、试算、批准，不随计划直接生效。"), reverse(
            "event_quotas:plan", args=[paper.year]
        )
    if wish.kind == "result":
        return _("已经取得的结果，作为目标值的参考，不是今年的要求。"), ""
    if wish.kind == "money":
        return _("金额留在计划里备查；奖惩在绩效制度里规定。"), ""
    if wish.kind == "threshold":
        return _("界限值留在计划里备查；需要系统提醒时，请在核对页关联一条病历规则。"), ""
    if wish.kind == "deadline":
        return _(
            "没有关联的病历规则，系统不能自动判断这个时限。有规则时请在核对页关联；流程里的时限由各流程自己计时。"
        ), ""
    return _("留在计划里备查。"), ""
