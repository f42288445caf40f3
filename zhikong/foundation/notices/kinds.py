"""The kinds of notices: what is urgent, what nobody may switch off, what may be mentioned outside the house.

An app that has a kind of its own registers it in ``ready``. The values here are the house's; a hospital changes
them on the page 通知类别. Outside the house (mail, WeCom, DingTalk, Feishu) only ``category`` and a link are ever
sent: never a title, never a text, nothing of a patient and nothing of an incident.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice.

    title: its name on the page of preferences; category: the only words about it that leave the house.
    urgent: breaks through quiet hours and is never kept for the digest.
    mandatory: a person may ask for the digest, but not switch it off.
    outside: may be announced outside the house at all.
    """

    code: str
    title: Any
    category: Any
    urgent: bool = False
    mandatory: bool = False
    outside: bool = True


GENERAL = "general"
OF_SOURCE = {  # what a notice is about → its kind, where the sender names none
    "finding": "finding",
    "task": "task",
    "hand_over": "task",
    "flow_case": "flow",
    "sheet": "form",
    "figure_sheet": "form",
    "duty": "duty",
    "alert": "alert",
    "brief": "brief",
}
_kinds: dict[str, NoticeKind] = {}


def register(kind: NoticeKind) -> None:
    """Make a kind known; registering the same twice is harmless."""
    if _kinds.get(kind.code, kind) != kind:
        raise ValueError(f"Two kinds of notices are called {kind.code!r}.")
    _kinds[kind.code] = kind


def kind(code: str) -> NoticeKind:
    """The kind of this code; a code that nobody registered is a general notice."""
    return _kinds.get(code, _kinds[GENERAL])


def known(code: str) -> bool:
    return code in _kinds


def of_source(source_kind: str) -> str:
    """The kind of a notice that was sent without one, by what it is about."""
    return OF_SOURCE.get(source_kind, GENERAL)


def all_kinds() -> tuple[NoticeKind, ...]:
    """In the order of their registration: the house's first."""
    return tuple(_kinds.values())


for _kind in (
    NoticeKind("finding", _("问题整改"), _("问题整改")),
    NoticeKind("task", _("待办、转办与催办"), _("待办事项"), mandatory=True),
    NoticeKind("escalation", _("逾期升级"), _("逾期事项"), mandatory=True),
    NoticeKind("incident", _("不良事件"), _("需要您处理的事项"), urgent=True, mandatory=True),
    NoticeKind("flow", _("流程办理"), _("流程办理")),
    NoticeKind("form", _("表单与填报"), _("表单填报")),
    NoticeKind("duty", _("常规工作"), _("常规工作")),
    NoticeKind("alert", _("指标预警"), _("指标预警")),
    NoticeKind("brief", _("质量简报"), _("质量简报")),
    NoticeKind("calendar", _("工作日历变动"), _("工作日历")),
    NoticeKind("organisation", _("组织机构与账号"), _("组织与账号")),
    NoticeKind(GENERAL, _("其他通知"), _("通知")),
):
    register(_kind)
