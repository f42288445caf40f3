"""What this part of the function shows of itself on pages that it does not own."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.improvements.models.projects import Project
from zhikong.hospital.functions.improvements.queries.projects import register, suggestions
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel, SearchHit

MOST = 5


def home_cards(request) -> list[HomeCard]:
    """For who judges: what waits for an answer and what is late; for who works: the own open projects."""
    user = request.user
    may_judge, may_run = can(user, Permission.JUDGE_IMPROVEMENTS), can(user, Permission.RUN_IMPROVEMENTS)
    if not may_judge and not may_run:
        return []
    going = list(
        register.projects(state="open")
    )  # the home page asks once: both kinds of rows come from these
    rows = [*(_waiting(going) if may_judge else ()), *(_own(user, going) if may_run else ())]
    if not rows:
        return []
    url = reverse("improvements:projects")
    return [HomeCard(title=_("改进项目"), rows=tuple(rows[:MOST]), order=62, url=url, url_label=_("全部"))]


def _waiting(going: list[Project]) -> list[CardRow]:
    url, today, rows = reverse("improvements:projects"), timezone.localdate(), []
    if count := sum(one.state == Project.State.PROPOSED for one in going):
        text = _("%(n)d 个项目等待立项审批") % {"n": count}
        rows.append(CardRow(text=text, url=f"{url}?state=proposed", state="warn", word=_("待审批")))
    if late := sum(one.is_overdue(today) for one in going):
        text = _("%(n)d 个改进项目已逾期") % {"n": late}
        rows.append(CardRow(text=text, url=f"{url}?state=overdue", state="bad", word=_("逾期")))
    if open_ones := suggestions.waiting():
        text = _("%(n)d 条员工建议等待答复") % {"n": open_ones}
        rows.append(
            CardRow(
                text=text,
                url=reverse("improvements:suggestions") + "?state=open",
                state="warn",
                word=_("待答复"),
            )
        )
    return rows


def _own(user, going: list[Project]) -> list[CardRow]:
    today, rows = timezone.localdate(), []
    for one in [project for project in going if project.leader_id == user.pk][:MOST]:
        late = one.is_overdue(today)
        word = _("逾期") if late else one.get_state_display()
        url = reverse("improvements:project", args=[one.pk])
        rows.append(
            CardRow(text=one.title, url=url, state="bad" if late else "ok", word=word, note=str(one.ends_on))
        )
    return rows


def search(request, text: str) -> list[SearchHit]:
    """Projects by title, number or circle."""
    if not can(request.user, Permission.VIEW_IMPROVEMENTS):
        return []
    return [
        SearchHit(
            one.title, reverse("improvements:project", args=[one.pk]), _("改进项目"), f"{one.number} {one.department_name}",
            timezone.localdate(one.proposed_at),
        )
        for one in register.projects(text=text).exclude(state=Project.State.DECLINED)[:MOST]
    ]  # fmt: skip


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("改进项目"), "improvements:projects", "target", order=57, permission=Permission.VIEW_IMPROVEMENTS
        ),
        MenuEntry(gettext_lazy("员工建议"), "improvements:suggestions", "lightbulb", order=59),
    ),
    home_cards=home_cards,
    search=search,
)  # fmt: skip
