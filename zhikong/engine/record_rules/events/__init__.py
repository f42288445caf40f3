"""The vocabulary of events (事件): what happens to a patient, and which row of which table says when."""

from __future__ import annotations

from zhikong.engine.record_rules.events.model import END, START, Event, NoTime
from zhikong.engine.record_rules.events.reading import Events, event_files, load_events

__all__ = ["END", "START", "Event", "Events", "NoTime", "event_files", "load_events"]
