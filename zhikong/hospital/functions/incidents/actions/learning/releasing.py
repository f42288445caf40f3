"""Two sentences are released for a ward's wall, or taken down."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.incidents.models.learning import ChangeSource, WardChange
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.learning.changes import people
from zhikong.hospital.functions.incidents.rules_learning_changes import CHANGED, SAID, named, telling
from zhikong.hospital.functions.incidents.rules_reporting import State


@transaction.atomic
def release(
    *, by, now: datetime, incident: Incident, said: str, changed: str, since: date, checked: bool
) -> WardChange:
    """Release two sentences that came of a closed incident, for everybody to read.

    checked: the person says that nobody can be recognised; asked for when a rule finds something telling. A full name
    of somebody with an account is refused. Raises ValidationError with sentences.
    """
    require(by, Permission.PUBLISH_LESSONS)
    said, changed = said.strip(), changed.strip()
    if problems := _problems(incident, said, changed, since, now.date()):
        raise ValidationError(problems)
    if not checked and (hints := telling(f"{said}\n{changed}")):
        raise ValidationError([*hints, _("请改写，或勾选“我确认认不出任何人”后再公开。")])
    institution = current_scope().institution_id
    made = WardChange.objects.create(
        institution_id=institution, department_id=incident.department_id, said=said, changed=changed, since=since,
        released_at=now, released_by=by,
    )  # fmt: skip
    ChangeSource.objects.create(institution_id=institution, incident=incident, change=made)
    return made


def _problems(incident: Incident, said: str, changed: str, since: date, today: date) -> list[str]:
    found = []
    if incident.state != State.CLOSED or incident.department_id is None:
        found.append(_("只有已办结、写明科室的事件可以公开改进。"))
    if ChangeSource.objects.filter(incident=incident).exists():
        found.append(_("这件事的改进已经公开过。"))
    if not said or len(said) > SAID:
        found.append(_("请用不超过 %(n)d 个字写“您说”。") % {"n": SAID})
    if not changed or len(changed) > CHANGED:
        found.append(_("请用不超过 %(n)d 个字写“我们改”。") % {"n": CHANGED})
    if since > today:
        found.append(_("“从哪天起”不能晚于今天：没有做到的，先不要公开。"))
    if names := named(f"{said} {changed}", people()):
        found.append(_("文字里有本院人员的姓名：%(names)s。请改成岗位。") % {"names": "、".join(names)})
    return found


@transaction.atomic
def withdraw(*, by, now: datetime, change: WardChange) -> None:
    """Take a change down. Its row stays, and better sentences may be released from the same incident."""
    require(by, Permission.PUBLISH_LESSONS)
    change.withdrawn_at, change.withdrawn_by = now, by
    change.save(update_fields=["withdrawn_at", "withdrawn_by"])
    ChangeSource.objects.filter(change=change).delete()
