"""Verifies a backup by restoring it into a scratch place with a server of its own, and asking it for figures.

The scratch place is a data folder like any other, in a process of its own: the settings of this one stay untouched.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from zhikong.site import frame, home
from zhikong.site.backup import keys, restoring, state
from zhikong.site.backup.vault import Vault
from zhikong.site.home import Explained

MARKER = "zhikong-checked:"
BEHIND = "unsealed"  # the kind of problem that the audit trail reports for a late sealer
NOT_THERE = ("DATABASE_URL", "ZHIKONG_ROLE", "DJANGO_SETTINGS_MODULE")


class NotVerified(Explained):
    """The backup does not give back what went in; the sentence says what is missing."""


def verify(*, source: Path, name: str, now: datetime) -> dict[str, Any]:
    """Restore and check one backup; gives {"tables", "rows", "lake_tables", "figures"}. Remembered either way."""
    try:
        found = _in_scratch(source, name)
    except Explained as error:
        state.note("verified", state.Told(name, now.isoformat(), False, reason=str(error)))
        raise
    state.note("verified", state.Told(name, now.isoformat(), True))
    return found


def _in_scratch(source: Path, name: str) -> dict[str, Any]:
    key = keys.own()
    with Vault(source, key).alone(), _scratch() as base:
        kept = {k: v for k, v in os.environ.items() if k not in NOT_THERE}
        places = {"ZHIKONG_HOME": str(base / "data"), "ZHIKONG_KEYS": str(base / "keys")}
        restore = ["restore", "--from", str(source), "--name", name, "--scratch"]
        environment = kept | places | {restoring.KEY: keys.on_paper(key)}
        return _answer([sys.executable, "-m", "zhikong", *restore], environment)


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder under a fixed name, so that what a killed verification left in clear is found and deleted."""
    base = _roomy() / f"{home.folder().name}-verifying"
    shutil.rmtree(base, ignore_errors=True)
    base.mkdir(mode=0o755)  # as root, the scratch server runs under another account and must get in
    try:
        yield base
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _roomy() -> Path:
    """Beside the data folder, where a copy of it fits rather than in a small /tmp; else the system's choice."""
    beside = home.folder().parent
    return beside if os.access(beside, os.W_OK) else Path(tempfile.gettempdir())


def _answer(command: list[str], environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    for line in done.stdout.splitlines():
        if line.startswith(MARKER):
            return json.loads(line.removeprefix(MARKER))
    told = [line for line in done.stderr.splitlines() if line.strip()][-1:] or ["没有说明"]
    raise NotVerified(f"备份没有通过验证：{told[0].removeprefix('错误：')}")


def examine(told: dict[str, Any], now: datetime) -> dict[str, Any]:
    """In the restored place: lake files, seals, and the newest figures counted again. Raises NotVerified."""
    frame.setup_django()
    figures = sum(_figures(code, now) for code in told["institutions"])
    _seals(now)
    return {
        "tables": len(told["rows"]),
        "rows": sum(told["rows"].values()),
        "lake_tables": _lake(told["lake"]),
        "figures": figures,
    }


def _lake(versions: list[list[Any]]) -> int:
    """Each published version can be read and has its rows."""
    import pyarrow.parquet as pq

    from zhikong.foundation.facts import lake

    for code, table, version, rows in versions:
        found = sum(pq.read_metadata(path).num_rows for path in lake.files(code, table, version))
        if found != rows:
            raise NotVerified(f"事实表 {table} 的版本 {version} 应有 {rows} 行，实有 {found} 行。")
    return len(versions)


def _figures(code: str, now: datetime) -> int:
    """The newest computation, counted again on its own data version: the same to the last digit."""
    from zhikong.hospital.functions.indicators.actions.replaying import NotComputed, replay

    with frame.in_scope("verify-backup", code):
        try:
            found = replay(by=None, as_of=now, now=now)
        except NotComputed:
            return 0
    if found.differences:
        raise NotVerified(
            f"有 {len(found.differences)} 个指标值重算后与备份时不同，例如 {found.differences[0].cell}。"
        )
    return found.compared


def _seals(now: datetime) -> None:
    """What was sealed is what was sealed. That the sealer was behind when the backup was made says nothing about it."""
    from zhikong.foundation.audit.verify import verify as verify_audit

    problems = [p for p in verify_audit(now=now, old_heads=[]).problems if p.kind != BEHIND]
    if problems:
        raise NotVerified(f"审计记录的封条核对不符：{problems[0].sentence}")
