"""Reads. Row policies let in the person concerned and those who open or keep files."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from zhikong.foundation.access.permissions import Permission, can
from zhikong.foundation.access.roles import ROLES
from zhikong.hospital.functions.accountability import rules
from zhikong.hospital.functions.accountability.models import AccountabilityFile, Evidence, Points, Step

HOLD = (Permission.OPEN_ACCOUNTABILITY, Permission.KEEP_ACCOUNTABILITY)
SHOW = {"open": rules.OPEN_STATES, "done": frozenset({rules.State.FINAL, rules.State.REFUSED})}


def holds(user) -> bool:
    """Opens or keeps files."""
    return any(can(user, one) for one in HOLD)


def keeper_roles() -> list[str]:
    """Roles that a file is shown to: those that open or keep files today."""
    return sorted(code for code, role in ROLES.items() if any(one in role.permissions for one in HOLD))


def files(*, show: str = "open", text: str = "") -> QuerySet[AccountabilityFile]:
    rows = AccountabilityFile.objects.select_related("person", "opened_by").order_by("-proposed_at", "-pk")
    rows = rows.filter(state__in=SHOW[show]) if show in SHOW else rows
    return rows.filter(title__icontains=text) if text else rows


def file(code: str) -> AccountabilityFile | None:
    people = ("person", "proposed_by", "opened_by", "concluded_by", "answered_by")
    return AccountabilityFile.objects.select_related(*people).filter(code=code).first()


def is_about(user, found: AccountabilityFile) -> bool:
    return user.person_id is not None and user.person_id == found.person_id


def evidence(found: AccountabilityFile) -> list[Evidence]:
    return list(Evidence.objects.select_related("by").filter(file=found).order_by("at", "pk"))


def story(found: AccountabilityFile) -> list[Step]:
    return list(Step.objects.select_related("by").filter(file=found).order_by("-at", "-pk"))


@dataclass(frozen=True)
class Own:
    """Somebody's own safety file: matters, ledger, and the points that count today."""

    files: list[AccountabilityFile]
    ledger: list[Points]
    balance: int


def own(user, *, today: date) -> Own:
    """What is kept about the reader; empty for an account without a person."""
    if user.person_id is None:
        return Own([], [], 0)
    mine = AccountabilityFile.objects.filter(person_id=user.person_id).exclude(
        state__in=(rules.State.PROPOSED, rules.State.REFUSED)
    )
    ledger = list(
        Points.objects.select_related("file").filter(person_id=user.person_id).order_by("-given_on")
    )
    return Own(list(mine.order_by("-opened_at")), ledger, counted(ledger, today))


def counted(ledger, today: date) -> int:
    return rules.balance(
        (rules.Entry(e.points, e.given_on, e.expires_on, e.revoked_at is not None) for e in ledger), today
    )


def points_of(person_id: int) -> list[Points]:
    return list(Points.objects.filter(person_id=person_id).order_by("-given_on"))
