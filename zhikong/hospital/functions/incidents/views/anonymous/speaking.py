"""The anonymous pages by their paths; whatever fails becomes a page, and a note without a moment."""

from __future__ import annotations

from collections.abc import Callable

from django.db import Error as DatabaseError
from django.db import close_old_connections, connection
from django.utils.translation import gettext as _

from zhikong.hospital.functions.incidents.spool import keys, problems, slots
from zhikong.hospital.functions.incidents.spool.places import places
from zhikong.hospital.functions.incidents.spool.tickets import Expired
from zhikong.hospital.functions.incidents.views.anonymous import following, reporting
from zhikong.hospital.functions.incidents.views.anonymous.asked import Asked, Page, message, page

PAGES: dict[str, Callable[[Asked], Page]] = {
    "": reporting.report,
    "answer/": following.answer,
    "tell/": following.tell,
    "reward/": following.reward,
}


def answer(asked: Asked) -> Page:
    """The page for a request; never raises."""
    _drop_dead_connections()
    try:
        return _refusal(asked) if asked.refused else _page(asked)
    except Exception as error:  # noqa: BLE001  a traceback in a log would have a moment
        problems.note(places(), error)
        return _explained(error)
    finally:
        _drop_dead_connections()


def _drop_dead_connections() -> None:
    """What Django does around its own requests, which this is none of."""
    if not connection.in_atomic_block:
        close_old_connections()


def _page(asked: Asked) -> Page:
    if asked.path == "about/":
        return page("about", path="about/", **reporting.about())
    view = PAGES.get(asked.path)
    if view is None:
        return message(_("没有这一页"), _("地址可能写错了。"), status=404, again="/speak/")
    return view(asked)


def _refusal(asked: Asked) -> Page:
    status, text = {
        "method": (405, _("请从页面里填写和发送。")),
        "foreign": (403, _("这份表单不是从本页面发出的，没有保存。请重新打开匿名上报页面。")),
        "large": (413, _("照片太大，没有保存。请减少照片，或缩小后再发。")),
        "form": (400, _("没有读懂这份表单，没有保存。请返回上一页再发一次。")),
    }[asked.refused]
    return message(_("没有保存"), text, status=status, again="/speak/")


def _explained(error: Exception) -> Page:
    if isinstance(error, slots.SpoolFull):
        text = _("暂存已满，这份报告没有保存。请一小时后再发；急事请直接告诉值班领导或质控科。")
    elif isinstance(error, Expired):
        text = _("这一页打开得太久（或太快）了，没有保存。请返回上一页，复制写好的文字，再重新打开。")
    elif isinstance(error, keys.NotReady):
        text = _("匿名上报还在准备，请一分钟后再试。什么都没有保存。")
    elif isinstance(error, DatabaseError):
        text = _("暂时读不到对话，请几分钟后再试。写匿名报告不受影响。")
    else:
        text = _("没有保存：服务器上出了问题。请返回上一页再发一次。")
    return message(_("请稍后再试"), text, status=503, again="/speak/")
