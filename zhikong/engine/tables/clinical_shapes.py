"""Short ways to write a clinical table down. Every column but the row's own number may be unknown."""

from __future__ import annotations

from zhikong.engine.tables.model import Column, Table, Type


def text(name: str, meaning: str) -> Column:
    """A code word of FHIR itself, or a text."""
    return Column(name, Type.TEXT, meaning)


def ref(name: str, meaning: str) -> Column:
    """The id of another row."""
    return Column(name, Type.TEXT, f"{meaning}的编号")


def codes(name: str, meaning: str) -> Column:
    """All codings of a concept."""
    return Column(name, Type.CODES, meaning)


def at(name: str, meaning: str) -> Column:
    """A time; known to less than the minute it is a span."""
    return Column(name, Type.TIMESTAMP, meaning)


def day(name: str, meaning: str) -> Column:
    """A date; known to less than the day it is a span."""
    return Column(name, Type.DATE, meaning)


def whole(name: str, meaning: str) -> Column:
    """A whole number."""
    return Column(name, Type.INT, meaning)


def number(name: str, meaning: str) -> Column:
    """A number with decimals."""
    return Column(name, Type.FLOAT, meaning)


def yes_no(name: str, meaning: str) -> Column:
    """True, false or unknown."""
    return Column(name, Type.BOOL, meaning)


def table(name: str, meaning: str, *columns: Column) -> Table:
    """A clinical table: its own `id` and the columns; rows belong to a patient, not to a month."""
    own = Column("id", Type.TEXT, "本行的编号；没有自己编号的行为空")
    return Table(name=name, meaning=meaning, columns=(own, *columns), month_of="", key=("id",))
