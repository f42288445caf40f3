"""Clinical events of each stay: what was ordered, given, written, signed, talked about, charged and found.

Made in blocks of stays that were discharged in the same month, each family from streams of chance of its own,
so that the tables that stood before stay as they are and memory stays small whatever the number of stays.
"""

from zhikong.simulator.events.making import (
    EVENT_TABLES,
    EXTRA_TABLES,
    Events,
    event_tables,
    open_tables,
    parts,
)

__all__ = ["EVENT_TABLES", "EXTRA_TABLES", "Events", "event_tables", "open_tables", "parts"]
