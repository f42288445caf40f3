"""The simulator's files as a hospital's exports: told apart by their headers, taken in, names assigned, read again."""

from datetime import UTC, datetime

import pytest

from tests.loads import (
    line,
    loading_hospital,  # noqa: F401
    write_csv,
)
from zhikong.hospital.overviews.starting.actions import history as actions
from zhikong.hospital.overviews.starting.queries import history
from zhikong.simulator import simulate
from zhikong.simulator.export_hqms import export, export_n041

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    """Two dialects of one small hospital, with files of a delivery under names of the hospital's own."""
    folder = tmp_path_factory.mktemp("exports")
    made = simulate(5, 1, "2026-09", 0.02)
    export(made, folder, encoding="gbk")
    export_n041(made, folder / "N041导出.csv")
    names = {
        "首页": "病案2026",
        "附页": "补充2026",
        "手术附页": "手术2026",
        "床位日报": "床位",
        "填报数": "科室上报",
    }
    return {
        f"{own}.csv": (folder / f"{old}.csv").rename(folder / f"{own}.csv") for old, own in names.items()
    } | {"N041导出.csv": folder / "N041导出.csv"}


def test_the_files_of_a_delivery_are_told_by_their_headers(hospital, exports, tmp_path):
    stray = tmp_path / "x.csv"
    stray.write_text("甲,乙\n1,2\n", encoding="utf-8")
    empty = tmp_path / "y.csv"
    empty.write_bytes(b"")
    found = actions.sorted_files({**exports, "x.csv": stray, "y.csv": empty})
    assert [(one.main, one.mapping) for one in found.deliveries] == [
        ("N041导出.csv", "n041"),
        ("病案2026.csv", "hqms"),
    ]
    beside = found.deliveries[1].beside
    assert beside == {"annex": "补充2026.csv", "operation_annex": "手术2026.csv", "beds": "床位.csv", "reported": "科室上报.csv"}  # fmt: skip
    assert sorted(name for name, _reason in found.left) == ["x.csv", "y.csv"]


def test_taken_in_assigned_on_the_spot_and_read_again(loading, tmp_path, exports):
    from zhikong.hospital.functions.datasources import processing

    good = write_csv(tmp_path / "a.csv", [line(1), line(2, 出院科室="火星科", 入院科室="火星科")])
    with loading.scoped():
        taken = actions.take_in(by=None, now=NOW, files={"首页.csv": good, "床位.csv": exports["床位.csv"]})
    assert [reason for _name, reason in taken.refused] == ["这是首页的伴随文件，请和它的首页一起选"]
    processing.finish(taken.loads[0], loading.scope, now=NOW)
    assert len(loading.rows()) == 1
    with loading.scoped():
        found = history.names(today=TODAY)
        assert [(one.text, one.rows, one.known) for one in found] == [("火星科", 1, False)]
        surgery = next(d.id for d in history_departments() if d.code == "GSUR")
        assert actions.assign(by=None, now=NOW, chosen={"火星科": surgery}) == 1
        assert [one.known for one in history.names(today=TODAY)] == [True]
        assert actions.read_again(by=None, now=NOW) == 1
    processing.finish_all(loading.scope, now=NOW)
    assert {row["discharge_department"] for row in loading.rows()} == {"CARD", "GSUR"}
    with loading.scoped():
        assert history.names(today=TODAY) == []
        assert [one.state for one in history.deliveries()] == ["published"]
        assert actions.read_again(by=None, now=NOW) == 0


def history_departments():
    from zhikong.foundation.organisation.queries import departments

    return departments(on=TODAY)


def test_a_delivery_with_companions_goes_as_one_archive(loading, exports, tmp_path):
    from zhikong.hospital.functions.datasources import processing

    files = {name: path for name, path in exports.items() if not name.startswith("N041")}
    with loading.scoped():
        taken = actions.take_in(by=None, now=NOW, files=files)
    assert taken.refused == ()
    load = processing.finish(taken.loads[0], loading.scope, now=NOW)
    assert (load.source_name, load.state) == ("病案2026.zip", "published")
    assert {"stays", "bed_days"} <= set(load.counts["tables"])
