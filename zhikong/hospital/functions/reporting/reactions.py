"""What reporting does when others announce something. Each is harmless when it runs twice."""

from datetime import datetime

from zhikong.hospital.functions.reporting import actions
from zhikong.hospital.functions.reporting.models import MonthlyRecord


def publish_accepted(fact, *, now: datetime) -> None:
    """Figures were accepted: bring what waits into the facts in one publication."""
    actions.publish_accepted(by=None, now=now, months=[fact.month])


def keep_accepted(fact, *, now: datetime) -> None:
    """Somebody published (a file, say): an accepted figure that a delivery wrote over is put back."""
    actions.publish_accepted(by=None, now=now, months=fact.months)


def settle_record(fact, *, now: datetime) -> None:
    """A sheet was handed in, returned or accepted, perhaps on the form's own page: its record follows."""
    record = MonthlyRecord.objects.filter(sheet_id=fact.sheet_id).first()
    if record is not None:
        actions.settle(record, by=None, now=now)
