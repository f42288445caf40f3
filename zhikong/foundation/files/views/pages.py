"""The page of stored files, and the page of one file with its story."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from zhikong.foundation.access.permissions import Permission, can, require
from zhikong.foundation.files import guards, queries, scanner
from zhikong.foundation.files.actions import may_go
from zhikong.foundation.files.actions.reading import check_permission
from zhikong.foundation.files.models import File
from zhikong.foundation.files.rules import readable_size, retention_classes
from zhikong.foundation.files.views.decisions import (
    FileFilter,
    HoldForm,
    ReasonForm,
    RetentionForm,
    release_form,
)
from zhikong.foundation.files.views.transfer import find
from zhikong.foundation.organisation.queries import names

CARDS = (
    ("kept", "is-none"),
    ("held", "is-none"),
    ("due", "is-warn"),
    ("waiting", "is-bad"),
    ("problem", "is-bad"),
)


@login_required
@require_GET
def file_list(request):
    """For those who decide on files: the list. For the administrator: figures and problems, no names."""
    require(request.user, Permission.VIEW_FILE_STORE)
    decides = can(request.user, Permission.HOLD_FILES, whole_hospital=True)
    today, form = timezone.localdate(), FileFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    show = chosen.get("show") or "kept"
    context = {"form": form, "show": show, "decides": decides, **_state(request, today, show)}
    if decides:
        rows = queries.listed(today=today, show=show, text=chosen.get("q", ""), kind=chosen.get("kind", ""))
        page = Paginator(rows, 30).get_page(request.GET.get("page"))
        context |= {"page": page, "rows": _rows(page, request.user)}
    return render(request, "files/list.html", context)


def _rows(page, user) -> list[tuple[File, str, str, bool]]:
    """Each file with the name of its department, its retention class, and whether the reader may know its name."""
    departments, classes = names(on=timezone.localdate()), retention_classes()
    return [
        (f, departments.get(f.department_id, ""), classes[f.retention].title, guards.may_read(user, f))
        for f in page
    ]


def _state(request, today, show: str) -> dict:
    counts, words = queries.counts(today=today), dict(FileFilter.SHOW)
    cards = [
        {"key": key, "label": words[key], "count": getattr(counts, key), "css": css, "active": key == show}
        for key, css in CARDS
    ]
    return {
        "cards": cards,
        "stored": readable_size(counts.bytes),
        "sweep": queries.last_sweep(),
        "problems": queries.problems(),
        "scanner": scanner.address(),
        "sealing": settings.FILES_ENCRYPT,
        "manages": can(request.user, Permission.MANAGE_FILES),
    }


@login_required
@require_GET
def detail(request, pk: int):
    return render_detail(request, _shown(request, pk))


def _shown(request, pk: int) -> File:
    """The file, when its purpose's guard lets the reader see it."""
    file = find(pk)
    check_permission(file, request.user)
    if not guards.may_read(request.user, file):
        raise PermissionDenied("您没有权限：查看这个文件。如需查看，请联系上传人或职能部门。")
    return file


def render_detail(request, file: File, **bound):
    """The file's page; bound: the forms that had errors."""
    stands = file.deleted_at is None or bool(bound)  # a refused form must show why
    decides = stands and can(request.user, Permission.HOLD_FILES, file.department_id)
    context = {
        "file": file,
        "department": names(on=timezone.localdate()).get(file.department_id, ""),
        "kept_as": retention_classes()[file.retention],
        "story": queries.story(file),
        "holds": [(hold, _release_form(hold.pk, bound)) for hold in queries.open_holds(file)],
        "decides": decides,
        "may_destroy": "destroy_form" in bound or (not file.held and may_go(file, timezone.now())),
        "hold_form": HoldForm(),
        "retention_form": RetentionForm(initial={"retention": file.retention}),
        "destroy_form": ReasonForm(prefix="destroy"),
        **bound,
    }
    return render(request, "files/detail.html", context)


def _release_form(hold_pk: int, bound: dict) -> ReasonForm:
    """The refused form when it is about this hold, otherwise a blank one."""
    blank, refused = release_form(hold_pk), bound.get("release_form")
    return refused if refused is not None and refused.auto_id == blank.auto_id else blank
