"""What administrators see of the installation itself on their home page: jobs, disk, backups."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.site import home
from zhikong.site.backup import queries, state
from zhikong.site.doctor.backups import OLD, VERIFIED_WITHIN, VERY_OLD
from zhikong.site.monitoring import readiness
from zhikong.web.panels import CardRow, HomeCard, Panel

GB = 10**9


def home_cards(request: HttpRequest) -> list[HomeCard]:
    """One card for those who look after the server; the doctor tells more."""
    if not can(request.user, Permission.MANAGE_FILES):
        return []
    rows = (*_service(timezone.now()), *_backups(timezone.now()))
    guide = reverse("help:index")
    return [HomeCard(_("系统运行"), rows, order=5, url=guide, url_label=_("管理员手册"))]


def _service(now: datetime) -> Iterator[CardRow]:
    if readiness.worker_was_seen(now=now):
        yield CardRow(_("后台任务在运行"), state="ok", word=_("正常"))
    else:
        detail = _("催办、计算和导入都停着。请在服务器上运行 zhikong doctor。")
        yield CardRow(_("后台任务没有在运行"), state="bad", word=_("需处理"), detail=detail)
    room = _("数据盘还有 %(gb)s GB") % {"gb": f"{readiness.free_bytes() / GB:.0f}"}
    if readiness.has_room():
        yield CardRow(room, state="ok", word=_("正常"))
    else:
        detail = _("空间不足，已停止接收文件。请清理或扩容。")
        yield CardRow(room, state="bad", word=_("需处理"), detail=detail)


def _backups(now: datetime) -> Iterator[CardRow]:
    """Nothing for the demonstration and the training hospital, whose data are made again by one command."""
    if home.is_demo() or settings.TRAINING:
        return
    taken, proved = queries.last()
    yield _taken(taken, now)
    if taken:
        yield _proved(proved, now)


def _taken(taken: datetime | None, now: datetime) -> CardRow:
    last = state.read().get("last")
    why = _("最近一次没有成功：%(why)s") % {"why": last["reason"]} if last and not last["ok"] else ""
    if taken is None:
        how = _("请在服务器上设定备份位置并运行 zhikong backup。")
        return CardRow(_("还没有任何可用的备份"), state="bad", word=_("需处理"), detail=why or how)
    text = _("最新的备份：%(when)s") % {"when": _moment(taken)}
    if why or now - taken > OLD:
        level = "bad" if now - taken > VERY_OLD else "warn"
        return CardRow(text, state=level, word=_("需处理"), detail=why or _("例行备份应每晚一次。"))
    return CardRow(text, state="ok", word=_("正常"))


def _proved(proved: datetime | None, now: datetime) -> CardRow:
    how = _("请在服务器上运行 zhikong backup --verify。")
    if proved is None:
        return CardRow(_("备份还没有做过恢复验证"), state="warn", word=_("注意"), detail=how)
    text = _("上次恢复验证：%(when)s") % {"when": _moment(proved)}
    if now - proved > VERIFIED_WITHIN:
        return CardRow(text, state="warn", word=_("注意"), detail=how)
    return CardRow(text, state="ok", word=_("正常"))


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


PANEL = Panel(home_cards=home_cards, keeps_house=True)
