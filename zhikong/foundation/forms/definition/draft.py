"""A form file on its way to a definition: raw values with lines, and the places of its items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zhikong.engine.definitions.located import Key, Located
from zhikong.engine.definitions.problems import Problem

Path = tuple[Key, ...]
Raw = dict[str, Any]


@dataclass(slots=True)
class Draft:
    """What the checks look at. Checks run in stages, so each may rely on the ones before it."""

    located: Located

    @property
    def data(self) -> Raw:
        return self.located.data  # type: ignore[no-any-return]

    @property
    def id(self) -> str:
        """The id that the file's name gives."""
        return self.located.file.name.removesuffix(".yaml")

    def problem(self, path: Path, message: str, remedy: str) -> Problem:
        return self.located.problem(path, message, remedy)

    def sections(self) -> Iterator[tuple[Path, Raw]]:
        for i, section in enumerate(self.data["sections"]):
            yield ("sections", i), section

    def items(self) -> Iterator[tuple[Path, Raw]]:
        """Items of all sections in the order of the paper, without the columns of tables."""
        for path, section in self.sections():
            for i, item in enumerate(section["items"]):
                yield (*path, "items", i), item

    def columns(self) -> Iterator[tuple[Path, Raw]]:
        for path, item in self.items():
            for i, column in enumerate(item.get("columns") or []):
                yield (*path, "columns", i), column

    def items_and_columns(self) -> Iterator[tuple[Path, Raw]]:
        yield from self.items()
        yield from self.columns()
