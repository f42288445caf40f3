"""The review page and what is done on it. Every act answers with the board as it is then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from zhikong import __version__
from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.organisation import queries as organisation
from zhikong.hospital.functions.plans import rules_reviewing as rules
from zhikong.hospital.functions.plans.actions.reviewing import bringing, deciding, ending, reading
from zhikong.hospital.functions.plans.forms_reviewing import AddForm, ItemForm, of_item
from zhikong.hospital.functions.plans.models import PlanDocument, PlanItem
from zhikong.hospital.functions.plans.queries import reviewing
from zhikong.hospital.functions.plans.queries.reviewing import boards

EDITABLE = ending.EDITABLE
LATE = timedelta(minutes=5)


@require_GET
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The document on the left, its items on the right."""
    require(request.user, Permission.VIEW_PLANS)
    document = _document(pk)
    if document.state in (PlanDocument.State.WAITING, PlanDocument.State.FAILED):
        return HttpResponse(status=204) if request.htmx else _waiting(request, document)
    if request.htmx:
        return HttpResponseClientRefresh()  # the waiting page asked, and the reading is done
    context = _context(request, document, request.GET) | {"adding": AddForm(prefix="add")}
    return render(request, "plans/reviewing/review.html", context)


def _waiting(request: HttpRequest, document: PlanDocument) -> HttpResponse:
    """A reading that takes longer than it may can be asked for again."""
    late = timezone.now() - document.brought_at > LATE
    context = {"document": document, "late": late and can(request.user, Permission.ADOPT_PLANS)}
    return render(request, "plans/reviewing/waiting.html", context)


@require_GET
def item(request: HttpRequest, pk: int, item_id: int) -> HttpResponse:
    """An item's form for putting it right."""
    require(request.user, Permission.ADOPT_PLANS)
    found = _item(_document(pk), item_id)
    form = ItemForm(initial=of_item(found), today=timezone.localdate(), prefix=f"i{found.pk}")
    return render(
        request,
        "plans/reviewing/_edit.html",
        {"document": found.document, "item": found, "form": form, "where": _where(request.GET)},
    )


