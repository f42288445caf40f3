"""One hash of the running rules with the hospital's settings: when it changes, every open stay is checked anew."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.utils import timezone

from zhikong.hospital.functions.records.queries.results.in_force import settings_in_force
from zhikong.hospital.functions.records.queries.running.judged import running_rules


def fingerprint(*, now: datetime) -> str:
    """Of the rules in force today, their versions and what was set for them."""
    on = timezone.localdate(now)
    clock, content = running_rules(on=on)
    said = [f"{rule.id}@{rule.version}:{rule.hash}" for rule in (*clock, *content)]
    set_here = [repr(one) for _rule, one in sorted(settings_in_force(on=on).items())]
    return hashlib.sha256("\n".join([*said, *set_here]).encode()).hexdigest()
