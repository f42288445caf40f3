"""The real installer and the real product, with this environment in place of a bundle's wheels.

python -m tests.faults.upgrade_driver make PREFIX RELEASE     the hospital that a release left behind
python -m tests.faults.upgrade_driver upgrade PREFIX
python -m tests.faults.upgrade_driver count PREFIX            rows by table of the set in force, as JSON
python -m tests.faults.upgrade_driver full PREFIX RELEASE     all of it on a disk that fills up during the trial
"""

import json
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from installer.onsite import installing, machine, product, sums
from installer.onsite.layout import UNFINISHED, Layout, version_of
from installer.onsite.words import Refused

PROJECT = Path(__file__).resolve().parents[2]
WRAPPER = '#!/bin/sh\nexport PYTHONPATH={project}\nexec {python} -m zhikong "$@"\n'


def main(what: str, prefix: Path, *more: str) -> None:
    machine.check = lambda told: None
    installing._programs = programs
    layout = Layout(prefix)
    if what == "make":
        make(layout, Path(more[0]))
    elif what == "upgrade":
        install(layout, "0.10.0")
    elif what == "count":
        sys.stdout.write(json.dumps(product.counted(layout.current())))
    else:
        full(layout, Path(more[0]))


def programs(bundle: Path, new) -> None:
    """The commands of this environment."""
    (new.folder / "VERSION").write_bytes((bundle / "VERSION").read_bytes())
    program = product.program(new)
    program.parent.mkdir(parents=True)
    program.write_text(WRAPPER.format(project=PROJECT, python=sys.executable))
    program.chmod(0o755)


def install(layout: Layout, version: str):
    bundle = layout.prefix.parent / f"bundle-{version}"
    if not bundle.exists():
        (bundle / "wheels").mkdir(parents=True)
        (bundle / "VERSION").write_text(f"version={version}\narch=x86_64\npython=3.11\n")
        sums.write(bundle)
    assert version_of(bundle)["version"] == version
    return installing.install(bundle, layout, now=lambda: datetime.now(UTC))


def make(layout: Layout, release: Path) -> None:
    """The first set with the release's rows and facts. As root the database runs as another account: let it in."""
    old = install(layout, "0.9.0")
    old.data.chmod(0o755)
    script = PROJECT / "tests" / "installation" / "release_home.py"
    environment = {**product.environment(old), "PYTHONPATH": str(PROJECT)}
    subprocess.run([sys.executable, str(script), str(release)], env=environment, cwd=PROJECT, check=True)


def full(layout: Layout, release: Path) -> None:
    """Says in JSON: rows before and after, what the upgrade said, what is left of it, how full the disk became."""
    make(layout, release)
    before = product.counted(layout.current())
    filler = threading.Thread(target=fill_up, args=(layout,), daemon=True)
    filler.start()
    said = ""
    try:
        install(layout, "0.10.0")
    except (Refused, OSError) as error:
        said = str(error)
    filler.join(5)
    after = product.counted(layout.current())  # on the disk that the removed copy left room on
    told = {"before": before, "after": after, "said": said, "sets": [one.name for one in layout.all()]}
    sys.stdout.write("told:" + json.dumps({**told, "filled": (layout.prefix.parent / "junk").exists()}))


def fill_up(layout: Layout) -> None:
    """Waits for the trial, then writes until nothing goes in any more."""
    while not (mark := layout.sets / "0.10.0" / UNFINISHED).exists() or mark.read_text() != "trial":
        time.sleep(0.01)
    with suppress(OSError), (layout.prefix.parent / "junk").open("wb", buffering=0) as junk:
        while junk.write(b"x" * 1_000_000):
            pass


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
