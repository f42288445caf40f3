"""CPU and memory of simulating a hospital with all clinical events and writing it as parquet files.

    python -m benchmarks simulator          a hospital of about 100,000 stays
    python benchmarks/simulator.py --million     one of about a million

The goal is that of issue 4: one million stays with about 40 events each within 15 minutes and 4 GiB.
"""

import argparse
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.table import Row, show, write
from zhikong.simulator.events import EVENT_TABLES
from zhikong.simulator.simulation import simulate
from zhikong.simulator.streaming import write_hospital

MINUTES, GIB, MILLION = 15, 4.0, 1_000_000
HUNDRED_THOUSAND_SCALE, MILLION_SCALE = 1.95, 19.4


def measure(scale: float, folder: Path) -> list[Row]:
    """The rows of one run of 24 months; CPU counts this process with all its threads, writing included."""
    simulate(
        months=1, scale=0.01, events=True
    )  # loads catalogues and libraries: the figure is the work itself
    begin = time.process_time()
    done = write_hospital(folder, scale=scale)
    seconds = time.process_time() - begin
    stays = done.rows["stays"]
    events = sum(done.rows[name] for name in EVENT_TABLES) / stays
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    size = sum(file.stat().st_size for file in done.files) / 2**30
    note = f"{stays:,} stays, {sum(done.rows.values()):,} rows, {size:.2f} GiB of files"
    return [
        Row("CPU of a million stays with events", seconds / stays * MILLION, "s", MINUTES * 60.0, note),
        Row("peak memory", memory, "GiB", GIB, "whole hospital's arrays and one block"),
        Row("event rows of a stay (at least 40 wanted)", events, "rows", None, ""),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path)
    parser.add_argument("--million", action="store_true", help="about a million stays instead of 100,000")
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp())
    try:
        rows = measure(MILLION_SCALE if options.million else HUNDRED_THOUSAND_SCALE, folder)
    finally:
        shutil.rmtree(folder)
    print(show(rows))
    if options.json:
        write(options.json, rows)


if __name__ == "__main__":
    main()
