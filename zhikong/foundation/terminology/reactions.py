"""What the code tables do when new data are published."""

from datetime import datetime

from zhikong.foundation.terminology.collecting import collect


def collect_after_publication(fact, *, now: datetime) -> None:
    """Handler of the fact “tables published”; harmless when it runs twice."""
    collect(now=now)
