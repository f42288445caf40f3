"""Writing a draft: the editor with its live check, and how a draft begins."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.views_support import needs
from zhikong.foundation.packstore import actions, kinds, queries, rules
from zhikong.foundation.packstore.forms import EditForm, NewForm
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.rules import State
from zhikong.foundation.packstore.views.support import find, kind_or_404, preview, reading, typed


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_http_methods(["GET", "POST"])
def new(request):
    """Begin a definition of the hospital's own."""
    form = NewForm(request.POST or None, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        kind = form.cleaned_data["kind"]
        name = form.cleaned_data["definition_id"] or queries.free_id(kind)
        if queries.is_known(kind, name):
            form.add_error("definition_id", _("这个编号已经有了，请换一个，或从列表里打开它来修改。"))
        else:
            draft = actions.start_from(
                by=request.user, now=timezone.now(), kind=kind, definition_id=name, source=None
            )
            return redirect(editor_of(draft))
    return render(request, "packstore/new.html", {"form": form})


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_POST
def start(request, kind: str, definition_id: str):
    """Begin a draft from what is in force, from the package, or from an older version; or go on with the open one."""
    kind_or_404(kind)
    source = _source(request, kind, definition_id)
    draft = actions.start_from(
        by=request.user, now=timezone.now(), kind=kind, definition_id=definition_id, source=source
    )
    return redirect(
        editor_of(draft) if draft.state == State.DRAFT else reverse("packstore:version", args=[draft.pk])
    )


def _source(request, kind: str, definition_id: str):
    number = request.POST.get("version", "")
    if number.isdigit():
        return get_object_or_404(Version, kind=kind, definition_id=definition_id, number=int(number))
    if request.POST.get("from") == "package":
        return queries.packaged_text(kind, definition_id)
    return queries.text_in_force(kind, definition_id, on=timezone.localdate())


def editor_of(draft: Version) -> str:
    """The friendlier editor when the kind has one, else the text editor."""
    name = kinds.get(draft.kind).editor_url
    return reverse(name or "packstore:edit", args=[draft.pk])


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_http_methods(["GET", "POST"])
def edit(request, pk: int):
    """The text editor. Saving keeps a text with problems; submitting does not."""
    draft = find(pk)
    if draft.state != State.DRAFT:
        messages.error(request, _("只有草稿可以修改；已送审的请先收回。"))
        return redirect("packstore:version", pk)
    form = EditForm(request.POST or None, initial=_initial(draft))
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                saved = _save(request, draft, form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _after_saving(request, saved)
    return render(request, "packstore/edit.html", _context(request, draft, form))


def _initial(draft: Version) -> dict:
    return {"text": draft.text, "reason": draft.reason, "revision": draft.revision}


def _save(request, draft: Version, values: dict) -> Version:
    return actions.save_draft(
        by=request.user, now=timezone.now(), kind=draft.kind, definition_id=draft.definition_id,
        text=values["text"], revision=values["revision"], reason=values["reason"],
    )  # fmt: skip


def _after_saving(request, saved: Version):
    count = len(reading(saved).problems)
    if count:
        messages.warning(request, _("已保存。还有 %(n)d 处问题要改好才能送审。") % {"n": count})
        return redirect("packstore:edit", saved.pk)
    messages.success(request, _("已保存，没有发现问题。"))
    return redirect("packstore:version" if "then_submit" in request.POST else "packstore:edit", saved.pk)


def _context(request, draft: Version, form: EditForm) -> dict:
    text = rules.clean_text(form["text"].value() or "")
    said, kind = typed(draft, text), kinds.get(draft.kind)
    friendly = kind.editor_url and reverse(kind.editor_url, args=[draft.pk])
    return {
        "version": draft, "kind": kind, "form": form, "problems": said.problems,
        "preview": preview(request, kind, said), "has_preview": kind.preview is not None, "friendly": friendly,
    }  # fmt: skip


@login_required
@needs(Permission.EDIT_DEFINITIONS)
@require_POST
def check(request, pk: int):
    """The fragment below the editor: problems with their lines, and how it will look. Saves nothing."""
    draft = find(pk)
    text = rules.clean_text(request.POST.get("text", "")[: actions.LONGEST])
    said, kind = typed(draft, text), kinds.get(draft.kind)
    context = {
        "version": draft, "kind": kind, "problems": said.problems,
        "preview": preview(request, kind, said), "has_preview": kind.preview is not None,
    }  # fmt: skip
    return render(request, "packstore/_check.html", context)
