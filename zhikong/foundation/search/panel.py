"""Departments and people among the hits; the page itself hangs in the top bar, not in the menu."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.organisation.queries import names
from zhikong.foundation.search import queries
from zhikong.web.panels import Panel, SearchHit

MOST = 6  # one more than is shown: then the page says that there is more


def hits(request, q: str) -> Iterable[SearchHit]:
    today = timezone.localdate()
    for version in queries.departments_named(q, on=today, most=MOST):
        url = reverse("organisation:department", args=[version.department_id])
        yield SearchHit(version.name, url, _("科室"), note=version.get_kind_display())
    people = queries.people_named(q, on=today, most=MOST)
    named = names(on=today) if people else {}
    for person in people:
        yield SearchHit(person.name, _address(person), _("人员"), note=_posts(person, named))


def _address(person) -> str:
    """The page of the person's department; the list of the house for who has no post."""
    place = next((post.department_id for post in person.posts if post.department_id), None)
    return reverse("organisation:department", args=[place]) if place else reverse("organisation:list")


def _posts(person, named: dict[int, str]) -> str:
    return "；".join(
        f"{named.get(p.department_id, '')} {p.get_post_display()}".strip() for p in person.posts[:2]
    )


PANEL = Panel(search=hits)