@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One decision. A refused one is told above the board with what was typed, and nothing is changed."""
    require(request.user, Permission.ADOPT_PLANS)
    document = _document(pk)
    told: dict[str, Any] = {}
    try:
        told["done"] = _do(request, document)
    except Unfit as problem:
        told |= {"editing": problem.form, "editing_id": problem.item}
    except ValidationError as problem:
        told["refused"] = "".join(problem.messages)
    if not request.htmx:
        return redirect("plans:review", pk)
    context = _context(request, _document(pk), request.POST) | told
    return render(request, "plans/reviewing/_board.html", context)


class Unfit(Exception):
    """A correction that cannot stand; the form goes back to the person as it was filled in."""

    def __init__(self, item: int, form: ItemForm):
        super().__init__(item)
        self.item, self.form = item, form


def _do(request: HttpRequest, document: PlanDocument) -> str:
    """Does what the button says; gives a sentence of what was done."""
    by, now, data = request.user, timezone.now(), request.POST
    verb, chosen = data.get("verb", ""), _chosen(document, data)
    reason, count = data.get("reason", ""), len(chosen)
    verbs = {
        "accept": lambda: deciding.accept(chosen, by=by, now=now),
        "reject": lambda: deciding.reject(chosen, by=by, now=now, reason=reason),
        "inform": lambda: deciding.inform(chosen, by=by, now=now),
        "merge": lambda: deciding.merge(sorted(chosen, key=lambda one: one.start), by=by, now=now),
        "assign": lambda: deciding.assign(chosen, by=by, now=now, **_place(data)),
        "propose": lambda: deciding.take_proposal(_one(chosen), by=by, now=now),
        "sure": lambda: deciding.accept_sure(document, by=by, now=now),
        "undo": lambda: deciding.undo(document, by=by, now=now),
        "again": lambda: _again(document, by, now),
        "sentences": lambda: ending.inform_sentences(document, _numbers(data, "sentence"), by=by, now=now),
        "finish": lambda: ending.finish(document, by=by, now=now),
        "correct": lambda: _correct(request, _one(chosen), now),
        "add": lambda: _add(request, document, now),
    }
    if verb not in verbs:
        raise Http404
    done = verbs[verb]()
    return _told(verb, done if verb in ("sure", "sentences") else count)


def _again(document: PlanDocument, by, now) -> None:
    if document.state in (PlanDocument.State.WAITING, PlanDocument.State.FAILED):
        bringing.ask_again(document, by=by, now=now)
    else:
        reading.read_again(document, by=by, now=now)


def _told(verb: str, count: int) -> str:
    many = {
        "accept": _("已确认 %(n)d 条。"), "sure": _("已确认 %(n)d 条。"), "reject": _("不采纳 %(n)d 条，理由已记下。"),
        "inform": _("%(n)d 条作为知悉。"), "merge": _("%(n)d 条已合并为一条。"), "assign": _("已分派 %(n)d 条。"),
        "sentences": _("%(n)d 句作为知悉。"),
    }  # fmt: skip
    one = {
        "propose": _("已按建议更正。"), "undo": _("已撤回上一步。"), "again": _("已重新读取，您已定的条目没有变。"),
        "finish": _("核对完成。"), "correct": _("更正已保存。"), "add": _("已添加。"),
    }  # fmt: skip
    return one[verb] if verb in one else many[verb] % {"n": count}


def _correct(request: HttpRequest, chosen: PlanItem, now) -> None:
    form = ItemForm(request.POST, today=timezone.localdate(now), prefix=f"i{chosen.pk}")
    if not form.is_valid():
        raise Unfit(chosen.pk, form)
    wrong = rules.problems(form.cleaned_data["kind"], form.told())
    for name, problem in wrong.items():
        form.add_error(name, problem)
    if wrong:
        raise Unfit(chosen.pk, form)
    deciding.correct(
        chosen, by=request.user, now=now, kind=form.cleaned_data["kind"], fields=form.told(), **form.place
    )


def _add(request: HttpRequest, document: PlanDocument, now) -> None:
    form = AddForm(request.POST, prefix="add")
    if not form.is_valid():
        raise ValidationError(
            [f"{form[name].label}：{'；'.join(errors)}" for name, errors in form.errors.items()]
        )
    start, end = (
        form.cleaned_data[name] if form.cleaned_data[name] is not None else -1 for name in ("start", "end")
    )
    deciding.add(
        document, by=request.user, now=now, kind=form.cleaned_data["kind"], start=start, end=end,
        fields=form.told(document.text[max(start, 0) : max(end, 0)]),
    )  # fmt: skip


def _place(data) -> dict[str, Any]:
    number = data.get("department", "")
    known = {str(one.id) for one in organisation.departments(on=timezone.localdate())}
    return {"department_id": int(number) if number in known else None, "post": data.get("post", "")}


def _chosen(document: PlanDocument, data) -> list[PlanItem]:
    """Items that the page named, in its order, with the revision that the person saw."""
    pairs = [
        pair.split(":", 1) for pair in [*data.getlist("revision"), *data.getlist("chosen")] if ":" in pair
    ]
    seen = {int(number): int(at) for number, at in pairs if number.isdecimal() and at.isdecimal()}
    wanted = list(dict.fromkeys([*_numbers(data, "item"), *seen]))
    found = {one.pk: one for one in document.items.filter(pk__in=wanted)}
    for one in found.values():
        one.document = document
        one.revision = seen.get(one.pk, one.revision)
    return [found[number] for number in wanted if number in found]


def _numbers(data, name: str) -> list[int]:
    return [int(text) for text in data.getlist(name) if text.isdecimal()]


def _one(chosen: list[PlanItem]) -> PlanItem:
    if len(chosen) != 1:
        raise Http404
    return chosen[0]


def _where(data) -> dict[str, str]:
    """Which part and which filter the person looks at; an act comes back to it."""
    return {name: data.get(name, "") for name in ("part", "show", "kind_shown")}


def _context(request: HttpRequest, document: PlanDocument, data) -> dict[str, Any]:
    show, kind = data.get("show", ""), data.get("kind_shown", "")
    part = int(data.get("part", "0")) if str(data.get("part", "0")).isdecimal() else 0
    if data.get("at", "").isdecimal():
        part = rules.part_of(int(data["at"]), boards.pages_of(document))
    found = boards.board(document, part=part, show=show, kind=kind)
    for one in found.items:
        one.said = rules.said(one.kind, one.fields)
        one.question = rules.question(one.kind, one.fields, one.why) if one.doubtful else ""
        one.proposed = one.doubtful and rules.proposal(one.kind, one.fields) is not None
        one.kind_words = rules.KINDS.get(one.kind, one.kind)
    return {
        "document": document, "board": found, "show": show, "kind_shown": kind, "kinds": rules.KINDS,
        "may_edit": document.state in EDITABLE and can(request.user, Permission.ADOPT_PLANS),
        "where": {"part": found.part, "show": show, "kind_shown": kind},
        "history": reviewing.history(document), "newer": document.reader_version != __version__,
        "departments": organisation.departments(on=timezone.localdate()),
    }  # fmt: skip


def _document(pk: int) -> PlanDocument:
    found = reviewing.document(pk)
    if found is None:
        raise Http404
    return found


def _item(document: PlanDocument, pk: int) -> PlanItem:
    found = document.items.filter(pk=pk).first()
    if found is None:
        raise Http404
    found.document = document
    return found
