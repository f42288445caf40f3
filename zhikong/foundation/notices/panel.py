from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.notices import queries, searching
from zhikong.web.panels import MenuEntry, Panel


def unread(request) -> int:
    """Unread notices of the reader; asked once a request."""
    if not hasattr(request, "_unread_notices"):
        request._unread_notices = queries.unread_count(user=request.user)
    return request._unread_notices


PANEL = Panel(
    menu=(
        MenuEntry(label=_("通知"), url_name="notices:list", icon="bell", order=42, badge=unread),
        MenuEntry(
            label=_("消息通道"),
            url_name="notices:channels",
            icon="send",
            order=840,
            permission=Permission.MANAGE_MESSAGES,
        ),
    ),
    search=searching.hits,
)
