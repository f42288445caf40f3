"""What the data sources show on pages that they do not own: a menu entry, and the data's quality on the home page."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.datasources import queries
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel


def home_cards(request) -> list[HomeCard]:
    """Until when the data reach, and what the last delivery set aside; for those who manage data."""
    if not can(request.user, Permission.MANAGE_DATA):
        return []
    fresh = queries.freshness(today=queries.local_today())
    return [
        HomeCard(
            title=_("数据质量"),
            rows=tuple(_rows(fresh)),
            order=70,
            url=reverse("datasources:list"),
            url_label=_("数据来源"),
            empty=_("还没有数据。请先导入病案首页。"),
        )
    ]


def _rows(fresh: queries.Freshness) -> list[CardRow]:
    rows = []
    if fresh.until is not None:
        late = fresh.months_behind > 1
        word = _("未更新") if late else _("正常")
        text = _("数据截至 %(month)s") % {"month": fresh.until}
        rows.append(
            CardRow(text=text, url=reverse("datasources:list"), state="warn" if late else "ok", word=word)
        )
    load = fresh.last_load
    if load is not None:
        faulty = load.counts.get("faulty", 0)
        bad = load.state in ("refused", "failed", "interrupted")
        rows.append(
            CardRow(
                text=load.source_name,
                url=reverse("datasources:load", args=[load.pk]),
                note=_("隔离 %(n)d 行") % {"n": faulty} if faulty else "",
                state="bad" if bad else "warn" if faulty else "ok",
                word=load.get_state_display(),
            )
        )
    return rows


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("数据来源"),
            "datasources:list",
            "database",
            order=90,
            permission=Permission.MANAGE_DATA,
        ),
    ),
    home_cards=home_cards,
    keeps_house=True,
)
