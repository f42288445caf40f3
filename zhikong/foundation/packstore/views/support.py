"""What the pages of the pack store share."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from zhikong.foundation.packstore import kinds, queries
from zhikong.foundation.packstore.models import Version


def find(pk: int) -> Version:
    """The version, or 404 when it is not in scope."""
    rows = Version.objects.select_related(
        "author", "changed_by", "submitted_by", "reviewed_by", "published_by", "withdrawn_by"
    )
    return get_object_or_404(rows, pk=pk)


def kind_or_404(code: str) -> kinds.Kind:
    try:
        return kinds.get(code)
    except kinds.UnknownKind as error:
        raise Http404 from error


def reading(version: Version) -> kinds.Reading:
    """The version's text as its kind understands it."""
    return kinds.read(version.kind, version.definition_id, version.text)


def typed(version: Version, text: str) -> kinds.Reading:
    """Another text in the version's place, as it is being typed."""
    return kinds.try_text(version.kind, version.definition_id, text)


def preview(request, kind: kinds.Kind, found: kinds.Reading) -> SafeString | str:
    """How users will see it; '' when the kind offers none or the text cannot be read. The kind's HTML is its own."""
    if kind.preview is None or found.obj is None:
        return ""
    return mark_safe(kind.preview(request, found.obj))


def before(version: Version):
    """What holds today without this version; None when nothing does or it cannot be read."""
    try:
        return queries.resolve(version.kind, version.definition_id, on=timezone.localdate())
    except queries.Broken:
        return None
