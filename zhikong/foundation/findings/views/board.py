"""The board of all corrective action, its workbook, and one person's share."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from zhikong.foundation.access.models import User
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.findings import queries, rules
from zhikong.foundation.findings.countable import KINDS
from zhikong.foundation.findings.workbook import XLSX, of_board

STEPS = {
    "answer": gettext_lazy("科室答复"),
    "accept": gettext_lazy("职能部门受理"),
    "correct": gettext_lazy("落实整改"),
    "verify": gettext_lazy("核实"),
    "close": gettext_lazy("关闭"),
    "total": gettext_lazy("从提出到关闭"),
}
WINDOWS = (3, 6, 12, 24)
MOST_ROWS = 5000


def _chosen(request) -> dict:
    """What the address asks for; anything that makes no sense is left out."""
    query = request.GET
    months = int(query["months"]) if query.get("months", "").isdigit() else 12
    department = query.get("department", "")
    return {
        "months": months if months in WINDOWS else 12,
        "department_id": int(department) if department.isdigit() else None,
        "source": query.get("source", "")[:32],
        "severity": query.get("severity", "") if query.get("severity") in set(rules.Severity) else "",
    }


@login_required
@needs(Permission.VIEW_INDICATORS)
@require_GET
def board(request):
    """Overdue, ageing, lead time, effectiveness and recurrence, with the way down to the findings."""
    today, chosen = timezone.localdate(), _chosen(request)
    made = queries.board(today=today, **chosen)
    left = list(queries.left_behind(on=today)[:20])
    context = {
        "board": made,
        "chosen": chosen,
        "windows": WINDOWS,
        "departments": queries.departments_with_findings(),
        "severities": rules.SEVERITY_NAMES.items(),
        "sources": [(line, KINDS.get(line.key, line.key)) for line in made.sources],
        "times": [(name, made.times[step]) for step, name in STEPS.items()],
        "oldest": max((age.open for age in made.ages), default=0) or 1,
        "left": left,
        "groups": _groups(made),
        "today": today,
    }
    return render(request, "findings/board.html", context)


def _groups(made) -> list[tuple]:
    """(heading, parameter of the list, lines with their words) of each breakdown."""
    return [
        (_("按科室"), "department", made.departments, {}),
        (_("按来源"), "source", made.sources, KINDS),
        (_("按程度"), "severity", made.severities, {}),
        (_("按月"), "month", made.months, {}),
    ]


@login_required
@needs(Permission.VIEW_INDICATORS)
@require_GET
def workbook(request):
    """The board as Excel, with every finding behind it."""
    today, chosen = timezone.localdate(), _chosen(request)
    made = queries.board(today=today, **chosen)
    rows = queries.findings(
        today=today, show="all", department_id=chosen["department_id"], source=chosen["source"], severity=chosen["severity"],
    ).filter(raised_at__date__gte=made.since)[:MOST_ROWS]  # fmt: skip
    names, steps = {k: str(v) for k, v in KINDS.items()}, {k: str(v) for k, v in STEPS.items()}
    data = of_board(made, rows, names=names, steps=steps, by=request.user, now=timezone.now())
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="findings-{today}.xlsx"'
    return response


@login_required
@require_GET
def person(request, pk: int):
    """What one person owns, carries out and answers for, as far as the reader sees it."""
    user = get_object_or_404(
        User.objects.select_related("person"), pk=pk, institution_id=request.scope.institution_id
    )
    context = {
        "person": user,
        "share": queries.share_of(user, today=timezone.localdate()),
        "today": timezone.localdate(),
        "may_see_accountable": user == request.user or can(request.user, Permission.VERIFY_FINDING),
    }
    return render(request, "findings/person.html", context)
