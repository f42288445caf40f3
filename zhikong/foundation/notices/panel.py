from django.utils.translation import gettext_lazy as _

from zhikong.foundation.notices import queries
from zhikong.web.panels import MenuEntry, Panel

PANEL = Panel(
    menu=(
        MenuEntry(
            label=_("通知"),
            url_name="notices:list",
            icon="bell",
            order=60,
            badge=lambda request: queries.unread_count(user=request.user),
        ),
    ),
)
