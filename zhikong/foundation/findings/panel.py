from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.findings import queries, searching
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel


def home_cards(request) -> list[HomeCard]:
    """Overdue findings in scope, the latest first to have been due; not for who only runs or audits the system."""
    if not can(request.user, Permission.VIEW_INDICATORS):
        return []
    today = timezone.localdate()
    late = queries.overdue_findings(today=today)
    rows = tuple(
        CardRow(
            text=finding.title,
            url=reverse("findings:detail", args=[finding.pk]),
            note=f"{finding.department_name} · {finding.due_on:%m-%d}",
            state="bad",
            word=_("逾期"),
        )
        for finding in late[:5]
    )
    card = HomeCard(
        title=_("逾期整改"),
        rows=rows,
        order=30,
        url=reverse("findings:list") + "?show=overdue",
        url_label=_("全部 %(n)d") % {"n": len(rows) if len(rows) < 5 else late.count()},
        empty=_("没有逾期的整改。"),
    )
    return [card]


PANEL = Panel(
    menu=(
        MenuEntry(label=gettext_lazy("问题整改"), url_name="findings:list", icon="clipboard-check", order=40),
    ),
    home_cards=home_cards,
    search=searching.hits,
)
