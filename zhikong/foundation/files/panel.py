"""Menu entries for those who decide on files and for the administrator, and a card when something is wrong."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.files import queries
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel

ROWS = (
    ("problem", gettext_lazy("内容缺失或损坏"), "bad", gettext_lazy("需恢复")),
    ("waiting", gettext_lazy("隔离中的文件"), "warn", gettext_lazy("待扫描")),
    ("due", gettext_lazy("保存期满，待决定销毁"), "none", gettext_lazy("待处理")),
)


def home_cards(request) -> list[HomeCard]:
    """Only when there is something to decide or to repair."""
    if not can(request.user, Permission.VIEW_FILE_STORE):
        return []
    decides = can(request.user, Permission.HOLD_FILES, whole_hospital=True)
    counts, url = queries.counts(today=timezone.localdate()), reverse("files:list")
    rows = tuple(
        CardRow(text, f"{url}?show={key}", note=_("%(n)d 个") % {"n": number}, state=state, word=word)
        for key, text, state, word in ROWS
        if (number := getattr(counts, key)) and (decides or key != "due")
    )
    return [HomeCard(_("文件存储"), rows, order=70, url=url)] if rows else []


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("文件存储"),
            "files:list",
            "archive",
            order=830,
            permission=Permission.VIEW_FILE_STORE,
        ),
    ),
    home_cards=home_cards,
    keeps_house=True,
)
