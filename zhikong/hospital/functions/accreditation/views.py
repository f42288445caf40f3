"""Reviews, one review's tree and results, one clause, mock surveys, exports."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from openpyxl import load_workbook

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.files import queries as files
from zhikong.foundation.files.forms import settle
from zhikong.foundation.organisation.queries import departments, institution, names
from zhikong.hospital.functions.accreditation import actions, documents, forms, queries, rules
from zhikong.hospital.functions.accreditation.models import Evidence, Look, Review
from zhikong.web.paper import WORD

SHOWS = {"": "全部", "open": "未自评", "check": "待核查", "gap": "差距", "core": "核心条款"}
MOST_ROWS, MOST_BYTES = 5000, 5_000_000


def _look(user) -> bool:
    """May look; gives whether the user keeps accreditation."""
    keeps = can(user, Permission.KEEP_ACCREDITATION)
    if not keeps and not can(user, Permission.RATE_ACCREDITATION):
        raise PermissionDenied(_("您没有权限：查看等级评审。"))
    return keeps


def _found(thing):
    if thing is None:
        raise Http404
    return thing


def _try(request: HttpRequest, form, act) -> bool:
    """Run an act; what it objects to stands in the form."""
    try:
        with transaction.atomic():
            act()
    except ValidationError as problem:
        form.add_error(None, problem)
        return False
    messages.success(request, _("已保存。"))
    return True


@login_required
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """All reviews; begin one from a standard or from the hospital's own table."""
    keeps, today = _look(request.user), timezone.localdate()
    own = request.method == "POST" and "own-title" in request.POST
    data = request.POST if request.method == "POST" else None
    start = {"year": today.year}
    begin = forms.BeginForm(
        None if own else data, standards=queries.standards(on=today), prefix="new", initial=start
    )
    table = forms.ImportForm(
        data if own else None, request.FILES if own else None, prefix="own", initial=start
    )
    form = table if own else begin
    if data is not None and form.is_valid():
        try:
            made = _begin(request, dict(form.cleaned_data), own)
            return redirect("accreditation:review", made.pk)
        except ValidationError as problem:
            form.add_error(None, problem)
    context = {"reviews": queries.reviews(), "keeps": keeps, "begin": begin, "table": table, "own": own}
    return render(request, "accreditation/list.html", context, status=422 if form.errors else 200)


def _begin(request: HttpRequest, told: dict, own: bool) -> Review:
    now = timezone.now()
    if not own:
        standard = told.pop("standard")
        return actions.begin(by=request.user, now=now, standard_id=standard, **told)
    require(request.user, Permission.KEEP_ACCREDITATION)
    upload = told.pop("file")
    rows, source = _rows(upload), _("本院导入：%(n)s") % {"n": upload.name}
    return actions.begin_from_table(by=request.user, now=now, rows=rows, source=source, **told)


def _rows(upload) -> list[tuple]:
    """The cells of the first sheet; a file that is no Excel is refused in words."""
    if upload.size > MOST_BYTES:
        raise ValidationError(_("文件太大，标准表格不应超过 5 MB。"))
    try:
        sheet = load_workbook(upload, read_only=True, data_only=True).worksheets[0]
        rows = [
            row
            for _n, row in zip(
                range(MOST_ROWS + 1), sheet.iter_rows(values_only=True, max_col=20), strict=False
            )
        ]
    except Exception as error:  # openpyxl raises whatever the broken file makes it raise
        raise ValidationError(_("这不是能读的 Excel 文件（.xlsx）。")) from error
    if len(rows) > MOST_ROWS:
        raise ValidationError(_("标准表格最多 %(n)d 行。") % {"n": MOST_ROWS})
    return rows


@login_required
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """One review: results by chapter, its tree, who answers, mock surveys."""
    keeps, today = _look(request.user), timezone.localdate()
    found = _found(queries.review(pk))
    what = request.POST.get("what", "")
    give = forms.GiveForm(
        request.POST if what == "give" else None, departments=departments(on=today), prefix="give"
    )
    survey = forms.SurveyForm(
        request.POST if what == "survey" else None, prefix="survey", initial={"on": today}
    )
    if what and _acted(request, found, what, {"give": give, "survey": survey}):
        return redirect("accreditation:review", pk)
    show = request.GET.get("show", "")
    show, called = show if show in SHOWS else "", names(on=today)
    rows = queries.tree(found, chapter=request.GET.get("chapter", ""), show=show)
    for one in rows:
        one.place = called.get(one.department_id, "")
    chapters, total, core = queries.results(found)
    context = {
        "review": found, "rows": rows, "show": show, "shows": SHOWS.items(), "keeps": keeps, "give": give,
        "survey": survey, "tallies": [*chapters, total, core], "ratings": rules.RATINGS,
        "surveys": found.surveys.all(), "open": found.closed_at is None,
    }  # fmt: skip
    return render(request, "accreditation/review.html", context, status=422 if what else 200)


def _acted(request: HttpRequest, found: Review, what: str, forms_of: dict) -> bool:
    now, by = timezone.now(), request.user
    if what == "close":
        try:
            actions.close(found, by=by, now=now)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
        return True
    form = forms_of.get(what)
    if form is None or not form.is_valid():
        return False
    told = form.cleaned_data
    if what == "survey":
        return _try(request, form, lambda: actions.begin_survey(found, by=by, now=now, **told))
    codes = told["codes"].replace("，", " ").replace(",", " ").split()
    return _try(
        request, form,
        lambda: actions.give_to(found, by=by, now=now, codes=codes, department_id=told["department"]),
    )  # fmt: skip


