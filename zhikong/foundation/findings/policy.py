"""The policy in force: the hospital's own version of it before the packaged one."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.permissions import Permission
from zhikong.foundation.access.roles import ROLES
from zhikong.foundation.access.scope import once
from zhikong.foundation.findings.rules.policy import QUALITY_OFFICE, Policy
from zhikong.foundation.findings.rules.reading import parse
from zhikong.foundation.packstore import kinds
from zhikong.foundation.packstore.queries import Broken, resolve

CODE, STANDARD = "action_policies", "standard"


def register() -> None:
    """Tell the pack store what a policy of findings is; called in the app's ready()."""
    kinds.register(
        kinds.Kind(
            code=CODE,
            folder=CODE,
            title=_("问题整改规则"),
            parse=parse,
            title_of=lambda policy: policy.title,
        )
    )


def in_force() -> Policy:
    """The policy in force today, read once while the scope lasts; the built-in one when a hospital took it away."""
    return once("findings.policy", _resolved)


def office_for(*, source_kind: str, clause_key: str = "", indicator_id: str = "") -> str:
    """The role that accepts: by the policy, else the owner of the form the clause is of, else the quality office."""
    named = in_force().office_for(source_kind=source_kind, clause_key=clause_key, indicator_id=indicator_id)
    return named or _owner_of_form(clause_key) or QUALITY_OFFICE


def _owner_of_form(clause_key: str) -> str:
    """The form's owner, when that role accepts findings at all."""
    form_id, colon, _item = clause_key.partition(":")
    try:
        found = resolve("form", form_id, on=timezone.localdate()) if colon else None
    except (Broken, kinds.UnknownKind):
        return ""
    owner = getattr(getattr(found, "obj", None), "owner", "")
    return owner if owner in ROLES and Permission.ACCEPT_FINDING in ROLES[owner].permissions else ""


def _resolved() -> Policy:
    found = resolve(CODE, STANDARD, on=timezone.localdate())
    return Policy() if found is None or found.obj is None else found.obj
