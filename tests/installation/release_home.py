"""Makes a data folder as an earlier release left it: ``python release_home.py tests/releases/0.9``.

Runs under an installed set's Python, which has no tests folder; $ZHIKONG_HOME and $ZHIKONG_KEYS say where.
"""

import gzip
import shutil
import sys
from pathlib import Path

import psycopg

from zhikong.site import connection, frame, home


def main(release: Path) -> None:
    """The dump into a fresh embedded server, as the owner of the database; the lake beside it."""
    shutil.copytree(release / "lake", home.folder() / "lake")
    with frame.database():
        found = connection.read()
        account = found["roles"]["owner"]
        with psycopg.connect(
            host=found["host"],
            port=found["port"],
            dbname=found["name"],
            user=account["user"],
            password=account["password"],
            **found["options"],
        ) as owner:
            owner.execute(gzip.decompress((release / "database.sql.gz").read_bytes()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
