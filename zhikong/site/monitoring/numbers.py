"""One number that monitoring shows."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Number:
    """name, what it means, its value; labels hold codes of institutions, tables and queues, never a person."""

    name: str
    help: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)
