"""A hospital written block by block holds what the one in memory holds."""

import json
from collections import Counter

import pyarrow.parquet as pq
import pytest

from zhikong.simulator import simulate
from zhikong.simulator.__main__ import main
from zhikong.simulator.streaming import write_hospital

SIZE = {"seed": 5, "months": 2, "first_month": "2026-01", "scale": 0.1}


@pytest.fixture(scope="module")
def made():
    return simulate(**SIZE, events=True)


@pytest.mark.parametrize("delivered", [True, False])
def test_the_files_are_the_tables(made, tmp_path, delivered):
    done = write_hospital(tmp_path, **SIZE, delivered=delivered)
    extra = {"delivered_sections", "planted_spans"}
    assert set(done.rows) == set(made.tables) - (set() if delivered else extra)
    for name in done.rows:
        table = pq.read_table(tmp_path / f"{name}.parquet")
        assert table.equals(made.tables[name]), name
        assert done.rows[name] == table.num_rows
    assert json.loads((tmp_path / "ledger.json").read_text(encoding="utf-8")) == json.loads(
        json.dumps(made.ledger.as_dict())
    )
    for name, table in made.open_events.items():
        if delivered or name not in extra:
            assert pq.read_table(tmp_path / "open" / f"{name}.parquet").equals(table)
    assert all(file.exists() for file in done.files)


def test_without_events_the_nine_tables_and_the_front_page(tmp_path):
    done = write_hospital(tmp_path, **SIZE, events=False)
    plain = simulate(**SIZE)
    assert set(done.rows) == set(plain.tables)
    assert all(pq.read_table(tmp_path / f"{name}.parquet").equals(plain.tables[name]) for name in done.rows)


def test_nonsense_is_refused(tmp_path):
    with pytest.raises(ValueError, match="positive"):
        write_hospital(tmp_path, months=0)


def test_the_command_writes_events(tmp_path, capsys):
    assert main(["--out", str(tmp_path), "--months", "1", "--scale", "0.05", "--events"]) == 0
    said = capsys.readouterr().out
    assert "每例事件" in said
    assert Counter(line.rsplit(".", 1)[-1] for line in said.splitlines()[1:])["parquet"] > 28
