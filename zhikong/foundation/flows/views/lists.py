"""The flows with their pictures; the register of one flow's cases with filters, a new case, and the export."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.files.forms import settle
from zhikong.foundation.flows import actions, figures, kind, library, queries, rules, sheets, workbook
from zhikong.foundation.flows.forms import PURPOSE, CaseFilter, OpenForm
from zhikong.foundation.flows.views import asking
from zhikong.foundation.forms.actions import Incomplete
from zhikong.foundation.organisation.queries import departments

PLACES = ("clinical", "medtech", "functional")


@login_required
@require_GET
def flow_list(request):
    """Every flow in force with its purpose and how many cases are open."""
    today, counts = timezone.localdate(), queries.open_by_flow()
    rows = [
        kind.picture_context(found.obj, prefix="list")
        | {"open": counts.get(found.id, 0), "may_open": _may_open(request, found.obj)}
        for found in library.in_force(on=today)
    ]
    editor = can(request.user, Permission.EDIT_DEFINITIONS)
    return render(request, "flows/list.html", {"rows": rows, "editor": editor})


def find(flow_id: str):
    """The flow in force (or of its newest case, when it is in force no more), or 404."""
    found = library.flow_in_force(flow_id, on=timezone.localdate())
    if found is None:
        raise Http404(_("没有这个流程。"))
    return found


def _may_open(request, flow) -> bool:
    today = timezone.localdate()
    return rules.may_open(flow, rules.Person(request.user.pk, queries.roles_anywhere(request.user, today)))


def _filter(request, flow) -> tuple[CaseFilter, dict]:
    states = [(state.id, state.title) for state in flow.states]
    form = CaseFilter(request.GET, states=states, departments=_named_departments())
    chosen = form.cleaned_data if form.is_valid() else {}
    return form, {
        "show": chosen.get("show") or "open",
        "state": chosen.get("state") or "",
        "department_id": chosen.get("department"),
        "text": chosen.get("q", ""),
    }


def _named_departments() -> list[tuple[int, str]]:
    return [(d.id, d.name) for d in departments(on=timezone.localdate(), kinds=PLACES)]


@login_required
@require_GET
def register(request, flow_id: str):
    """The cases of one flow: with the panel's menu entry this page is a whole small function."""
    found, now = find(flow_id), timezone.now()
    flow = found.obj
    form, chosen = _filter(request, flow)
    rows = queries.cases(flow_id=flow_id, owner=request.user, now=now, **chosen)
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    context = {
        "flow": flow,
        "form": form,
        "page": page,
        "rows": [(case, case.is_open and case.due_at is not None and case.due_at <= now) for case in page],
        "show": chosen["show"],
        "narrowed": any(chosen[key] for key in ("state", "department_id", "text")),
        "cards": _cards(request, flow_id, chosen["show"], now),
        "year": figures.year(flow_id=flow_id, year=timezone.localdate(now).year),
        "may_open": _may_open(request, flow),
        "may_migrate": _may_migrate(request, found),
        "query": request.GET.urlencode(),
    }
    return render(request, "flows/register.html", context)


def _cards(request, flow_id: str, show: str, now) -> list[dict]:
    counts = queries.counts(flow_id=flow_id, user=request.user, now=now)
    named = (("open", _("未办结")), ("mine", _("轮到我")), ("overdue", _("逾期")), ("closed", _("已办结")))
    return [
        {"key": key, "label": label, "count": getattr(counts, key), "active": key == show, "bad": key == "overdue"}
        for key, label in named
    ]  # fmt: skip


def _may_migrate(request, found) -> bool:
    if not can(request.user, Permission.EDIT_DEFINITIONS, whole_hospital=True):
        return False
    return queries.open_on_other_versions(found.id, found.hash) > 0


@login_required
@require_GET
def picture(request, flow_id: str):
    """The flow drawn and told, for whoever reviews it or wants to know what comes next."""
    found = find(flow_id)
    context = kind.picture_context(found.obj) | {
        "found": found,
        "open_cases": queries.open_by_state(flow_id),
        "editor": can(request.user, Permission.EDIT_DEFINITIONS),
    }
    return render(request, "flows/picture.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def open_case(request, flow_id: str):
    """A new case: what it is about, which department, and the flow's opening form if it has one."""
    flow = find(flow_id).obj
    form = OpenForm(
        request.POST or None, request.FILES or None, departments=_named_departments(), initial=_initial(request),
        needs_department=_needs_department(flow),
    )  # fmt: skip
    asked = asking.Asked.of(flow.opens_form, request, url=request.path, source_key=flow.id)
    sent = request.method == "POST" and asking.REDRAW not in request.POST
    if sent and form.is_valid() and asked.is_complete(form):
        try:
            with transaction.atomic():
                case = _open(request, flow, form.cleaned_data, asked)
        except Incomplete as error:
            asked.show_errors(error.errors)
            form.add_error(None, error)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("已新建：%(number)s。") % {"number": case.number})
            return redirect("flows:case", case.pk)
    allowed = _may_open(request, flow)
    context = {"flow": flow, "form": form, "asked": asked, "allowed": allowed}
    return render(request, "flows/open.html", context, status=200 if allowed else 403)


def _initial(request) -> dict:
    """The person's own department, when there is only one (its wards, which the scope holds too, are no places)."""
    scope = request.scope
    own = [] if scope.whole_hospital else [pk for pk, _name in _named_departments() if scope.covers(pk)]
    return {"department": own[0] if len(own) == 1 else None}


def _needs_department(flow) -> bool:
    owners = [state.owner for state in flow.states if state.owner is not None]
    owners += [rung.to for state in flow.states for rung in state.escalate]
    return any(owner.department for owner in owners)


def _open(request, flow, values: dict, asked):
    now = timezone.now()
    files = settle(
        values["files"], by=request.user, now=now, department_id=asking.files_department(request, values["department"]),
        purpose=PURPOSE,
    ) if values["files"] else []  # fmt: skip
    return actions.open_case(
        by=request.user,
        now=now,
        flow_id=flow.id,
        title=values["title"],
        department_id=values["department"],
        answers=asked.answers,
        sheet=asked.sheet,
        files=files,
    )


@login_required
@require_POST
def opening_sheet(request, flow_id: str):
    """Fill the opening form on its own page; the case is opened afterwards."""
    flow = find(flow_id).obj
    if not flow.opens_form or not _may_open(request, flow):
        raise Http404
    found = sheets.begun(flow.opens_form, user=request.user, case_id=None, source_key=flow.id)
    if found is None or found.state not in sheets.EDITABLE:
        found = sheets.begin(
            by=request.user, now=timezone.now(), form_id=flow.opens_form, case_id=None, source_key=flow.id,
            department_id=_initial(request)["department"], confidential=flow.confidential,
        )  # fmt: skip
    return redirect("forms:fill", found.pk)


@login_required
@require_GET
def export(request, flow_id: str):
    """The rows of the register as a workbook, with the same filters."""
    flow = find(flow_id).obj
    _form, chosen = _filter(request, flow)
    rows = queries.cases(flow_id=flow_id, owner=request.user, now=timezone.now(), **chosen)
    answer = HttpResponse(workbook.of_cases(flow, rows[:20_000]), content_type=workbook.XLSX)
    answer["Content-Disposition"] = workbook.disposition(f"{flow.title}-{timezone.localdate()}.xlsx")
    return answer
