"""Issues: the list without a cap, one issue with its story and effect, judging and assigning it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from zhikong.engine.quality.model import COUNTED, Kind
from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.views_support import needs
from zhikong.hospital.functions.data_quality import actions, sheets
from zhikong.hospital.functions.data_quality.forms import AssignForm, JudgeForm
from zhikong.hospital.functions.data_quality.library import rulebook
from zhikong.hospital.functions.data_quality.models import Issue
from zhikong.hospital.functions.data_quality.queries import issues as queries
from zhikong.hospital.functions.data_quality.queries.choosing import chosen
from zhikong.hospital.functions.data_quality.queries.runs import shown_run
from zhikong.hospital.functions.data_quality.rules import REASON_WORDS, kinds_in_words, table_name

PAGE = 50
FILTERS = ("state", "kind", "table", "department", "present", "q")


@require_GET
@needs(Permission.VIEW_DATA_QUALITY)
def listed(request: HttpRequest) -> HttpResponse:
    """Every issue in the scope, the heaviest first, a page at a time."""
    filters = _filters(request)
    page = Paginator(queries.issues(filters), PAGE).get_page(request.GET.get("page"))
    run = shown_run()
    context = {
        "run": run,
        "filters": filters,
        "page": page,
        "lines": queries.shown(page.object_list),
        "states": Issue.State.choices,
        "kinds": kinds_in_words(),
        "tables": [(name, table_name(name)) for name in (run.keys if run else ())],
        "places": chosen(request, run).places if run else (),
        "may_judge": can(request.user, Permission.JUDGE_DATA_QUALITY),
    }
    return render(request, "data_quality/issues.html", context)


@require_GET
@needs(Permission.VIEW_DATA_QUALITY)
def export(request: HttpRequest) -> HttpResponse:
    """All issues that fit the filter as a workbook."""
    found = queries.shown(queries.issues(_filters(request)))
    return sheets.response(sheets.issues(found), _("数据质量问题") + ".xlsx")


@require_GET
@needs(Permission.VIEW_DATA_QUALITY)
def page(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _asked(pk))


def _page(request: HttpRequest, issue: Issue, judge_form=None, assign_form=None) -> HttpResponse:
    run = shown_run()
    (one,) = queries.shown([issue])
    effects = queries.effects(issue, run)
    may = _may(request, issue)
    context = {
        "issue": issue,
        "one": one,
        "run": run,
        "reasons": [REASON_WORDS.get(reason, reason) for reason in issue.reasons],
        "rules": _rules(issue),
        "effects": effects,
        "effect_words": queries.effect_words(issue, effects),
        "history": queries.history(issue, run) if run else [],
        "events": issue.events.select_related("by"),
        "owner_role": ROLES[one.owner_role].title,
        "may_judge": may,
        "may_indicators": can(request.user, Permission.VIEW_INDICATORS),
        "has_rows": Kind(issue.kind) in COUNTED and can(request.user, Permission.VIEW_CASES),
        "judge_form": judge_form or JudgeForm(initial={"state": issue.state, "reason": issue.reason}),
        "assign_form": assign_form or (_assign_form(issue) if may else None),
    }
    wrong = any(form is not None and form.is_bound for form in (judge_form, assign_form))
    return render(request, "data_quality/issue.html", context, status=422 if wrong else 200)


def _rules(issue: Issue) -> list[str]:
    """The rules of the pack that speak about the field, in words."""
    field = (issue.table, issue.column)
    found = [
        check.why for check in rulebook().checks if check.field == field and str(check.kind) == issue.kind
    ]
    expected = rulebook().expected.get(field)
    if issue.kind == Kind.MISSING and expected is not None and expected.text:
        found.append(_("只在符合条件的行里应有值：%(condition)s") % {"condition": expected.text})
    return found


def _may(request: HttpRequest, issue: Issue) -> bool:
    return can(
        request.user,
        Permission.JUDGE_DATA_QUALITY,
        issue.department_id,
        whole_hospital=issue.department_id is None,
    )


def _assign_form(issue: Issue, data=None) -> AssignForm:
    people = queries.possible_owners(issue, on=timezone.localdate())
    return AssignForm(data, people=people)


@require_POST
@needs(Permission.JUDGE_DATA_QUALITY)
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """State and reason of an issue."""
    issue, form = _asked(pk), JudgeForm(request.POST)
    if not form.is_valid():
        return _page(request, issue, judge_form=form)
    try:
        actions.judge(issue, by=request.user, now=timezone.now(), **form.cleaned_data)
    except ValidationError as error:
        form.add_error("reason", error)
        return _page(request, issue, judge_form=form)
    messages.success(request, _("已记录。"))
    return redirect("data_quality:issue", pk=pk)


@require_POST
@needs(Permission.JUDGE_DATA_QUALITY)
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Make somebody responsible; it becomes a task."""
    issue = _asked(pk)
    form = _assign_form(issue, request.POST)
    if not form.is_valid():
        return _page(request, issue, assign_form=form)
    owners = {person.pk: person for person in queries.possible_owners(issue, on=timezone.localdate())}
    (one,) = queries.shown([issue])
    try:
        actions.assign(
            issue,
            by=request.user,
            now=timezone.now(),
            owner=owners[form.cleaned_data["owner"]],
            due_on=form.cleaned_data["due_on"],
            title=one.sentence,
        )
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, issue, assign_form=form)
    messages.success(request, _("已指派，对方会收到待办。"))
    return redirect("data_quality:issue", pk=pk)


def _asked(pk: int) -> Issue:
    return get_object_or_404(Issue.objects.select_related("owner", "judged_by", "first_run"), pk=pk)


def _filters(request: HttpRequest) -> dict[str, str]:
    """Without a word about presence, what the newest run still found."""
    filters = {name: request.GET.get(name, "") for name in FILTERS}
    if "present" not in request.GET:
        filters["present"] = "1"
    return filters
