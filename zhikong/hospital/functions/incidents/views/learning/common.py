"""What the pages of learning share."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse

from zhikong.foundation.access.permissions import Permission, can
from zhikong.hospital.functions.incidents.queries.learning.choosing import SPANS, Chosen
from zhikong.web.charts import render as draw
from zhikong.web.charts.theme import THEMES


def context_of(request: HttpRequest, asked: Chosen | None, tab: str, **more) -> dict:
    """What every page of learning has."""
    user = request.user
    handles, analyses = can(user, Permission.HANDLE_INCIDENTS), can(user, Permission.ANALYSE_INCIDENTS)
    return {
        "chosen": asked, "tab": tab, "spans": SPANS, "may_release": can(user, Permission.PUBLISH_LESSONS),
        "may_scan": can(user, Permission.HANDLE_INCIDENTS, whole_hospital=True), "may_review": handles or analyses, **more,
    }  # fmt: skip


def theme_of(request: HttpRequest) -> str:
    """?theme=light|dark; 404 for another."""
    theme = request.GET.get("theme", "light")
    if theme not in THEMES:
        raise Http404
    return theme


def picture(spec: dict | None) -> HttpResponse:
    """A drawn chart, or 404 when there is nothing to draw."""
    if spec is None:
        raise Http404
    answer = HttpResponse(draw(spec), content_type="image/svg+xml")
    answer["Cache-Control"] = "private, max-age=86400"
    return answer


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """A download with a Chinese name, which is a constant and a date."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
