"""The page of what looks too good: each with its evidence, what it may be, and what to do next."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.organisation.models import Department
from zhikong.hospital.functions.record_reviews.models import Stage
from zhikong.hospital.functions.record_reviews.queries.sampling import watching
from zhikong.hospital.functions.record_reviews.queries.sampling.frames import month_before, months_between
from zhikong.hospital.functions.record_reviews.views.sampling import common

MONTHS, RECENT = 12, 3
WIDTH, HEIGHT, BAR = 720, 160, 20


@require_GET
@needs(Permission.ASSIGN_REVIEWS)
def page(request: HttpRequest) -> HttpResponse:
    """The last twelve complete months; signing, which is many rows, of the last three."""
    last = month_before(timezone.localdate())
    months = months_between(_back(last, MONTHS - 1), last)
    told = watching.scores(months)
    codes = dict(Department.objects.values_list("pk", "code"))
    names, stages = common.names_by_code(), dict(Stage.choices)
    heaps = watching.heaps(told)
    sudden = watching.sudden_lines(months, told, codes, by=request.user)
    last_minute = watching.last_lines(months[-RECENT:], by=request.user)
    context = {
        "months": months,
        "recent": months[-RECENT:],
        "scores": len(told),
        "bars": _bars([points for *_rest, points in told]),
        "heaps": [(one, names.get(codes.get(one.department, ""), ""), stages.get(one.stage, "")) for one in heaps if one.asks],
        "heaps_tested": len(heaps),
        "sudden": [(one, names.get(one.department, one.department)) for one in sudden if one.asks],
        "sudden_tested": sum(1 for one in sudden if one.found.p is not None),
        "last_minute": [(one, names.get(one.department, one.department)) for one in last_minute if one.asks],
        "last_tested": sum(1 for one in last_minute if one.found.p is not None),
        "alarm": watching.ALARM,
        "tab": "too_good",
    }  # fmt: skip
    return render(request, "record_reviews/sampling/too_good.html", context)


def _back(month: str, count: int) -> str:
    number = int(month[:4]) * 12 + int(month[5:]) - 1 - count
    return f"{number // 12}-{number % 12 + 1:02d}"


def _bars(values: list[float]) -> list[dict]:
    """Places of the bars of a histogram, and which stand at a cut-off."""
    rows = watching.histogram(values)
    most = max((count for _n, count in rows), default=0)
    if not most:
        return []
    cutoffs = {int(one) for one in watching.CUTOFFS}
    return [
        {
            "points": points,
            "count": count,
            "x": 16 + index * 22,
            "y": HEIGHT - round(count / most * (HEIGHT - 20)),
            "height": round(count / most * (HEIGHT - 20)),
            "middle": 16 + index * 22 + BAR // 2,
            "at": points in cutoffs,
            "label": points % 5 == 0,
        }
        for index, (points, count) in enumerate(rows)
    ]
