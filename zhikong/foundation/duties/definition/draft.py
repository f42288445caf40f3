"""A duty's file on its way to a Duty: raw values with their lines."""

from dataclasses import dataclass
from typing import Any

from zhikong.engine.definitions.located import Key, Located
from zhikong.engine.definitions.problems import Problem


@dataclass(slots=True)
class Draft:
    """What the checks look at. They run in order, so each may rely on the ones before it."""

    located: Located

    @property
    def data(self) -> dict[str, Any]:
        return self.located.data

    @property
    def id(self) -> str:
        return self.located.file.name.removesuffix(".yaml")

    def problem(self, path: tuple[Key, ...], message: str, remedy: str) -> Problem:
        return self.located.problem(path, message, remedy)
