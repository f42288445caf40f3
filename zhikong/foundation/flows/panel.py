from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.flows import queries
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel, SearchHit


def home_cards(request) -> list[HomeCard]:
    """Cases in scope that are late, the longest first; no card where nothing is late."""
    late = queries.cases(show="overdue", now=timezone.now())[:5]
    rows = tuple(
        CardRow(
            text=str(case),
            url=reverse("flows:case", args=[case.pk]),
            note=f"{case.state_title} · {case.due_on:%m-%d}",
            state="bad",
            word=_("逾期"),
        )
        for case in late
    )
    return [HomeCard(title=_("逾期案件"), rows=rows, order=35, url=reverse("flows:list"))] if rows else []


MOST = 6  # one more than is shown: then the page says that there is more


def hits(request, q: str) -> list[SearchHit]:
    """Cases that the reader may see, by number or subject, the newest first."""
    return [
        SearchHit(
            title=str(case),
            url=reverse("flows:case", args=[case.pk]),
            kind=_("案件"),
            note=" · ".join(part for part in (case.department_name, case.state_title) if part),
            at=case.opened_at,
        )
        for case in queries.cases(show="all", text=q)[:MOST]
    ]


PANEL = Panel(
    menu=(MenuEntry(label=gettext_lazy("流程办理"), url_name="flows:list", icon="route", order=45),),
    home_cards=home_cards,
    search=hits,
)
