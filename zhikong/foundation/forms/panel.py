"""What forms show of themselves elsewhere."""

from django.utils.translation import gettext_lazy as _

from zhikong.foundation.forms import queries
from zhikong.web.panels import MenuEntry, Panel


def _returned(request) -> int:
    """Sheets of mine that came back: they wait for me."""
    return queries.my_open_sheets(request.user).filter(state="returned").count()


PANEL = Panel(menu=(MenuEntry(_("表单填写"), "forms:list", "clipboard-list", order=45, badge=_returned),))
