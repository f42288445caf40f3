"""What every act on an analysis shares: who may, the story, the row as it is now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.roles import ROLES
from zhikong.hospital.functions.incidents import neutral
from zhikong.hospital.functions.incidents.models.analysis import Analysis, AnalysisStep
from zhikong.hospital.functions.incidents.models.handling import Handling
from zhikong.hospital.functions.incidents.models.reporting import Incident
from zhikong.hospital.functions.incidents.queries.analysis.reading import Rights, rights
from zhikong.hospital.functions.incidents.queries.handling.scope import EVERYTHING

REFUSED = "您没有权限：修改这项分析。请联系组长，或由受理部门把您加入团队。"


def readers_by_role(incidents: Iterable[Incident]) -> list[str]:
    """Who reads an analysis by role: the offices that see every case, those that handle these, leaders of the ward."""
    rows = Handling.objects.filter(incident__in=[one.pk for one in incidents])
    found = {*EVERYTHING, *rows.values_list("office", flat=True)} - {""}
    return sorted(
        found | {code for code, role in ROLES.items() if Permission.ANALYSE_INCIDENTS in role.permissions}
    )


def offices_of(one: Analysis) -> list[str]:
    """Of those who read it by role, the offices."""
    return [code for code in one.reader_roles if Permission.HANDLE_INCIDENTS in ROLES[code].permissions]


def locked(one: Analysis) -> Analysis:
    """The row as it is now, held until the end of the transaction."""
    return Analysis.objects.select_for_update().get(pk=one.pk)


def writable(one: Analysis, *, by, lead: bool = False) -> Analysis:
    """Locked, still open, and ``by`` may change it (conclude it, with ``lead``). Raises."""
    found: Rights = rights(by, one)
    if not (found.lead if lead else found.write):
        raise PermissionDenied(REFUSED)
    held = locked(one)
    if not held.is_open:
        raise ValidationError("这项分析已经完成或终止，不能再改。需要时请由组长或受理部门重新打开。")
    return held


def said(text: str, sentence: str, least: int = 2) -> str:
    """The words, or a refusal that says which are missing."""
    if len(text.strip()) < least:
        raise ValidationError(sentence)
    return text.strip()


def ask(owner, *, by, now: datetime, due_on: date, url: str, key: str, words=neutral.Words.HANDLE) -> None:
    """A task in constant words in the owner's own department: the case's department is not the owner's to see.

    Who holds no role today gets none; the team's page shows who has something to do.
    """
    reached = [grant.departments for grant in owner.grants()]
    if not reached:
        return
    place = None if None in reached else min(min(of) for of in reached if of)
    neutral.task(
        by=by, now=now, owner=owner, due_on=due_on, url=url, key=key, department_id=place, words=words
    )


def tell(one: Analysis, act: str, *, by, now: datetime, text: str = "") -> AnalysisStep:
    """One line of the analysis's own story."""
    return AnalysisStep.objects.create(
        institution_id=one.institution_id, analysis=one, act=act, text=text, at=now, by=by
    )
