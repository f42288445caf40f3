"""What learning from incidents shows of itself on pages that it does not own: counts and constant words, nothing else."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.incidents.queries.learning import clusters, counting
from zhikong.hospital.functions.incidents.queries.learning.readers import reader
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel

PERIOD = timedelta(days=90)


def home_cards(request) -> list[HomeCard]:
    """For the quality office: how many reports, how many clusters, how many changes that nobody released yet."""
    user = request.user
    if not (
        can(user, Permission.HANDLE_INCIDENTS, whole_hospital=True) and can(user, Permission.SEE_REPORTER)
    ):
        return []
    today = timezone.localdate()
    rows = [
        CardRow(
            text=_("近 90 天的报告"), url=reverse("incidents:learning"),
            note=_("%(n)d 件") % {"n": counting.reported(first=today - PERIOD, last=today)},
        )
    ]  # fmt: skip
    if (found := clusters.seen(reader(user))) and found.clusters:
        running = sum(one.running for one in found.clusters)
        rows.append(
            CardRow(
                text=_("时间上的聚集"), url=reverse("incidents:learning_clusters"), state="warn" if running else "",
                word=_("可能还在继续") if running else "", note=_("%(n)d 处") % {"n": len(found.clusters)},
            )
        )  # fmt: skip
    if waiting := counting.unreleased():
        rows.append(
            CardRow(
                text=_("办结后还没有公开改进"), url=reverse("incidents:changes"), note=_("%(n)d 件") % {"n": waiting}
            )
        )  # fmt: skip
    return [
        HomeCard(
            title=_("事件学习"),
            rows=tuple(rows),
            order=62,
            url=reverse("incidents:learning"),
            url_label=_("发生情况"),
        )
    ]


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("事件学习"), "incidents:learning", "chart-no-axes-combined", order=74,
            permission=Permission.LEARN_FROM_INCIDENTS,
        ),
        MenuEntry(gettext_lazy("您说我们改"), "incidents:changes", "message-circle-heart", order=47),
    ),
    home_cards=home_cards,
)  # fmt: skip
