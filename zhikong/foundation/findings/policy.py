"""The policy in force: the hospital's own version of it before the packaged one."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhikong.foundation.access.scope import once
from zhikong.foundation.findings.rules.policy import Policy
from zhikong.foundation.findings.rules.reading import parse
from zhikong.foundation.packstore import kinds
from zhikong.foundation.packstore.queries import resolve

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


def _resolved() -> Policy:
    found = resolve(CODE, STANDARD, on=timezone.localdate())
    return Policy() if found is None or found.obj is None else found.obj
