"""What the engine's large benchmarks share: a folder for generated data, processes of their own, versions by name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]


def cache() -> Path:
    """Where generated data are kept: $ZHIKONG_BENCH_DATA, or the user's cache folder."""
    named = os.environ.get("ZHIKONG_BENCH_DATA")
    return Path(named) if named else Path.home() / ".cache" / "zhikong-benchmarks"


def fresh(script: str, *arguments: str) -> dict:
    """Runs a benchmark module in a process of its own, which prints one line of JSON last."""
    command = [sys.executable, "-m", f"benchmarks.{script}", *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def versions(*packages: str) -> str:
    """'duckdb 1.2, …': what was measured against."""
    return ", ".join(f"{name} {metadata.version(name)}" for name in packages)


def said(rows: int) -> str:
    """'10M'."""
    for size, letter in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")):
        if rows >= size:
            return f"{rows / size:g}{letter}"
    return str(rows)


def removed(folder: Path, keep: bool) -> None:
    """Deletes generated data, unless it was asked to keep them."""
    if keep or not folder.exists():
        return
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def table(lines: Sequence[Sequence[str]]) -> str:
    """Aligned columns."""
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(f"{cell:>{w}}" for cell, w in zip(line, widths, strict=True)) for line in lines
    )
