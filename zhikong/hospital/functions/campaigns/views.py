"""The campaigns of a year, the presets, and one campaign with its progress; every act is a small form."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.files import queries as files
from zhikong.foundation.files.forms import settle
from zhikong.foundation.organisation.queries import departments, institution, names
from zhikong.hospital.functions.campaigns import actions, documents, forms, queries, rules
from zhikong.hospital.functions.campaigns.models import Campaign
from zhikong.web.paper import WORD


def _look(user) -> bool:
    """May look; gives whether the user keeps campaigns."""
    keeps = can(user, Permission.KEEP_CAMPAIGNS)
    if not keeps and not can(user, Permission.WORK_CAMPAIGNS):
        raise PermissionDenied(_("您没有权限：查看专项活动。"))
    return keeps


def _find(pk: int) -> Campaign:
    if (found := queries.campaign(pk)) is None:
        raise Http404
    return found


def _year(request: HttpRequest, today) -> int:
    told = request.GET.get("year", "")
    return int(told) if told.isdigit() and 2000 <= int(told) <= 2100 else today.year


@login_required
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The year's campaigns; a campaign by hand."""
    keeps, today = _look(request.user), timezone.localdate()
    year, form = _year(request, today), forms.StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.start(by=request.user, now=timezone.now(), **form.cleaned_data)
            return redirect("campaigns:campaign", made.pk)
        except ValidationError as problem:
            form.add_error(None, problem)
    rows = list(queries.campaigns(year=year))
    for one in rows:
        one.share = rules.percent(one.done, one.size)
    context = {"rows": rows, "year": year, "form": form, "keeps": keeps, "years": (year - 1, year + 1)}
    return render(request, "campaigns/list.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def presets(request: HttpRequest) -> HttpResponse:
    """What each packaged campaign would be in a year, and starting one."""
    keeps, today = _look(request.user), timezone.localdate()
    year = _year(request, today)
    if request.method == "POST":
        try:
            made = actions.start_preset(
                by=request.user, now=timezone.now(), preset_id=request.POST.get("preset", ""), year=year
            )
            messages.success(request, _("已建立活动。请核对事项的责任科室和期限，再启动。"))
            return redirect("campaigns:campaign", made.pk)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
    started = {one.preset_id: one for one in queries.campaigns(year=year) if one.preset_id}
    rows = [_shown(one, year, started.get(one.id)) for one in queries.presets(on=today)]
    context = {"rows": rows, "year": year, "years": (year - 1, year + 1), "keeps": keeps}
    return render(request, "campaigns/presets.html", context)


def _shown(preset: rules.Preset, year: int, started) -> dict:
    day = rules.day_of
    return {
        "preset": preset, "started": started, "starts": day(preset.starts, year), "ends": day(preset.ends, year),
        "stages": [(name, day(first, year), day(last, year)) for name, first, last in preset.stages],
        "items": [(one.title, day(one.due, year)) for one in preset.items],
    }  # fmt: skip


@login_required
@require_GET
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """One campaign."""
    _look(request.user)
    return _page(request, _find(pk))


def _page(request: HttpRequest, found: Campaign, failed: dict | None = None) -> HttpResponse:
    keeps, today = _look(request.user), timezone.localdate()
    called, materials = names(on=today), list(found.materials.select_related("item", "sent_by"))
    for one in materials:
        one.place, one.attached = called.get(one.department_id, _("全院")), files.files(one.file_ids)
    board = queries.board(found, today=today)
    for _stage, rows in board.stages:
        for one in rows:
            one.place = called.get(one.department_id, "")
    context = {
        "campaign": found, "board": board, "keeps": keeps, "materials": materials, "awards": queries.awards(found),
        "forms": {**_forms(found, request.user, today), **(failed or {})}, "failed": list(failed or {}),
        "open": found.state not in (Campaign.State.WITHDRAWN, Campaign.State.KEPT),
        "events": found.events.select_related("by")[:40], "today": today,
        "used": queries.used_as(campaign_id=found.pk),
    }  # fmt: skip
    return render(request, "campaigns/campaign.html", context, status=422 if failed else 200)


def _departments(user, today, keeps: bool):
    scope = current_scope()
    return [one for one in departments(on=today) if keeps or scope.covers(one.id)]


def _forms(found: Campaign, user, today) -> dict:
    """Empty forms of every act, keyed as in ACTS."""
    places = _departments(user, today, can(user, Permission.KEEP_CAMPAIGNS))
    chosen = {"departments": places, "campaign": found}
    start = {
        "summarise": {"text": found.summary or queries.draft_summary(found, today=today)},
        "commend": {"text": found.commendation or queries.draft_commendation(found)},
        "inspect": {"on": today}, "count": {"on": today}, "quota": {"unit": "人次"},
        "material": {"department": places[0].id if len(places) == 1 else None},
    }  # fmt: skip
    return {name: _form(name, None, chosen, initial=start.get(name)) for name in FORMS}


def _form(name: str, data, chosen: dict, *, uploads=None, initial=None):
    kind = FORMS[name]
    extra = chosen if issubclass(kind, forms.Choosing) else {}
    made = kind(data, uploads, initial=initial, prefix=name, **extra)
    if "files" in made.fields and len(chosen["departments"]) == 1:
        made.fields["files"].for_department(chosen["departments"][0].id)
    return made


FORMS = {
    "item": forms.ItemForm, "material": forms.MaterialForm, "quota": forms.QuotaForm, "contest": forms.ContestForm,
    "money": forms.MoneyForm, "inspect": forms.InspectForm, "summarise": forms.TextForm, "commend": forms.TextForm,
    "keep": forms.LessonForm, "withdraw": forms.ReasonForm, "move": forms.MoveForm, "place": forms.PlaceForm,
    "count": forms.CountForm, "result": forms.ResultForm,
}  # fmt: skip


@login_required
@require_POST
def act(request: HttpRequest, pk: int, what: str, thing: int = 0) -> HttpResponse:
    """One act on a campaign, or on a thing of it; each action judges the permission itself."""
    keeps = _look(request.user)
    found, now = _find(pk), timezone.now()
    if what in PLAIN:
        try:
            PLAIN[what](request, found, thing, now)
        except ValidationError as problem:
            messages.error(request, " ".join(problem.messages))
        return redirect("campaigns:campaign", pk)
    if what not in FORMS:
        raise Http404
    chosen = {"departments": _departments(request.user, timezone.localdate(), keeps), "campaign": found}
    form = _form(what, request.POST, chosen, uploads=request.FILES)
    if form.is_valid():
        try:
            with transaction.atomic():
                DOING[what](request, found, thing, now, dict(form.cleaned_data))
            messages.success(request, _("已保存。"))
            return redirect("campaigns:campaign", pk)
        except ValidationError as problem:
            form.add_error(None, problem)
    if thing:
        messages.error(request, " ".join(text for texts in form.errors.values() for text in texts))
        return redirect("campaigns:campaign", pk)
    return _page(request, found, {what: form})


def _of(found: Campaign, name: str, thing: int):
    return get_object_or_404(getattr(found, name), pk=thing)


def _item(request, found, thing, now: datetime, told: dict) -> None:
    stage, department = told.pop("stage"), told.pop("department")
    told |= {"stage": _of(found, "stages", stage) if stage else None, "department_id": department}
    actions.add_item(found, by=request.user, now=now, **told)


def _material(request, found, thing, now: datetime, told: dict) -> None:
    item, department = told.pop("item"), told.pop("department")
    require_one = actions.hand_in
    attached = settle(
        told.pop("files"), by=request.user, now=now, department_id=department, purpose=forms.PURPOSE,
        retention=forms.RETENTION,
    )  # fmt: skip
    require_one(
        found, by=request.user, now=now, department_id=department, attached=attached,
        item=_of(found, "items", item) if item else None, **told,
    )  # fmt: skip


def _money(request, found, thing, now: datetime, told: dict) -> None:
    fen = {f"{name}_fen": int(told[name] * 100) for name in ("planned", "spent")}
    actions.add_money(found, by=request.user, now=now, title=told["title"], **fen)


def _place(request, found, thing, now: datetime, told: dict) -> None:
    item = _of(found, "items", thing)
    actions.place(item, by=request.user, now=now, department_id=told["department"], due_on=told["due_on"])


def _simple(action):
    return lambda request, found, thing, now, told: action(found, by=request.user, now=now, **told)


def _on(action, name: str):
    return lambda request, found, thing, now, told: action(
        _of(found, name, thing), by=request.user, now=now, **told
    )


DOING = {
    "item": _item, "material": _material, "money": _money, "place": _place, "quota": _simple(actions.add_quota),
    "contest": _simple(actions.add_contest), "inspect": _simple(actions.inspect),
    "summarise": _simple(actions.summarise), "commend": _simple(actions.commend), "keep": _simple(actions.keep),
    "move": _on(actions.move_item, "items"), "count": _on(actions.report_count, "quotas"),
    "result": _on(actions.record_result, "contests"),
    "withdraw": lambda request, found, thing, now, told: actions.withdraw(
        by=request.user, now=now, campaign_id=found.pk, **told
    ),
}  # fmt: skip


def _answer(request, found, thing, now: datetime) -> None:
    accept = request.POST.get("accept") == "1"
    text = request.POST.get("text", "")
    actions.answer(_of(found, "materials", thing), by=request.user, now=now, accept=accept, text=text)


def _join(request, found, thing, now: datetime) -> None:
    place = _of(found, "places", thing)
    actions.join(place, by=request.user, now=now, joined=not place.joined)


PLAIN = {
    "launch": lambda request, found, thing, now: actions.launch(found, by=request.user, now=now),
    "answer": _answer,
    "join": _join,
}


@login_required
@require_GET
def paper(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """The programme, the summary or the commendation as Word."""
    _look(request.user)
    found = _find(pk)
    if what not in documents.PAPERS:
        raise Http404
    if what == "commendation":
        require(request.user, Permission.KEEP_CAMPAIGNS)
    today = timezone.localdate()
    content = documents.PAPERS[what](found, hospital=institution().name, today=today)
    headers = {"Content-Disposition": f'attachment; filename="{what}-{found.pk}.docx"'}
    return HttpResponse(content, content_type=WORD, headers=headers)
