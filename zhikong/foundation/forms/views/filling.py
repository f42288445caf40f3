"""The page on which a sheet is filled: whole without script, item by item with htmx, each with the same judgement."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhikong.foundation.forms import actions, posted, queries, references
from zhikong.foundation.forms.actions import Incomplete, Saved
from zhikong.foundation.forms.answers import FILES
from zhikong.foundation.forms.definition import Item, ItemType
from zhikong.foundation.forms.models import Sheet
from zhikong.foundation.forms.permissions import may_fill_sheet
from zhikong.foundation.forms.views import attempts, page, signing

SAVED = "X-Sheet-Saved"
ANOTHER = "页面是由另一个账号打开的，没有保存。请用原来的账号登录，或重新打开这份表。"


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def fill(request, pk: int):
    """The whole page; a POST stores everything on it and does what its button says."""
    sheet = page.find(pk)
    if not sheet.is_editable or not may_fill_sheet(request.user, queries.definition(sheet), sheet):
        return redirect("forms:view", pk)
    if request.method == "GET":
        return _render(request, sheet)
    _refuse_another(request)
    try:
        return _store(request, sheet)
    except ValidationError as error:  # handed in by somebody else at this very moment
        messages.error(request, error.messages[0])
        return redirect("forms:view", pk)


def _store(request, sheet: Sheet):
    attempt = attempts.store_all(request, sheet)
    if attempt.is_clean and request.POST.get("act") == "submit":
        return _submit(request, sheet)
    if attempt.is_clean and (item := request.POST.get("sign")):
        attempt.errors |= signing.attempt(request, sheet, item)
    if attempt.is_clean and not attempt.redraws:
        messages.success(request, _("已保存，还没有提交。"))
        return redirect("forms:fill", sheet.pk)
    return _render(request, page.find(sheet.pk), attempt, status=200 if attempt.is_clean else 422)


def _submit(request, sheet: Sheet):
    try:
        with transaction.atomic():
            actions.submit(sheet, by=request.user, now=timezone.now())
    except Incomplete as missing:
        found = attempts.Attempt(errors=missing.errors, summary=missing.messages[0])
        return _render(request, page.find(sheet.pk), found, status=422)
    messages.success(request, _("已提交：%(sheet)s。") % {"sheet": sheet})
    return redirect("forms:view", sheet.pk)


def _render(request, sheet: Sheet, attempt: attempts.Attempt | None = None, status: int = 200):
    attempt = attempt or attempts.Attempt()
    shown = page.showing(request, sheet, raw=attempt.raw, errors=attempt.errors, conflicts=attempt.conflicts)
    names = page.numbers(shown.form)
    context = {
        "sheet": sheet,
        "form": shown.form,
        "sections": page.sections(shown),
        "summary": attempt.summary,
        "problems": [
            (name, names.get(name, ""), item.text, text)
            for name, text in attempt.errors.items()
            if (item := shown.form.item(name.removesuffix(FILES)))
        ],
        "returned_with": queries.returned_with(sheet) if sheet.state == "returned" else "",
        **page.figures(shown),
    }
    return render(request, "forms/fill.html", context, status=status)


# --- one item at a time, by htmx --------------------------------------------------------------------------------


@login_required
@never_cache
@require_POST
def save(request, pk: int, item_id: str):
    """Store one item and answer with its state, and whatever else the answer changed on the page."""
    sheet, item = _editable_item(request, pk, item_id)
    if not sheet.is_editable:
        return _stopped(request, sheet)
    before = queries.judged(sheet).visible
    if "add_row" in request.POST or "remove_row" in request.POST:
        return _rows(request, sheet, item, before)
    raw = posted.answer(item, request.POST)
    saved = actions.save_answers(
        sheet, by=request.user, now=timezone.now(), raw=raw, revisions=posted.revisions(request.POST, raw)
    )
    return _answer(request, saved, item, raw, before)


def _rows(request, sheet: Sheet, item: Item, before: frozenset[str]):
    """One more row, or one less: what stands in the others is stored too."""
    raw = attempts.with_rows_changed(item, request.POST)
    saved = actions.save_answers(
        sheet, by=request.user, now=timezone.now(), raw={item.id: raw}, revisions=posted.revisions(request.POST, {item.id: 0})
    )  # fmt: skip
    return _answer(request, saved, item, {item.id: raw}, before, redraw={item.id}, keep_raw=True)


def _answer(
    request,
    saved: Saved,
    item: Item,
    raw: dict[str, Any],
    before: frozenset[str],
    *,
    redraw: set[str] = frozenset(),
    keep_raw: bool = False,
):
    sheet = saved.sheet
    turned = before ^ saved.cleaned.visible
    redraw = {*redraw, *turned, *attempts.evidence_turned(item, saved), *attempts.unsigned(saved)}
    wanted = [item.id, *redraw]
    typed = raw if keep_raw or saved.errors or saved.conflicts else {}
    shown = page.showing(
        request, sheet, raw=typed, errors=saved.errors, conflicts=saved.conflicts, items=wanted
    )
    names = page.numbers(shown.form)
    context = {
        "sheet": sheet,
        "form": shown.form,
        "view": shown.view(item, names[item.id]),
        "redrawn": [shown.view(i, names[i.id]) for i in shown.form.items() if i.id in redraw],
        "at": timezone.now(),
        "sections": page.sections(shown),
        "stored": not saved.errors and not saved.conflicts,
        **page.figures(shown),
    }
    answer = render(request, "forms/_saved.html", context)
    answer[SAVED] = "yes" if context["stored"] else "no"
    return answer


def _stopped(request, sheet: Sheet):
    """Somebody handed the sheet in meanwhile: the answer stays on the page, and the page says what happened."""
    answer = render(request, "forms/_stopped.html", {"sheet": sheet}, status=409)
    answer[SAVED] = "no"
    return answer


@login_required
@never_cache
@require_GET
def changes(request, pk: int):
    """What others changed since a revision: their items drawn anew; the page asks every half minute."""
    sheet = page.find(pk)
    since = int(request.GET["since"]) if request.GET.get("since", "").isdigit() else sheet.revision
    if since >= sheet.revision and sheet.is_editable:
        return HttpResponse(status=204, headers={SAVED: "same"})
    edits = [
        e for e in queries.latest_edits(sheet).values() if e.revision > since and e.by_id != request.user.pk
    ]
    touched = attempts.touched(sheet, {e.item.removesuffix(FILES) for e in edits})
    shown = page.showing(request, sheet)
    names = page.numbers(shown.form)
    context = {
        "sheet": sheet,
        "form": shown.form,
        "redrawn": [shown.view(i, names[i.id]) for i in shown.form.items() if i.id in touched],
        "edits": sorted(edits, key=lambda e: e.pk, reverse=True),
        "sections": page.sections(shown),
        **page.figures(shown),
    }
    answer = render(request, "forms/_changes.html", context)
    answer[SAVED] = "same"
    return answer


@login_required
@never_cache
@require_GET
def item(request, pk: int, item_id: str):
    """One item as it is stored: whoever lost a race takes the other's answer."""
    sheet = page.find(pk)
    found = _item(sheet, item_id)
    shown = page.showing(request, sheet, items=[item_id])
    view = shown.view(found, page.numbers(shown.form)[item_id])
    answer = render(request, "forms/_item.html", {"view": view, "sheet": sheet})
    answer[SAVED] = "same"
    return answer


