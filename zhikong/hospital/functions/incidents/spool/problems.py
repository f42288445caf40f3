"""Failures of the anonymous pages, as kinds and places in the code, without moments and without what was being sent.

The pages write no log: a line's time would stand beside a person's other requests. The hourly job logs the counts.
"""

import os
import traceback

from zhikong.hospital.functions.incidents.spool.places import Places
from zhikong.hospital.functions.incidents.spool.slots import NO_TIME

MOST = 16 * 1024  # bytes


def note(places: Places, error: BaseException) -> None:
    """Keep the kind of an error and the line of ours that it came from; never its text."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "zhikong" in frame.filename]
    where = f"{os.path.basename(ours[-1].filename)}:{ours[-1].lineno}" if ours else "?"
    line = f"{type(error).__name__} {where}\n"
    try:
        if not places.problems.exists() or places.problems.stat().st_size < MOST:
            with places.problems.open("a", encoding="utf-8") as file:
                file.write(line)
        os.utime(places.problems, NO_TIME)
        os.utime(places.folder, NO_TIME)
    except OSError:
        return  # a full disk: the writer has been told, there is nowhere to note it


def collect(places: Places) -> dict[str, int]:
    """Kind and place → how often, since the last time; forgets them."""
    try:
        lines = places.problems.read_text(encoding="utf-8").splitlines()
        places.problems.unlink()
    except FileNotFoundError:
        return {}
    return {line: lines.count(line) for line in sorted(set(lines))}
