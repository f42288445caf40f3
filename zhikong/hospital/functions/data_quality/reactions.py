"""What this function does when others announce something."""

from datetime import datetime

from zhikong.foundation.access.scope import current_scope
from zhikong.hospital.functions.data_quality.jobs import start


def inspect_after_publication(fact, *, now: datetime) -> None:
    """Handler of the fact “tables published”: the worker inspects what is newest then; twice is harmless."""
    start(current_scope().institution_id)
