"""What this function does when others announce something."""

from datetime import datetime

from zhikong.hospital.functions.indicators import actions
from zhikong.hospital.functions.indicators.catalogue import INDICATOR


def recompute_after_publication(fact, *, now: datetime) -> None:
    """Handler of the fact “tables published”; harmless when it runs twice."""
    actions.recompute(by=None, now=now)


def recompute_by_new_definition(fact, *, now: datetime) -> None:
    """Handler of the fact “a version was published or withdrawn”; one that holds from a later day finds nothing new."""
    if fact.kind == INDICATOR:
        actions.recompute(by=None, now=now)
