"""Keeping a report that is not ready. Sealed, found by its writer alone, gone when it is sent or thrown away."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.incidents.models.reporting import ReportDraft
from zhikong.hospital.functions.incidents.queries.reporting import envelopes
from zhikong.hospital.functions.incidents.rules_reporting_report import FIELDS, LONGEST

MOST_DRAFTS = 20


def save_draft(*, by, now: datetime, fields: dict[str, str], draft: int | None = None) -> int:
    """Keep the fields as they were typed; gives the draft's number. Nothing is judged yet."""
    owner = envelopes.owner_of(by.pk)
    mine = ReportDraft.objects.filter(owner=owner)
    row = mine.filter(pk=draft).first() if draft else None
    if row is None:
        if mine.count() >= MOST_DRAFTS:
            raise ValidationError(_("草稿最多 %(most)s 份，请先提交或删除旧的。") % {"most": MOST_DRAFTS})
        row = ReportDraft(institution_id=current_scope().institution_id, owner=owner)
    kept = {name: str(fields.get(name, ""))[:LONGEST] for name in FIELDS}
    row.sealed, row.saved_on = envelopes.seal(kept, row, envelopes.DRAFT), timezone.localdate(now)
    row.save()
    return row.pk


def drop_draft(*, by, draft: int) -> None:
    """Throw a draft away; nothing happens when it is not the writer's."""
    ReportDraft.objects.filter(owner=envelopes.owner_of(by.pk), pk=draft).delete()
