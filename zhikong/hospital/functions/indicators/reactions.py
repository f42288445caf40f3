"""What this function does when others announce something."""

from datetime import datetime

from zhikong.hospital.functions.indicators import actions


def recompute_after_publication(fact, *, now: datetime) -> None:
    """Handler of the fact “tables published”; harmless when it runs twice."""
    actions.recompute(by=None, now=now)
