"""Where the training hospital lies and how its processes are told so. Nothing of it is inside the real data folder."""

from __future__ import annotations

import os
from pathlib import Path

from zhikong.site import home

SUFFIX, FRESH, DRAFT = "-training", "-training-fresh", "-training-new"
OURS = ".training-hospital"  # lies in every folder that we made; a folder without it is never deleted
OPTION, MARK = "training", "training_site"  # in the real site.json; in the training one
NOT_ITS = (
    "DATABASE_URL",
    "ZHIKONG_ROLE",
    "ZHIKONG_ADDRESS",
    "DJANGO_SETTINGS_MODULE",
    "PROMETHEUS_MULTIPROC_DIR",
)


def folder() -> Path:
    """The training hospital's data folder."""
    return home.folder().with_name(home.folder().name + SUFFIX)


def fresh() -> Path:
    """What a reset goes back to: the folder as it was when it had just been made."""
    return home.folder().with_name(home.folder().name + FRESH)


def keys() -> Path:
    """Keys of its own: nothing of the real hospital opens with them."""
    return home.keys_folder().with_name(home.keys_folder().name + SUFFIX)


def draft() -> tuple[Path, Path]:
    """Data and keys of one that is being made; the old one stays until it is whole."""
    data = home.folder().with_name(home.folder().name + DRAFT)
    return data, home.keys_folder().with_name(home.keys_folder().name + DRAFT)


def port() -> int:
    """Where it listens: as the administrator set it, else the port after the real one."""
    from zhikong.site import serving

    return int(home.options().get(OPTION, {}).get("port") or serving.address_and_port()[1] + 1)


def environment(
    *, inherit: bool = True, data: Path | None = None, own_keys: Path | None = None
) -> dict[str, str]:
    """Variables that make a process the training hospital's. inherit=False: only what differs, for a child.

    data, own_keys: another folder than the usual one, while it is being made.

    An empty DATABASE_URL means the embedded server: training never touches a database server of the hospital.
    """
    own = {
        "ZHIKONG_HOME": str(data or folder()),
        "ZHIKONG_KEYS": str(own_keys or keys()),
        "ZHIKONG_PORT": str(port()),
        "ZHIKONG_WEB_PROCESSES": "1",
        "DATABASE_URL": "",
    }
    if not inherit:
        return own
    return {name: value for name, value in os.environ.items() if name not in NOT_ITS} | own


def is_wanted() -> bool:
    """Whether the service shall run it: made, and switched on."""
    return bool(home.options().get(OPTION, {}).get("on")) and folder().exists()
