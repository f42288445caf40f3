"""One bad row in a hundred, 10,000 in a million: the good ones load, each bad one is explained, memory stays bounded.

300,000 rows; the million with ZHIKONG_TEST_ALL.
"""

import os
import subprocess
import sys
import textwrap

from tests.loads import HEADER, NOW, line, loading_hospital  # noqa: F401

ROWS = 1_000_000 if os.environ.get("ZHIKONG_TEST_ALL") else 300_000
BAD = ROWS // 100
MOST_MB = 1536

LOAD = textwrap.dedent(
    r"""
    import re, sys
    from datetime import datetime
    from pathlib import Path
    import django
    django.setup()
    from zhikong.foundation.access.scope import job_scope
    from zhikong.hospital.functions.datasources import actions
    load = actions.load_file(by=None, now=datetime.fromisoformat(sys.argv[3]), path=Path(sys.argv[2]),
                             mapping="front_page", scope=job_scope(int(sys.argv[1]), job="tests"))
    counts = load.counts
    # not ru_maxrss: that keeps the peak of the process that started this one
    megabytes = int(re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024
    print(load.pk, load.state, counts["delivered"], counts["faulty"], counts["new_stays"], megabytes)
    """
)


def write_million(path):
    """20,000 patients with 50 stays each; every hundredth row names a department that does not exist."""
    good = line(1, 病案号="%08d", 住院次数="%d")
    bad = good.replace("心血管内科", "火星科")
    with path.open("w", encoding="gb18030") as file:
        file.write(HEADER + "\n")
        for start in range(0, ROWS, 100):
            block = [(bad if n == start else good) % divmod(n, 50) for n in range(start, start + 100)]
            file.write("\n".join(block) + "\n")


def test_one_bad_row_in_a_hundred(loading, tmp_path):
    path = tmp_path / "million.csv"
    write_million(path)
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(loading.id), str(path), NOW.isoformat()],
        env=os.environ | {"ZHIKONG_ROLE": "worker"},
        capture_output=True,
        text=True,
        check=True,
    )
    number, state, delivered, faulty, new, megabytes = done.stdout.splitlines()[-1].split()
    assert (state, int(delivered), int(faulty), int(new)) == ("published", ROWS, BAD, ROWS - BAD)
    assert int(megabytes) < MOST_MB
    from zhikong.foundation.facts.models import QuarantinedRow

    with loading.scoped():
        rows = QuarantinedRow.objects.filter(load_id=number)
        assert rows.count() == BAD
        assert list(rows.order_by("row").values_list("row", flat=True)[:3]) == [2, 102, 202]
        assert rows.filter(reason="unknown_department", value="火星科").count() == BAD
