from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.tasks import queries, searching
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel


def open_count(request) -> int:
    """Open tasks of the reader; asked once a request though menu and top bar both show it."""
    if not hasattr(request, "_open_tasks"):
        request._open_tasks = queries.open_count(user=request.user)
    return request._open_tasks


def home_cards(request) -> list[HomeCard]:
    """What is due for the reader, the longest overdue first."""
    from django.urls import reverse

    today = timezone.localdate()
    tasks = queries.open_tasks(user=request.user)[:6]
    return [
        HomeCard(
            title=_("我的待办"),
            rows=tuple(_row(task, today) for task in tasks),
            order=10,
            url=reverse("tasks:list"),
            url_label=_("全部 %(n)d") % {"n": open_count(request)},
            empty=_("没有待办。新的整改、审核和催办会出现在这里。"),
        )
    ]


def _row(task, today) -> CardRow:
    late = task.due_on < today
    return CardRow(
        text=task.title,
        url=task.url,
        note=task.due_on.strftime("%m-%d"),
        state="bad" if late else "",
        word=_("逾期") if late else "",
    )


PANEL = Panel(
    menu=(
        MenuEntry(
            label=gettext_lazy("我的待办"), url_name="tasks:list", icon="inbox", order=20, badge=open_count
        ),
    ),
    home_cards=home_cards,
    todo_count=open_count,
    search=searching.hits,
)
