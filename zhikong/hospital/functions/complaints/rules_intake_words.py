"""What the complainant reads: each state in plain words, and what he may do then. Pure."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhikong.hospital.functions.complaints.rules_intake import ENDS, State

PLAIN = {
    State.RECEIVED: _("已收到。投诉管理部门会在期限内受理，并在这里告诉您。"),
    State.VERIFYING: _("已受理，正在核实情况。"),
    State.DEPARTMENT: _("已告知有关科室，正在等科室讨论后的书面报告。"),
    State.DECIDING: _("情况已核实，正在研究处理意见。"),
    State.COMMITTEE: _("情况比较复杂，已提交医疗安全管理委员会研究。"),
    State.ANSWERING: _("处理意见已定，很快答复您。"),
    State.ANSWERED: _("已答复，请看下面的答复。您可以评价，也可以申请复核。"),
    State.REVIEW: _("您申请的复核正在进行。"),
    State.CLOSED: _("已办结。如果不接受答复，还可以申请复核。"),
    State.REFUSED: _("不予受理，理由见下。"),
    State.WITHDRAWN: _("已按您的意思撤回。"),
    State.DISPUTE: _("已转由医疗纠纷办理，专人会与您联系。"),
}
STAGES = (
    (_("收到"), {State.RECEIVED}),
    (_("核实"), {State.VERIFYING, State.DEPARTMENT}),
    (_("研究处理"), {State.DECIDING, State.COMMITTEE, State.ANSWERING, State.REVIEW}),
    (_("答复"), {State.ANSWERED, State.CLOSED}),
)


def stages(state: str) -> list[tuple[str, str]]:
    """(word, done | now | later) for the line of steps on the complainant's page; empty when it ended otherwise."""
    place = next((index for index, (_word, states) in enumerate(STAGES) if state in states), None)
    if place is None:
        return []
    return [
        (word, "done" if i < place else "now" if i == place else "later")
        for i, (word, _s) in enumerate(STAGES)
    ]


def may_add(state: str) -> bool:
    return state not in ENDS


def may_rate(state: str) -> bool:
    return state in (State.ANSWERED, State.CLOSED)
