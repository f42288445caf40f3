"""What reporting does when others announce something. Each is harmless when it runs twice."""

from datetime import datetime

from zhikong.hospital.functions.reporting import actions


def publish_accepted(fact, *, now: datetime) -> None:
    """Figures were accepted: bring what waits into the facts in one publication."""
    actions.publish_accepted(by=None, now=now, months=[fact.month])


def keep_accepted(fact, *, now: datetime) -> None:
    """Somebody published (a file, say): an accepted figure that a delivery wrote over is put back."""
    actions.publish_accepted(by=None, now=now, months=fact.months)
