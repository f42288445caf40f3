"""Words and steps of inspections: kinds of programmes, states of a visit, what may follow what. No ORM."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

SOURCE = "visit"
"""``source_kind`` of sheets, tasks and notices of a visit; ``source_key`` is the visit's number in the database."""


class Kind(StrEnum):
    """What sort of inspection a programme is (INS-01 … INS-28)."""

    ROUTINE = "routine"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    SELF = "self"
    SUPERVISION = "supervision"
    PRE_HOLIDAY = "pre_holiday"
    SURPRISE = "surprise"
    NIGHT = "night"
    CROSS = "cross"
    TRACER_PATIENT = "tracer_patient"
    TRACER_SYSTEM = "tracer_system"
    THEMED = "themed"
    CAMPAIGN = "campaign"
    OFFICIAL_SELF = "official_self"
    WALK_THROUGH = "walk_through"
    COVERT = "covert"
    SAMPLING = "sampling"
    AD_HOC = "ad_hoc"


KIND_NAMES = {
    Kind.ROUTINE: _("例行检查"),
    Kind.MONTHLY: _("月度检查"),
    Kind.QUARTERLY: _("季度大检查"),
    Kind.SELF: _("科室自查"),
    Kind.SUPERVISION: _("职能科室督查"),
    Kind.PRE_HOLIDAY: _("节前检查"),
    Kind.SURPRISE: _("突击检查"),
    Kind.NIGHT: _("夜查房"),
    Kind.CROSS: _("科室交叉检查"),
    Kind.TRACER_PATIENT: _("患者追踪检查"),
    Kind.TRACER_SYSTEM: _("系统追踪检查"),
    Kind.THEMED: _("主题检查"),
    Kind.CAMPAIGN: _("专项督查"),
    Kind.OFFICIAL_SELF: _("迎检自查"),
    Kind.WALK_THROUGH: _("走流程体验"),
    Kind.COVERT: _("明查暗访"),
    Kind.SAMPLING: _("病历抽查"),
    Kind.AD_HOC: _("随时检查"),
}


class State(StrEnum):
    """Where a visit stands (WF-05)."""

    PLANNED = "planned"
    OPEN = "open"
    COMMENT = "comment"
    CONCLUDED = "concluded"
    NOTIFIED = "notified"
    CLOSED = "closed"
    CANCELLED = "cancelled"


STATE_NAMES = {
    State.PLANNED: _("已安排"),
    State.OPEN: _("检查中"),
    State.COMMENT: _("听取意见"),
    State.CONCLUDED: _("已下结论"),
    State.NOTIFIED: _("已通报"),
    State.CLOSED: _("已结束"),
    State.CANCELLED: _("已取消"),
}
STATE_TAGS = {
    State.PLANNED: "info",
    State.OPEN: "warn",
    State.COMMENT: "warn",
    State.CONCLUDED: "ok",
    State.NOTIFIED: "ok",
    State.CLOSED: "none",
    State.CANCELLED: "none",
}
NEXT: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.OPEN, State.CANCELLED}),
    State.OPEN: frozenset({State.COMMENT, State.CONCLUDED, State.CANCELLED}),
    State.COMMENT: frozenset({State.OPEN, State.CONCLUDED, State.CANCELLED}),
    State.CONCLUDED: frozenset({State.NOTIFIED, State.CLOSED, State.COMMENT}),
    State.NOTIFIED: frozenset({State.CLOSED}),
    State.CLOSED: frozenset(),
    State.CANCELLED: frozenset(),
}
UPCOMING = (State.PLANNED, State.OPEN, State.COMMENT)
FINISHED = (State.CONCLUDED, State.NOTIFIED, State.CLOSED)


class NotAllowedNow(ValueError):
    """The visit's state does not allow the step; the message is a sentence for the user."""


def check_step(now: str, to: str) -> State:
    """The state to go to. Raises NotAllowedNow."""
    here, there = State(now), State(to)
    if there not in NEXT[here]:
        raise NotAllowedNow(
            f"这次检查{STATE_NAMES[here]}，不能变为“{STATE_NAMES[there]}”。请刷新页面查看最新情况。"
        )
    return there


class Notice(StrEnum):
    """Who hears of a visit before it begins."""

    ANNOUNCED = "announced"  # the inspected side sees it when it is planned
    SURPRISE = "surprise"  # it sees it when it starts
    COVERT = "covert"  # it sees it when it is concluded


NOTICE_NAMES = {
    Notice.ANNOUNCED: _("事先告知"),
    Notice.SURPRISE: _("不事先告知"),
    Notice.COVERT: _("暗访，下结论后才公开"),
}


def hidden(notice: str, state: str) -> bool:
    """Whether the inspected side must not see the visit yet."""
    if notice == Notice.COVERT:
        return state in (State.PLANNED, State.OPEN, State.COMMENT, State.CANCELLED)
    return notice == Notice.SURPRISE and state in (State.PLANNED, State.CANCELLED)
