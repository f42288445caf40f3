"""The time by which backups are named: the site's, whatever zone the machine is set to."""

from datetime import datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")  # as TIME_ZONE of the settings; a restore asks before there are settings


def now() -> datetime:
    return datetime.now(ZONE)


def moment(text: str) -> datetime:
    """A moment that somebody wrote; without a zone it is the site's. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=ZONE)
