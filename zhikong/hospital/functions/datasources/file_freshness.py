"""How fresh the files are that people bring in by hand, beside the feeds that bring theirs by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.facts.freshness import Fresh, State
from zhikong.foundation.facts.models import Load
from zhikong.foundation.patients.settling import SOURCE as SETTLED
from zhikong.hospital.functions.datasources.actions import TABLES_MAPPING
from zhikong.hospital.functions.datasources.mappings import mappings

PATIENCE = timedelta(days=45)
"""Front pages are delivered by the month, and a month is complete about ten days after its end."""
_DONE = (Load.State.PUBLISHED, Load.State.UNCHANGED)


def fresh_files() -> Iterable[Fresh]:
    """One source for each format that was brought in as a file (registered with facts.freshness). One query."""
    # what settles from the live store came by feeds, and each feed tells of itself
    files = Load.objects.filter(feed="", state__in=_DONE).exclude(mapping=SETTLED)
    rows = files.order_by().values_list("mapping")
    newest = rows.annotate(last=Max("finished_at")).order_by("mapping")
    now, known = timezone.now(), mappings()
    for mapping, last in newest:
        found = known.get(mapping)
        lag = max(now - last, timedelta())
        yield Fresh(
            source=_("数据契约表") if mapping == TABLES_MAPPING else found.mapping.name if found else mapping,
            last_success=last,
            last_row_at=None,
            lag=lag,
            state=State.LATE if lag > PATIENCE else State.FRESH,
            tables=frozenset(t.table for t in found.mapping.tables) if found else frozenset(),
            url=reverse("datasources:list"),
        )
