"""Code tables, local codes and their suggestions, deciding, loading an edition."""

from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.terminology import actions, queries, rules
from zhikong.foundation.terminology.forms import EditionForm, TermFilter
from zhikong.foundation.terminology.models import LocalTerm

PER_PAGE = 30


def _table(system_id: str) -> queries.Table:
    today = timezone.localdate()
    found = queries.system(system_id, on=today)
    if found is None:
        raise Http404
    return queries.table_of(found, on=today)


@require_GET
@needs(Permission.MAP_CODES)
def system_list(request: HttpRequest) -> HttpResponse:
    """Every code table: which edition is in force, whether it is whole, and how many local codes wait."""
    today, counts = timezone.localdate(), queries.counts()
    rows = [
        {"table": queries.table_of(one, on=today), "counts": counts.get(one.id, {})}
        for one in queries.systems(on=today)
    ]
    return render(request, "terminology/list.html", {"rows": rows})


@require_GET
@needs(Permission.MAP_CODES)
def system_terms(request: HttpRequest, system_id: str) -> HttpResponse:
    """Local codes of one table, those that wait first."""
    table = _table(system_id)
    form = TermFilter(request.GET if request.GET else {"state": LocalTerm.State.OPEN})
    chosen = form.cleaned_data if form.is_valid() else {}
    found = queries.terms(system_id, state=chosen.get("state", ""), text=chosen.get("q", ""))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    for one in page:
        one.where = queries.place_words(one.places)
    context = {
        "table": table,
        "form": form,
        "page": page,
        "counts": queries.counts().get(system_id, {}),
        "may_decide": _may_decide(request.user, system_id),
    }
    return render(request, "terminology/terms.html", context)


def _may_decide(user, system_id: str) -> bool:
    """A department's name becomes an alias in the organisation: that is for those who keep it."""
    wanted = Permission.MANAGE_ORGANISATION if system_id == queries.DEPARTMENTS else Permission.MAP_CODES
    return can(user, wanted)


@require_GET
@needs(Permission.MAP_CODES)
def term(request: HttpRequest, pk: int) -> HttpResponse:
    """One local code: suggestions, looking for another code, and what was decided before."""
    found = get_object_or_404(LocalTerm.objects.select_related("decided_by"), pk=pk)
    table = _table(found.system)
    found.where = queries.place_words(found.places)
    context = {
        "term": found,
        "table": table,
        "q": request.GET.get("q", ""),
        "hits": queries.search_codes(table, request.GET.get("q", "")),
        "decisions": found.decisions.select_related("by"),
        "may_decide": _may_decide(request.user, found.system),
    }
    return render(request, "terminology/term.html", context)


@require_POST
@needs(Permission.MAP_CODES)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a code, say that there is none, or take a decision back."""
    found = get_object_or_404(LocalTerm, pk=pk)
    if not _may_decide(request.user, found.system):
        raise PermissionDenied(
            _("您没有权限：维护组织机构。科室名称的对照会成为组织里的别名，请系统管理员确认。")
        )
    now, reason = timezone.now(), request.POST.get("reason", "")
    try:
        if request.POST.get("act") == "reopen":
            actions.reopen(by=request.user, now=now, term_id=pk, reason=reason)
            messages.success(request, _("已撤回，请重新核对。"))
            return redirect("terminology:term", pk)
        target = "" if request.POST.get("act") == "none" else request.POST.get("target", "")
        done = actions.decide(by=request.user, now=now, term_id=pk, target=target, reason=reason)
    except ValidationError as refused:
        messages.error(request, refused.messages[0])
        return redirect("terminology:term", pk)
    words = done.target + " " + done.target_name if done.target else _("没有对应的编码")
    messages.success(request, _("%(term)s → %(words)s，下次导入起生效。") % {"term": done, "words": words})
    return redirect("terminology:terms", found.system)


@require_GET
@needs(Permission.MAP_CODES)
def codes(request: HttpRequest, system_id: str) -> HttpResponse:
    """The codes in force, to look one up."""
    table, q = _table(system_id), request.GET.get("q", "").strip()
    wanted = q.lower()
    found = [
        (c, n) for c, n in table.codes.items() if not q or c.lower().startswith(wanted) or wanted in n.lower()
    ]
    page = Paginator(found, 50).get_page(request.GET.get("page"))
    return render(request, "terminology/codes.html", {"table": table, "page": page, "q": q})


@require_GET
@needs(Permission.MAP_CODES)
def history(request: HttpRequest, system_id: str) -> HttpResponse:
    """Every decision in one table, the newest first."""
    page = Paginator(queries.history(system_id), 50).get_page(request.GET.get("page"))
    return render(request, "terminology/history.html", {"table": _table(system_id), "page": page})


@require_http_methods(["GET", "POST"])
@needs(Permission.MAP_CODES)
def edition_list(request: HttpRequest, system_id: str) -> HttpResponse:
    """Editions of a table, what the newest changed, and loading another."""
    table = _table(system_id)
    if table.system.codes_from != "list":
        raise Http404
    form = EditionForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _loaded(request, system_id, form):
        return redirect("terminology:editions", system_id)
    editions = list(queries.editions(system_id))
    context = {"table": table, "form": form, "editions": editions, "changes": _changes(table, editions)}
    return render(request, "terminology/editions.html", context, status=422 if form.errors else 200)


def _loaded(request: HttpRequest, system_id: str, form: EditionForm) -> bool:
    file = form.cleaned_data["file"]
    with TemporaryDirectory(prefix=".codes-", dir=settings.ZHIKONG_HOME) as name:
        path = Path(name) / "delivered"
        with path.open("wb") as target:
            target.writelines(file.chunks())
        try:
            made = actions.load_edition(
                by=request.user, now=timezone.now(), system=system_id, name=form.cleaned_data["name"], path=path,
                source=Path(file.name).name, effective_from=form.cleaned_data["effective_from"], folder=Path(name),
            )  # fmt: skip
        except ValidationError as refused:
            form.add_error("file", refused)
            return False
    messages.success(request, _("已导入 %(name)s，共 %(n)d 个编码。") % {"name": made.name, "n": made.size})
    return True


def _changes(table: queries.Table, editions: list) -> rules.Difference | None:
    """What the newest edition changed against the one before it, or against the sample."""
    if not editions:
        return None
    before = queries.codes_of(editions[1]) if len(editions) > 1 else table.system.codes
    return rules.difference(before, queries.codes_of(editions[0]))
