"""Finds the apps, so that a new function is a new folder and needs no configuration."""

from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
ROOMS = ("foundation", "hospital/functions", "hospital/overviews", "region")


@cache
def apps() -> tuple[str, ...]:
    """Dotted names of every app package: a folder with an ``apps.py`` in a room, in a fixed order."""
    found = (file.parent for room in ROOMS for file in sorted((PACKAGE / room).glob("*/apps.py")))
    return tuple(_dotted(folder) for folder in found)


def having(module: str) -> tuple[str, ...]:
    """Dotted names of the apps that have a module of this name, such as ``urls`` or ``panel``."""
    return tuple(app for app in apps() if (_folder(app) / f"{module}.py").exists())


def _dotted(folder: Path) -> str:
    return ".".join((PACKAGE.name, *folder.relative_to(PACKAGE).parts))


def _folder(app: str) -> Path:
    return PACKAGE.parent.joinpath(*app.split("."))
