"""A clause that shall be watched for good becomes an indicator of the hospital: a draft in the pack store."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhikong.foundation.packstore import actions as packstore
from zhikong.foundation.packstore import queries
from zhikong.foundation.packstore.models import Version
from zhikong.hospital.functions.inspections.clause_indicators import clause_text, indicator_id
from zhikong.hospital.functions.inspections.queries.results.forms import known_forms

INDICATOR = "indicator"


def watched(definition_id: str) -> Version | None:
    """The open draft or the published version of that indicator, or None."""
    return (
        queries.open_version(INDICATOR, definition_id)
        or Version.objects.filter(kind=INDICATOR, definition_id=definition_id).order_by("-pk").first()
    )


def watch(form_id: str, item: str, *, by, now: datetime) -> Version:
    """Write the draft; a definition that exists already is not written over."""
    form = known_forms().get(form_id)
    if form is None or form.item(item) is None:
        raise ValidationError(_("检查表里已经没有这一条，不能作为指标。"))
    name = indicator_id(form_id, item)
    if known := watched(name):
        return known
    return packstore.save_draft(
        by=by, now=now, kind=INDICATOR, definition_id=name, text=clause_text(form, item),
        reason=_("持续监测检查条款“%(text)s”") % {"text": form.item(item).text},
    )  # fmt: skip
