"""Pictures of a notice's problems as they may be shown: blurred, made small, and each look logged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.foundation.files.actions import read
from zhikong.foundation.files.models import File

MOST = 24  # of one notice


def pictures(problems: Iterable[Mapping[str, Any]], *, by, now: datetime) -> dict[int, bytes]:
    """File id -> content, for files that the reader may open; others are left out."""
    wanted = list(dict.fromkeys(pk for one in problems for pk in one["photos"]))[:MOST]
    found = {}
    for file in File.objects.filter(pk__in=wanted):
        try:
            found[file.pk] = b"".join(read(file, by=by, now=now, purpose="督查通报"))
        except (PermissionDenied, ValidationError):
            continue
    return found
