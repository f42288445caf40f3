"""A set's own commands. Everything the installer knows of the product stands here."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

from .layout import Set
from .words import Refused

MARKER = "zhikong-tried:"
FOREIGN = ("DATABASE_URL", "ZHIKONG_HOME", "ZHIKONG_KEYS", "ZHIKONG_ROLE", "PYTHONPATH", "PYTHONHOME")


def environment(of: Set) -> dict[str, str]:
    """The environment in which a set's commands find its data and nothing else's."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return {**kept, "ZHIKONG_HOME": str(of.data), "ZHIKONG_KEYS": str(of.keys)}


def program(of: Set) -> Path:
    """The command ``zhikong`` of a set."""
    return of.folder / "venv" / "bin" / "zhikong"


def is_set_up(of: Set) -> bool:
    """Whether the data folder holds a hospital."""
    return (of.data / "connection.json").exists()


def is_external(of: Set) -> bool:
    """Whether the hospital's own database server keeps the rows: then no copy of the folder holds them."""
    path = of.data / "connection.json"
    return path.exists() and not json.loads(path.read_text(encoding="utf-8")).get("embedded")


def upgraded(of: Set) -> dict[str, Any]:
    """Migrate a set's data with its own code and try it: it starts, answers, and no row is missing.

    Gives {"before": rows by table, "after": rows by table}.
    """
    return _asked(of, "trial")


def counted(of: Set) -> dict[str, int]:
    """Rows by table of a set that does not run."""
    return _asked(of, "trial", "--count")["after"]


def _asked(of: Set, *words: str) -> dict[str, Any]:
    command = [str(program(of)), *words]
    done = subprocess.run(
        command,
        env=environment(of),
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        preexec_fn=_die_with_parent,
        **as_owner(of),
    )
    answer = next((line for line in done.stdout.splitlines() if line.startswith(MARKER)), None)
    if done.returncode or answer is None:
        told = (done.stderr.strip().splitlines() or ["没有说明"])[-1]
        raise Refused(f"新版本没有通过试运行：{told.removeprefix('错误：')}")
    return json.loads(answer.removeprefix(MARKER))


def as_owner(of: Set) -> dict[str, Any]:
    """Keyword arguments for ``subprocess``: as root, the product runs as the account that owns its data."""
    owner = of.data.stat()
    if os.geteuid() != 0 or owner.st_uid == 0:
        return {}
    return {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []}


def _die_with_parent() -> None:
    """A trial without its installer would keep a database running in a copy that nobody wants."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
