"""Short ways to write a column down, shared by the files that list the contract's tables."""

from __future__ import annotations

from zhikong.engine.tables.model import CodeSet, Column, Type

STAY_ID = Column("stay_id", Type.TEXT, "所属住院的编号", nullable=False)
STAY_MONTH = "stays.discharged_at"


def at(name: str, meaning: str, *, nullable: bool = True, hqms: str = "") -> Column:
    """A local wall time."""
    return Column(name, Type.TIMESTAMP, meaning, nullable=nullable, hqms=hqms)


def text(name: str, meaning: str, *, nullable: bool = True, hqms: str = "") -> Column:
    """A text, or a code whose list belongs to the hospital."""
    return Column(name, Type.TEXT, meaning, nullable=nullable, hqms=hqms)


def code(name: str, meaning: str, domain: CodeSet, *, nullable: bool = True, hqms: str = "") -> Column:
    """A code of a closed list."""
    return Column(name, Type.TEXT, meaning, nullable=nullable, domain=domain, hqms=hqms)


def yes_no(name: str, meaning: str) -> Column:
    """True, false or unknown."""
    return Column(name, Type.BOOL, meaning)


def whole(name: str, meaning: str, unit: str = "", *, minimum: int = 0, hqms: str = "") -> Column:
    """A whole number, never less than `minimum`."""
    return Column(name, Type.INT, meaning, unit=unit, minimum=minimum, hqms=hqms)


def number(name: str, meaning: str, unit: str = "", *, minimum: int | None = 0) -> Column:
    """A number with decimals."""
    return Column(name, Type.FLOAT, meaning, unit=unit, minimum=minimum)


def own_id(name: str, meaning: str) -> Column:
    """The row's own number in the system that it comes from: the key by which a corrected row replaces it."""
    return Column(name, Type.TEXT, meaning, nullable=False)
