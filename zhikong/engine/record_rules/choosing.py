"""Which rules of a pack judge: published, switched on, of the chosen set, and not replaced by a stricter one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zhikong.engine.definitions.model import Status

NATIONAL = "national"


def chosen(rules: Iterable[Any], *, preset: str = NATIONAL) -> list[Any]:
    """The rules that judge where nobody set anything: without a set they belong to all, and every set stands on the
    national one. A rule that waits for its limit, or that another active one replaces, rests."""
    sets = {NATIONAL, preset}
    active = {
        rule.id: rule
        for rule in rules
        if rule.status is Status.PUBLISHED
        and getattr(rule, "active", True)
        and not getattr(rule, "needs_limit", False)
        and (not getattr(rule, "presets", ()) or sets & set(rule.presets))
    }
    replaced = {getattr(rule, "replaces", "") for rule in active.values()}
    return [active[name] for name in sorted(active) if name not in replaced]
