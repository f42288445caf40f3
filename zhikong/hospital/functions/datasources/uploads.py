"""Files that people hand in: the moment between the browser and the raw store, and the feed they belong to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import current_scope
from zhikong.foundation.facts import raw
from zhikong.foundation.facts.models import Load
from zhikong.hospital.functions.datasources import processing
from zhikong.hospital.functions.datasources.models import Feed
from zhikong.hospital.functions.datasources.receiving import FILES, Delivery, receive_all


@contextmanager
def written(chunks: Iterable[bytes]) -> Iterator[Path]:
    """The upload as a private file for the moment in which it is sealed; its name is ours."""
    folder = Path(settings.RAW_FOLDER) / "incoming"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{os.getpid()}-{uuid4().hex}"
    try:
        with (
            raw.room_explained(),
            os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as f,
        ):
            for chunk in chunks:
                f.write(chunk)
        yield path
    finally:
        path.unlink(missing_ok=True)


def adopt(load: Load, *, now: datetime) -> None:
    """An upload that release 0.3 left waiting in its inbox is kept raw like any other; then the inbox lets go of it."""
    path = Path(settings.ZHIKONG_HOME) / "inbox" / str(load.institution_id) / f"{load.pk}.upload"
    if not path.is_file():
        return
    if load.state in processing.UNFINISHED and not load.receipts.exists():
        load.feed = FILES
        load.save(update_fields=["feed"])
        uploads = [Delivery(path, name=load.source_name)]
        receive_all(feed=file_feed(now=now), now=now, deliveries=uploads, load=load)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def file_feed(*, now: datetime) -> Feed:
    """The feed of files that people hand in; made at the first of them."""
    found, _made = Feed.objects.get_or_create(
        institution_id=current_scope().institution_id,
        code=FILES,
        defaults={
            "title": _("文件导入"),
            "kind": Feed.Kind.FILE,
            "created_at": now,
            "retention_days": 3 * 365,
        },
    )
    return found
