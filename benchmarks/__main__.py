"""Every benchmark, one after the other, and one table of what was measured: ``make bench``.

    python -m benchmarks [NAME …] [--rows 10000000]

Options that are not known here go to every benchmark that is named, so name those that know them.
A missed goal is told, not punished: timings hang on the machine and on what else it does. The exit code is 1
when a benchmark failed, which includes two sides of a comparison that find different numbers.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.table import Row, read, show

FOLDER = Path(__file__).parent
SCRIPTS = {
    "engine": "engine_fused.py",
    "breadth": "engine_breadth.py",
    "state": "engine_state.py",
    "narrow": "narrow.py",
    "spark": "spark.py",
    "charts": "stats.py",
    "alerts": "alerts.py",
    "risk": "risk.py",
    "pages": "pages.py",
    "flows": "flows.py",
    "files": "files.py",
    "front_page": "front_page.py",
    "fhir": "fhir.py",
    "fhir_measure": "fhir_measure.py",
    "mllp": "mllp.py",
    "views": "views.py",
    "live": "live_rows.py",
    "reading": "reading.py",
    "records_running": "records_running.py",
    "record_clock": "record_clock.py",
    "record_content": "record_content.py",
    "simulator": "simulator.py",
}


def run(name: str, folder: Path, options: list[str]) -> list[Row] | None:
    """The rows of one benchmark, in a process of its own; None when it failed."""
    rows = folder / f"{name}.json"
    print(f"== {name}", flush=True)
    subprocess.run([sys.executable, str(FOLDER / SCRIPTS[name]), "--json", str(rows), *options], check=False)
    return read(rows) if rows.exists() else None


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(SCRIPTS)}")
    given, options = parser.parse_known_args()
    names = given.names or list(SCRIPTS)
    if unknown := set(names) - set(SCRIPTS):
        parser.error(f"no benchmark {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory() as folder:
        found = {name: run(name, Path(folder), options) for name in names}
    print(f"\n{show(row for rows in found.values() for row in rows or ())}")
    failed = [name for name, rows in found.items() if rows is None]
    if failed:
        print(f"FAILED: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