@login_required
@never_cache
@require_POST
def sign(request, pk: int, item_id: str):
    """Sign with the password; answers with the item drawn anew."""
    sheet, found = _editable_item(request, pk, item_id)
    if not sheet.is_editable:
        return _stopped(request, sheet)
    errors = signing.attempt(request, sheet, item_id)
    sheet = page.find(pk)
    shown = page.showing(request, sheet, errors=errors, items=[item_id])
    context = {
        "sheet": sheet, "form": shown.form, "sections": page.sections(shown), "redrawn": [],
        "view": shown.view(found, page.numbers(shown.form)[item_id]), **page.figures(shown),
    }  # fmt: skip
    answer = render(request, "forms/_signed.html", context)
    answer[SAVED] = "no" if errors else "yes"
    return answer


@login_required
@never_cache
@require_GET
def pick(request, pk: int, kind: str):
    """Options of a picker for what was typed; the one that is chosen stays among them."""
    sheet = page.find(pk)
    try:
        wanted = ItemType(kind)
    except ValueError:
        raise Http404 from None
    if wanted not in references.SEARCHES:
        raise Http404
    text = request.GET.get("text", "")[:40].strip()
    found = references.choices(
        wanted, text=text, department_id=sheet.department_id, by=request.user, now=timezone.now()
    )
    value = next((v for name, v in request.GET.items() if name != "text" and v), "")
    chosen = references.chosen(wanted, value, by=request.user, now=timezone.now())
    context = {"found": [c for c in found if c.value != value], "chosen": chosen}
    answer = render(request, "forms/_options.html", context)
    answer[SAVED] = "same"
    return answer


@login_required
@never_cache
@require_GET
def alive(request):
    """Who is signed in, and a token to go on with: asked by a page whose session had ended and came back."""
    return JsonResponse({"user": request.user.pk, "token": get_token(request)})


@login_required
@require_GET
def signed_in(request):
    """Where signing in again leads, in a window of its own: the filling page goes on by itself."""
    return render(request, "forms/signed_in.html")


def _editable_item(request, pk: int, item_id: str) -> tuple[Sheet, Item]:
    _refuse_another(request)
    sheet = page.find(pk)
    return sheet, _item(sheet, item_id)


def _item(sheet: Sheet, item_id: str) -> Item:
    found = queries.definition(sheet).item(item_id)
    if found is None:
        raise Http404
    return found


def _refuse_another(request) -> None:
    """A page that was left open must not write under the name of who signed in on the same machine later."""
    said = request.POST.get("page_user", "")
    if said and said != str(request.user.pk):
        raise PermissionDenied(_(ANOTHER))
