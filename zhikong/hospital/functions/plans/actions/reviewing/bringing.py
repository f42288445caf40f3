"""A plan is brought in: its file is kept, its text is taken out, and it is read, at once or by the worker."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.files import actions as files
from zhikong.foundation.files.models import File
from zhikong.hospital.functions.plans.actions.reviewing import reading
from zhikong.hospital.functions.plans.models import PlanDocument
from zhikong.reading.files import NotReadable, plain_text

KEPT_AS_THEY_ARE = (".docx", ".pdf", ".txt")
AT_ONCE = 40_000  # characters that are read while the person waits; a plan of 30 pages
PDF_AT_ONCE = 300_000  # bytes; in a larger one there may be scanned pages, which take their time
PURPOSE = "plans.document"


def bring(
    *, by, now: datetime, upload, title: str, year: int, level: str, department_id: int | None = None,
    replaces: PlanDocument | None = None,
) -> PlanDocument:  # fmt: skip
    """Keep a plan's file and text and have it read.

    upload: as Django's uploaded files. Raises ValidationError with a sentence when the file cannot be read or kept.
    A long text or a large PDF is read by the worker: the document is then WAITING.
    """
    require(by, Permission.ADOPT_PLANS)
    text = "" if _maybe_scanned(upload) else _text(upload)
    with transaction.atomic():
        kept = _keep(upload, text, by=by, now=now)
        made = PlanDocument.objects.create(
            institution_id=current_scope().institution_id, title=title, year=year, level=level, department_id=department_id, file=kept,
            file_name=Path(upload.name or "").name[:200], text=text, brought_at=now, brought_by=by, replaces=replaces,
        )  # fmt: skip
        files.use(kept, by=by, now=now, used_for=f"plans.document:{made.pk}", text=title)
        if not text or len(text) > AT_ONCE:
            _later(made)
        else:
            reading.read_into(made, now=now)
    return made


def read_waiting(document: PlanDocument, *, now: datetime) -> None:
    """What the worker does: take out the text where that was put off, and read it. A bad file is told on its page."""
    if not document.text:
        try:
            document.text = _text_of_file(document, now)
        except (ValidationError, NotReadable) as problem:
            document.state, document.problem = PlanDocument.State.FAILED, _sentence(problem)
            document.save(update_fields=["state", "problem"])
            return
        document.save(update_fields=["text"])
    reading.read_into(document, now=now)


def ask_again(document: PlanDocument, *, by, now: datetime) -> None:
    """A person has a waiting or failed document read once more, by the worker."""
    require(by, Permission.ADOPT_PLANS)
    document.state, document.problem = PlanDocument.State.WAITING, ""
    document.save(update_fields=["state", "problem"])
    _later(document)


def _later(made: PlanDocument) -> None:
    from zhikong.hospital.functions.plans.jobs import read_document

    institution, number = made.institution_id, made.pk
    transaction.on_commit(lambda: read_document.defer(institution_id=institution, number=number))


def _maybe_scanned(upload) -> bool:
    return _suffix(upload) == ".pdf" and upload.size > PDF_AT_ONCE


def _text(upload) -> str:
    """The plain text, by the content and not by the name."""
    try:
        return _text_of(upload.chunks(), _suffix(upload))
    except NotReadable as problem:
        raise ValidationError(_sentence(problem)) from problem
    finally:
        upload.seek(0)


def _text_of_file(document: PlanDocument, now: datetime) -> str:
    content = files.read(document.file, by=None, now=now, purpose=PURPOSE)
    return _text_of(content, Path(document.file_name).suffix.lower()[:6])


def _text_of(pieces: Iterable[bytes], suffix: str) -> str:
    with tempfile.TemporaryDirectory(prefix="zhikong-plan-") as folder:
        path = Path(folder) / f"plan{suffix}"
        with path.open("wb") as file:
            file.writelines(pieces)
        return plain_text(path)


def _sentence(problem: Exception) -> str:
    return "".join(problem.messages) if isinstance(problem, ValidationError) else str(problem)[:500]


def _suffix(upload) -> str:
    found = Path(upload.name or "").suffix.lower()
    return found if found.isascii() and len(found) <= 6 else ""


def _keep(upload, text: str, *, by, now: datetime) -> File:
    """The file as it came; of kinds that the store does not take, its text."""
    given = upload
    if _suffix(upload) not in KEPT_AS_THEY_ARE:
        given = ContentFile(text.encode("utf-8"), name=f"{Path(upload.name or 'plan').stem}.txt")
        given.content_type = "text/plain"
    return files.store(by=by, now=now, upload=given, purpose=PURPOSE)
