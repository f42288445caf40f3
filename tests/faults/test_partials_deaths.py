"""Partial results that are killed while they change: the old state stays, and the next change finishes the work."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.engine.partials.hospital import DAYS, LONG, MONTHS, judged, operations, plain, stays, write
from zhikong.engine.partials.building import refresh
from zhikong.engine.partials.state import State
from zhikong.engine.partials.tallying import tallies

CHANGE_AND_DIE = """
import os, signal, sys
from pathlib import Path
from tests.unit.engine.partials.hospital import DAYS, LONG, MONTHS, operations, stays, write
from zhikong.engine.partials import building, layout, state
point, folder, lake = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
def half(table, path):
    Path(path).write_bytes(b"PAR1 half a file")
    die()
if point == "half a file":
    layout.write = half
elif point == "before the manifest":
    state._switch = die
elif point == "half a manifest":
    whole = Path.write_text
    Path.write_text = lambda self, text: (whole(self, text[: len(text) // 2]), die())
elif point == "before the rename":
    Path.replace = die
elif point == "after the rename":
    state._clean = die
rows = stays(shift=4)
building.refresh(state.State(folder), [LONG, DAYS], write(lake, rows, operations(rows)), MONTHS, by_day=True)
"""


@pytest.mark.parametrize(
    "point",
    ["half a file", "before the manifest", "half a manifest", "before the rename", "after the rename"],
)
def test_a_killed_change_leaves_one_whole_state(tmp_path: Path, point: str) -> None:
    asked, lake, state = [LONG, DAYS], tmp_path / "lake", State(tmp_path / "partials")
    rows = stays()
    before = judged(asked, write(lake, rows, operations(rows)))
    refresh(state, asked, write(lake, rows, operations(rows)), MONTHS, by_day=True)
    command = [sys.executable, "-c", CHANGE_AND_DIE, point, str(state.folder), str(lake)]
    killed = subprocess.run(command, check=False, cwd=Path(__file__).parents[2])
    assert killed.returncode == -signal.SIGKILL

    changed = write(lake, stays(shift=4), operations(stays(shift=4)))
    after = judged(asked, changed)
    assert before != after
    assert plain(tallies(state, asked, MONTHS)) == (after if point == "after the rename" else before)
    refresh(state, asked, changed, MONTHS, by_day=True)
    assert plain(tallies(state, asked, MONTHS)) == after
    refresh(state, asked, write(lake, rows, operations(rows)), MONTHS, by_day=True)
    manifest = state.manifest()
    assert {p.name for p in (state.folder / "parts").iterdir()} == {r.file for r in manifest.records} | set(
        manifest.before
    )
    assert sorted(p.name for p in state.folder.iterdir()) == ["lock", "manifest.json", "parts"]