@login_required
@require_http_methods(["GET", "POST"])
def clause(request: HttpRequest, pk: int) -> HttpResponse:
    """One clause: what is asked, own and checked rating, evidence, gaps, story."""
    keeps, today, found = _look(request.user), timezone.localdate(), _found(queries.clause(pk))
    what = request.POST.get("what", "") if request.method == "POST" else ""
    made = _clause_forms(request, found, what, today)
    if what:
        form = made.get(what)
        if form is None:
            raise Http404
        if form.is_valid() and _try(
            request, form, lambda: _do(request, found, what, dict(form.cleaned_data))
        ):
            return redirect("accreditation:clause", pk)
    shown = queries.evidence(found, today=today)
    for one in shown:
        one.row.attached = files.files(one.row.file_ids)
    mine = keeps or (
        found.department_id is not None
        and can(request.user, Permission.RATE_ACCREDITATION, found.department_id)
    )
    words = request.GET.get("q", "")
    context = {
        "clause": found, "forms": made, "failed": what, "keeps": keeps, "mine": mine, "shown": shown,
        "place": names(on=today).get(found.department_id, ""), "gaps": queries.gaps([found.pk]),
        "events": found.events.select_related("by"), "open": found.review.closed_at is None, "words": words,
        "candidates": queries.candidates(today=today, words=words) if "q" in request.GET and mine else None,
        "points": [(one, found.points.get(one, [])) for one in rules.RATINGS if found.points.get(one)],
    }  # fmt: skip
    return render(request, "accreditation/clause.html", context, status=422 if what else 200)


def _clause_forms(request: HttpRequest, found, what: str, today) -> dict:
    kinds = {
        "rate": (forms.RateForm, {"rating": found.rating, "reason": found.reason}),
        "check": (forms.CheckForm, {"rating": found.checked or found.rating}),
        "reopen": (forms.ReasonForm, None),
        "gap": (forms.GapForm, {"detail": found.check_reason or found.reason}),
        "evidence": (forms.EvidenceForm, {"dated_on": today}),
    }
    made = {}
    for name, (kind, initial) in kinds.items():
        bound = (request.POST, request.FILES) if what == name else (None, None)
        made[name] = kind(*bound, prefix=name, initial=initial)
    made["evidence"].fields["files"].for_department(found.department_id)
    return made


def _do(request: HttpRequest, found, what: str, told: dict) -> None:
    common = {"by": request.user, "now": timezone.now()}
    if what == "evidence":
        told["attached"] = settle(
            told.pop("files"), **common, department_id=found.department_id, purpose=forms.PURPOSE,
            retention=forms.RETENTION,
        )  # fmt: skip
    doing = {
        "rate": actions.rate, "check": actions.check, "reopen": actions.reopen, "gap": actions.raise_gap,
        "evidence": actions.add_evidence,
    }  # fmt: skip
    doing[what](found, **common, **told)


@login_required
@require_POST
def link(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a thing of the system as evidence; it is looked up again, so that only what is in scope can be linked."""
    _look(request.user)
    found, today = _found(queries.clause(pk)), timezone.localdate()
    wanted = (request.POST.get("kind", ""), request.POST.get("key", ""))
    offered = queries.candidates(today=today, words=request.POST.get("q", ""))
    one = _found(next((one for one in offered if (one.kind, one.key) == wanted), None))
    try:
        actions.add_evidence(
            found, by=request.user, now=timezone.now(), title=one.title, dated_on=one.dated_on, kind=one.kind,
            key=one.key, url=one.url,
        )  # fmt: skip
        messages.success(request, _("已关联证据。"))
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    return redirect("accreditation:clause", pk)


@login_required
@require_POST
def unlink(request: HttpRequest, pk: int) -> HttpResponse:
    """Take evidence away."""
    _look(request.user)
    one = get_object_or_404(Evidence, pk=pk, removed_at=None)
    try:
        actions.remove_evidence(one, by=request.user, now=timezone.now())
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
    return redirect("accreditation:clause", one.clause_id)


@login_required
@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest, pk: int) -> HttpResponse:
    """A mock survey: the sample, the surveyors' ratings, and where they differ from the own ones."""
    keeps, found = _look(request.user), _found(queries.survey(pk))
    if request.method == "POST":
        one = get_object_or_404(Look, pk=request.POST.get("look") or 0, survey=found)
        told = {name: request.POST.get(name, "") for name in ("rating", "surveyor", "remark")}
        try:
            actions.look(one, by=request.user, now=timezone.now(), **told)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
        return redirect(reverse("accreditation:survey", args=[pk]) + f"#look-{one.pk}")
    looks, result = queries.compared(found)
    context = {"survey": found, "looks": looks, "result": result, "keeps": keeps, "ratings": rules.RATINGS}
    return render(request, "accreditation/survey.html", context)


@login_required
@require_GET
def export(request: HttpRequest, pk: int, ending: str) -> HttpResponse:
    """The results as Word or the whole tree as Excel."""
    _look(request.user)
    found, today = _found(queries.review(pk)), timezone.localdate()
    if ending == "docx":
        content, kind = documents.word(found, hospital=institution().name, today=today), WORD
    elif ending == "xlsx":
        content, kind = documents.excel(found, today=today), documents.EXCEL
    else:
        raise Http404
    name = f'attachment; filename="accreditation-{found.pk}.{ending}"'
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": name})
