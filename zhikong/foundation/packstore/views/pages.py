"""The list, one definition with its versions, one version with what it changes and its story."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.packstore import kinds, listing, queries, shelf
from zhikong.foundation.packstore.forms import Filter
from zhikong.foundation.packstore.rules import FROZEN, HOSPITAL, State
from zhikong.foundation.packstore.views.steps import offered
from zhikong.foundation.packstore.views.support import before, find, kind_or_404, preview, reading

PROGRESS = (
    (State.DRAFT, "草稿"),
    (State.SUBMITTED, "送审"),
    (State.REVIEWED, "审核"),
    (State.PUBLISHED, "发布"),
)


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_GET
def shelf_list(request):
    form = Filter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = listing.lines(on=timezone.localdate(), **chosen)
    reviews, ready, upgrades = listing.waiting(request.user)
    context = {
        "form": form,
        "page": Paginator(rows, 25).get_page(request.GET.get("page")),
        "filtered": any(chosen.values()),
        "reviews": reviews,
        "ready": ready,
        "upgrades": upgrades,
        "may_start": any(kind.starter for kind in kinds.all()),
    }
    return render(request, "packstore/list.html", context)


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_GET
def definition(request, kind: str, definition_id: str):
    found, today = kind_or_404(kind), timezone.localdate()
    versions = listing.history(kind, definition_id)
    packaged = shelf.of(kind, definition_id, samples=queries.sees_samples())
    if not versions and packaged is None:
        raise Http404
    now, broken = _in_force(kind, definition_id, today)
    upgrades = [
        u
        for u in queries.open_upgrades()
        if (u.version.kind, u.version.definition_id) == (kind, definition_id)
    ]
    context = {
        "kind": found,
        "definition_id": definition_id,
        "title": now.title if now else versions[0].title if versions else definition_id,
        "now": now,
        "origin": "" if now is None or now.origin == HOSPITAL else shelf.pack_name(now.origin),
        "broken": broken,
        "open": next((v for v in versions if v.is_open), None),
        "coming": [v for v in versions if v.state == State.PUBLISHED and v.effective_from > today],
        "versions": versions,
        "upgrades": upgrades,
        "preview": preview(request, found, kinds.Reading(now.obj)) if now else "",
        "lines": now.text.splitlines() if now else [],
    }
    return render(request, "packstore/definition.html", context)


def _in_force(kind: str, definition_id: str, on):
    """What holds, and why it cannot be read when it cannot."""
    try:
        return queries.resolve(kind, definition_id, on=on), ""
    except queries.Broken as problem:
        return None, str(problem)


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_GET
def version(request, pk: int):
    return render_version(request, find(pk))


def render_version(request, found, *, key: str = "", bound=None):
    """The version's page; with a step's key and its bound form when that form had errors."""
    kind, said, holds = kind_or_404(found.kind), reading(found), before(found)
    compared = None if found.state in FROZEN else holds
    steps = offered(request.user, found, key=key, bound=bound)
    context = {
        "version": found,
        "kind": kind,
        "progress": _progress(found.state),
        "problems": said.problems,
        "preview": preview(request, kind, said),
        "compared": compared,
        "changes": listing.changes(compared.text, found.text) if compared else [],
        "has_effect": kind.effect is not None and said.obj is not None and found.is_open,
        "lines": found.text.splitlines(),
        "story": found.steps.select_related("by").order_by("-at", "-pk"),
        "leading": [s for s in steps if s.leading],
        "others": [s for s in steps if not s.leading],
        "failed_key": key,
        "stale_base": _stale_base(found),
        "is_writer": request.user.pk in (found.author_id, *found.editors),
        "in_force": holds is not None and holds.hash == found.hash,
        "base_name": shelf.pack_name(found.base_pack) if found.base_pack else "",
    }
    return render(request, "packstore/version.html", context)


def _progress(state: str) -> list[tuple[str, str]]:
    order = [step for step, _name in PROGRESS]
    place = order.index(state) if state in order else len(order)
    done = place if state != State.PUBLISHED else len(order)
    return [
        (name, "done" if i < done else "now" if i == place else "")
        for i, (_step, name) in enumerate(PROGRESS)
    ]


def _stale_base(found) -> bool:
    """Whether the package has another text by now than the one that an open version is based on."""
    if not found.is_open or not found.base_hash:
        return False
    now = shelf.of(found.kind, found.definition_id, samples=queries.sees_samples())
    return now is None or now.hash != found.base_hash


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_GET
def effect(request, pk: int):
    """What publishing would change, in sentences; asked after the page, because it may take a while to compute."""
    found = find(pk)
    kind, said, holds = kind_or_404(found.kind), reading(found), before(found)
    sentences = []
    if kind.effect is not None and said.obj is not None:
        sentences = kind.effect(holds.obj if holds else None, said.obj, now=timezone.now())
    context = {"version": found, "sentences": sentences, "readable": said.obj is not None}
    template = "packstore/_effect.html" if request.htmx else "packstore/effect.html"
    return render(request, template, context)
