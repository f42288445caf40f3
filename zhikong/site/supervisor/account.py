"""Under which account of the machine the database server runs: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Account:
    """An account other than our own that the server runs as."""

    uid: int
    gid: int

    def run_as(self) -> dict[str, Any]:
        """Keyword arguments for ``subprocess`` that drop every right of root."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def server_account() -> Account | None:
    """``nobody`` when we are root; otherwise None: the server runs as we do."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def run_as(account: Account | None) -> dict[str, Any]:
    """Keyword arguments for ``subprocess``, empty when the server runs as we do."""
    return account.run_as() if account else {}


def can_enter(account: Account | None, folder: Path) -> bool:
    """Asks the system itself whether the account reaches a folder, through all the folders above it."""
    question = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(folder)]
    return subprocess.run(question, cwd="/", check=False, **run_as(account)).returncode == 0


def give(account: Account | None, folder: Path) -> None:
    """Hand one folder of ours to the server's account."""
    if account:
        os.chown(folder, account.uid, account.gid)
