"""What this part of the function shows of itself on pages that it does not own: counts and constant words only."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.scope import once
from zhikong.hospital.functions.incidents.queries.handling import inbox, running, scope
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel

OFFICES = ("quality_office", "medical_affairs", "nursing", "infection_control", "pharmacy", "equipment")
LEADERS = ("department_head", "head_nurse")


def waiting(request) -> int:
    """How many reports wait for this office."""
    return _counts(request.user)["new"] if can(request.user, Permission.HANDLE_INCIDENTS) else 0


def _counts(user) -> dict[str, int]:
    return once(f"incidents.counts.{user.pk}", lambda: inbox.counts(user))


def home_cards(request) -> list[HomeCard]:
    """How many wait and how many limits are past: numbers, nothing of a case."""
    user = request.user
    if not (can(user, Permission.HANDLE_INCIDENTS) or can(user, Permission.ANALYSE_INCIDENTS)):
        return []
    rows = [one for one in _rows(user) if one is not None]
    if not rows:
        return []
    return [
        HomeCard(
            title=_("不良事件办理"), rows=tuple(rows), order=34, url=reverse("incidents:inbox"), url_label=_("办理列表")
        )
    ]  # fmt: skip


def _rows(user):
    counts = _counts(user)
    found = running.at_work(scope.visible(user))
    late = sum(line.late for line in running.board(found, now=timezone.now()))
    yield _row(
        counts["new"], _("%(n)d 件等待受理") % {"n": counts["new"]}, "incidents:inbox", "warn", _("待受理")
    )
    yield _row(late, _("%(n)d 项已超过时限") % {"n": late}, "incidents:clocks", "bad", _("已超时"))


def _row(count: int, text: str, url: str, state: str, word: str) -> CardRow | None:
    return CardRow(text=text, url=reverse(url), state=state, word=word) if count else None


PANEL = Panel(
    menu=(
        MenuEntry(
            gettext_lazy("不良事件办理"),
            "incidents:inbox",
            "shield-alert",
            order=44,
            permission=Permission.HANDLE_INCIDENTS,
            badge=waiting,
            roles=OFFICES,
        ),
        MenuEntry(
            gettext_lazy("不良事件办理"),
            "incidents:inbox",
            "shield-alert",
            order=44,
            permission=Permission.ANALYSE_INCIDENTS,
            roles=LEADERS,
        ),
    ),
    home_cards=home_cards,
)
