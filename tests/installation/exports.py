"""What a hospital brings on its first afternoon, made by the simulator: departments, staff, bodies, two years of front pages.

python -m tests.installation.exports FOLDER [--scale 0.03] [--months 24] [--first-month 2024-11]
"""

import argparse
import csv
from collections.abc import Iterable
from pathlib import Path

from zhikong.simulator import hospital, people, simulate
from zhikong.simulator.export_hqms import export

KINDS = {
    "clinical": "临床",
    "medical_technology": "医技",
    "technical": "医技",
    "functional": "职能",
    "ward": "病区",
}


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("folder", type=Path)
    asked.add_argument("--scale", type=float, default=0.03)
    asked.add_argument("--months", type=int, default=24)
    asked.add_argument("--first-month", default="2024-11")
    chosen = asked.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    lists(chosen.folder)
    export(simulate(1, chosen.months, chosen.first_month, chosen.scale), chosen.folder / "hqms")


def lists(folder: Path) -> None:
    """The lists with the headers of the templates, as Excel writes CSV in Chinese."""
    departments = hospital.departments()
    _write(
        folder / "科室.csv",
        ("科室代码", "科室名称", "类别", "开放床位", "别名"),
        ((d.code, d.name, KINDS.get(d.kind, ""), d.beds or "", "、".join(d.aliases)) for d in departments),
    )
    names = {d.code: d.name for d in departments}
    _write(
        folder / "人员.csv",
        ("工号", "姓名", "科室"),
        ((p.staff_number, p.name, names[p.department]) for p in people.staff() if p.department in names),
    )


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple]) -> None:
    with path.open("w", encoding="gbk", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
