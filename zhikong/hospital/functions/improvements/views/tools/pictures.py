"""A drawing as an answer to the browser."""

from django.http import Http404, HttpRequest, HttpResponse

from zhikong.hospital.functions.improvements.tools.asking import Unanswerable
from zhikong.hospital.functions.improvements.tools.showing import Shown
from zhikong.web.charts.theme import THEMES


def svg_answer(request: HttpRequest, seen: Shown) -> HttpResponse:
    """?theme=light|dark. Kept by the browser when ?v= is the picture's stamp: its address changes with its content."""
    theme = request.GET.get("theme", "light")
    if theme not in THEMES:
        raise Http404
    try:
        drawn = seen.svg(theme)
    except Unanswerable:
        raise Http404 from None
    if drawn is None:
        raise Http404
    answer = HttpResponse(drawn, content_type="image/svg+xml")
    if request.GET.get("v") == seen.stamp:
        answer["Cache-Control"] = "private, max-age=86400, immutable"
    return answer
