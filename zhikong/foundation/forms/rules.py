"""The life of a sheet: which act leads from which state to which, in words."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

FORM = "form"  # the kind's code in the pack store


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


STATE_NAMES = {
    State.DRAFT: _("填写中"),
    State.SUBMITTED: _("已提交"),
    State.RETURNED: _("已退回"),
    State.ACCEPTED: _("已接受"),
    State.WITHDRAWN: _("已作废"),
}
EDITABLE = frozenset({State.DRAFT, State.RETURNED})
HANDED_IN = frozenset({State.SUBMITTED, State.ACCEPTED})


class Act(StrEnum):
    OPEN = "open"
    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"
    WITHDRAW = "withdraw"
    SIGN = "sign"


ACT_NAMES = {
    Act.OPEN: _("新建"),
    Act.SUBMIT: _("提交"),
    Act.RETURN: _("退回"),
    Act.ACCEPT: _("接受"),
    Act.WITHDRAW: _("作废"),
    Act.SIGN: _("签名"),
}
FROM: dict[Act, frozenset[State]] = {
    Act.SUBMIT: EDITABLE,
    Act.RETURN: HANDED_IN,
    Act.ACCEPT: frozenset({State.SUBMITTED}),
    Act.WITHDRAW: frozenset({State.DRAFT, State.RETURNED, State.SUBMITTED}),
    Act.SIGN: EDITABLE,
}
TO: dict[Act, State] = {
    Act.SUBMIT: State.SUBMITTED,
    Act.RETURN: State.RETURNED,
    Act.ACCEPT: State.ACCEPTED,
    Act.WITHDRAW: State.WITHDRAWN,
}


class NotAllowedNow(ValueError):
    """The sheet's state does not allow the act; the message is a sentence for the user."""


def next_state(state: str, act: Act) -> State:
    """The state after an act. Raises NotAllowedNow."""
    now = State(state)
    if now not in FROM[act]:
        raise NotAllowedNow(f"这份表{STATE_NAMES[now]}，不能{ACT_NAMES[act]}。请刷新页面查看最新情况。")
    return TO.get(act, now)
