"""What a reading needs to know about the hospital, given by the caller because intake knows no database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Context:
    """The hospital that the data belong to.

    institution: its code. zone: its IANA time zone name. secret: key of the pseudonyms.
    departments: every code, name and alias -> department code. None switches the department check off.
    now: local wall time of the reading, against which "in the future" is judged.
    terms: 'table.column' -> code as the hospital writes it -> standard code, as people confirmed them.
    told: called now and then with the rows that have been staged so far; for whoever shows progress.
    memory_mb: the analytical engine's memory; more spills to disk.
    """

    institution: str
    zone: str
    secret: bytes = field(repr=False)
    departments: Mapping[str, str] | None
    now: datetime
    terms: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    told: Callable[[int], None] | None = field(default=None, repr=False, compare=False)
    memory_mb: int = 384
    threads: int = 2
