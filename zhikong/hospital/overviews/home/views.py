"""Where everybody lands: what is due, what is off target, what changed; within the scope of the role."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.indicators.cards import data_until, standing
from zhikong.hospital.functions.indicators.months import spoken
from zhikong.hospital.overviews.home import queries, sentences
from zhikong.hospital.overviews.home.jobs_of_roles import jobs_for

CALLERS = {"hospital_leader"}
KEEPING = (
    Permission.MANAGE_ORGANISATION,
    Permission.APPROVE_FINDING,  # a head's own QC group
    Permission.MANAGE_DATA,
    Permission.VIEW_FILE_STORE,
)
"""Who has cards about the system itself: they are asked for after the page stands."""


@login_required
def index(request: HttpRequest) -> HttpResponse:
    here = standing(request) if can(request.user, Permission.VIEW_INDICATORS) else None
    roles = [grant.role for grant in request.user.grants()]
    context = {
        "here": here,
        "roles": roles,
        "place": here.name_of(here.place) if here else "",
        "data_until": data_until(here) if here else "",
        "keeps_house": any(can(request.user, permission) for permission in KEEPING),
        "jobs": jobs_for(request.user, here.month if here else None),
        **(_story(request, here) if here else {}),
    }
    return render(request, "home/index.html", context)


@login_required
def later(request: HttpRequest) -> HttpResponse:
    """The cards about the system: a piece of the home page, or a page of its own without script."""
    return render(request, "home/later.html", {"frame": "home/piece.html" if request.htmx else "base.html"})


def _story(request: HttpRequest, here) -> dict:
    """The three sentences; the call is for those who lead the hospital."""
    now = timezone.now()
    found = queries.acting(today=timezone.localdate(now))
    place = here.name_of(here.place)
    judged = len(here.overview.judged)
    leads = any(grant.role.code in CALLERS for grant in request.user.grants())
    return {
        "sentences": [
            sentences.wrong(place, f" {spoken(here.month)}", judged, queries.off(here)),
            sentences.acting(found),
            sentences.changed(queries.moves(here, now=now)),
        ],
        "call": sentences.call(found, queries.unattended(here)) if leads else None,
        "headline": _("今天要知道的"),
    }
