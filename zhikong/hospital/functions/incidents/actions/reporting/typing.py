"""Filling in the typed form of an incident: any part of it at any time; sealed with the incident, never in the foundation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.forms import answers
from zhikong.foundation.forms.answers import Cleaned
from zhikong.foundation.forms.definition.model import FormDefinition
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.reporting import Incident, IncidentSheet
from zhikong.hospital.functions.incidents.queries.reporting import envelopes, reading, typed
from zhikong.hospital.functions.incidents.rules_reporting import State


def fill(
    *, by, now: datetime, incident: Incident, form: FormDefinition, raw: Mapping[str, Any], final: bool
) -> Cleaned:
    """Keep what was answered; ``final`` also says that the form is complete. Gives what was judged, with its errors.

    by: a post of the ward or of an office, or the reporter himself, who is written down nowhere. What is right is
    kept also when something else is wrong; ``final`` with an error keeps the answers and does not complete the form.
    """
    reporter = not typed.may_fill(by, incident)
    if reporter and not reading.is_reporter(by, incident):
        raise PermissionDenied(_("您没有权限：填写这件事的专项表。"))
    if incident.state in (State.CLOSED, State.MERGED):
        raise ValidationError(_("这件事已经办结，专项表不能再改；有新情况请补充说明。"))
    found = answers.clean(form, raw, final=final, today=timezone.localdate(now))
    with neutral.nobody():
        _keep(incident, form, found, now, None if reporter else by, done=final and not found.errors)
    return found


def _keep(incident: Incident, form: FormDefinition, found: Cleaned, now: datetime, by, *, done: bool) -> None:
    row = IncidentSheet.objects.select_for_update().filter(incident=incident, form_id=form.id).first()
    row = row or IncidentSheet(
        institution_id=incident.institution_id, incident=incident, form_id=form.id, form_version=form.version
    )
    row.form_version, row.filled_at, row.filled_by = form.version, now, by
    row.done_at = now if done else None
    row.sealed = envelopes.seal(found.values, row, envelopes.CONTENT)
    row.save()
