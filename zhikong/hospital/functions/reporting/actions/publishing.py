"""What was accepted becomes readable facts: one publication for everything that waits."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.facts import actions as facts
from zhikong.foundation.facts import reported
from zhikong.foundation.facts.models import Publication
from zhikong.hospital.functions.reporting import queries


@transaction.atomic
def publish_accepted(*, by, now: datetime, months: Iterable[str] | None = None) -> Publication | None:
    """Publish the newest accepted numbers of some months (None: of all) wherever the published ones differ.

    Idempotent, so that it may follow every acceptance and every delivery of a file: what a department reported and
    the office accepted is not written over by a file. None when nothing differs.
    """
    require(by, Permission.MANAGE_DATA)
    wanted = queries.accepted_counts(months=None if months is None else list(months))
    if not wanted:
        return None
    shown = {
        (c.department, c.month, c.item): c for c in reported.counts(months=sorted({w.month for w in wanted}))
    }
    differing = [w for w in wanted if shown.get((w.department, w.month, w.item)) != w]
    if not differing:
        return None
    return facts.publish_counts(by=by, now=now, counts=differing).publication
