"""Menu entry, and the auditor's card on the home page."""

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.audit import queries
from zhikong.foundation.audit.models import AuditEvent
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel

READ, FAILED = AuditEvent.Action.READ, AuditEvent.Action.LOGIN_FAILED


def home_cards(request) -> list[HomeCard]:
    """For those whose work is the trail itself; others find it in the menu."""
    if not can(request.user, Permission.VIEW_AUDIT) or can(request.user, Permission.VIEW_INDICATORS):
        return []
    today = timezone.localdate()
    found = queries.counted(day=today)
    rows = (
        _row(_("今天查看敏感数据"), found.get(READ, 0), READ, today),
        _row(_("今天登录失败"), found.get(FAILED, 0), FAILED, today),
        _sealed(),
    )
    url = reverse("audit:list")
    return [HomeCard(_("审计记录"), rows, order=20, url=url, url_label=_("全部记录"))]


def _row(text: str, count: int, action: str, day) -> CardRow:
    """A number that leads to the events it counts."""
    url = f"{reverse('audit:list')}?since={day}&until={day}&action={action}"
    return CardRow(text, url, note=_("%(n)d 次") % {"n": count})


def _sealed() -> CardRow:
    seal = queries.last_seal()
    if seal is None:
        return CardRow(_("还没有封条"), reverse("audit:list"), state="warn", word=_("未封存"))
    moment = date_format(timezone.localtime(seal.sealed_at), "Y-m-d H:i")
    return CardRow(_("最新封条 %(n)d") % {"n": seal.number}, reverse("audit:list"), note=moment)


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("审计记录"), "audit:list", "scroll-text", order=830, permission=Permission.VIEW_AUDIT
        ),
    ),
    home_cards=home_cards,
)
