"""Menu entry, and the alert about incomplete QC groups on the home page (ORG-06)."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.organisation import rosters
from zhikong.web.panels import CardRow, HomeCard, MenuEntry, Panel

SHOWN = 5


def home_cards(request):
    """The quality office sees every incomplete group, a department's people their own."""
    scope = getattr(request, "scope", None)
    if scope is None or not _concerned(request):
        return []
    own = None if scope.whole_hospital else scope.departments
    found = rosters.incomplete_groups(on=timezone.localdate(), departments=own)
    if not found:
        return []
    rows = tuple(_row(group) for group in found[:SHOWN])
    return [
        HomeCard(
            _("质控小组不完整"), rows, order=70, url=reverse("organisation:list"), url_label=_("组织机构")
        )
    ]


def _concerned(request) -> bool:
    return can(request.user, Permission.MANAGE_ORGANISATION) or can(request.user, Permission.APPROVE_FINDING)


def _row(group) -> CardRow:
    url = reverse("organisation:department", args=[group.body.department_id])
    return CardRow(group.body.name, url, state="warn", word=_("不完整"), detail="；".join(group.problems))


PANEL = Panel(
    menu=(MenuEntry(_("组织机构"), "organisation:list", "network", order=800),),
    home_cards=home_cards,
    keeps_house=True,
)
