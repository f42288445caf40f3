"""A compliance rate of a rule by the clock: counted by month and department on both judges, with its cases."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

from datetime import UTC, datetime
from pathlib import Path

import pytest

from zhikong import packs
from zhikong.engine.backends.source import Source
from zhikong.engine.compute import cases, compute
from zhikong.engine.definitions.loading import load_catalogue

NATIONAL = Path(next(iter(packs.__path__))) / "national"
RULE = "first-progress-note-8h"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def definition(tmp_path_factory):
    """A hospital's own indicator: the compliance of a packaged clock rule."""
    pack = tmp_path_factory.mktemp("packs") / "own"
    (pack / "indicators").mkdir(parents=True)
    (pack / "pack.yaml").write_text((NATIONAL / "pack.yaml").read_text("utf-8"), "utf-8")
    text = (NATIONAL / "indicators" / "front_page_completeness.yaml").read_text("utf-8")
    text = text.replace("id: front_page_completeness", "id: first_note_in_time").replace("fp01", RULE)
    (pack / "indicators" / "first_note_in_time.yaml").write_text(text, "utf-8")
    return load_catalogue([NATIONAL, pack]).indicators["first_note_in_time"]


def stay(n, hour, department="CARD", left=3):
    return dict(
        stay_id=f"s{n}", patient_key=f"p{n}", institution="H", zone="Asia/Shanghai", age_years=50,
        admitted_at=datetime(2026, 1, 1, 1), discharged_at=datetime(2026, 1, left, 8), discharge_department=department,
    ), dict(
        stay_id=f"s{n}", document_id=f"d{n}", type="37", written_at=datetime(2026, 1, 1, hour), author="D1",
        signed_at=datetime(2026, 1, 1, hour),
    )  # fmt: skip


ROWS = [stay(1, 9), stay(2, 10), stay(3, 2, "GSUR"), stay(4, 3)]


@pytest.fixture(scope="module")
def source():
    from zhikong.engine.tables import TABLES

    empty = {name: [] for name in TABLES}
    return Source.of_rows(empty | {"stays": [s for s, _ in ROWS], "documents": [d for _, d in ROWS]})


@pytest.mark.parametrize("backend", ["fastest", "reference"])
def test_the_compliance_of_a_clock_rule_is_an_indicator(definition, source, backend):
    found = compute(
        [definition], source=source, months=("2026-01", "2026-01"), now=NOW, data_version="v", backend=backend
    )
    values = {row.department: (row.numerator, row.denominator) for row in found.rows if row.month}
    assert values[None] == (3, 4)
    assert (values["CARD"], values["GSUR"]) == ((2, 3), (1, 1))


def test_its_cases_are_the_stays_that_failed(definition, source):
    missed = cases(definition, source=source, month="2026-01", part="missed")
    assert (missed.total, [row["stay_id"] for row in missed.rows]) == (1, ["s2"])
    assert cases(definition, source=source, month="2026-01", department="GSUR", part="missed").total == 0
    assert cases(definition, source=source, month="2026-01", department="CARD", part="denominator").total == 3


def test_a_rule_that_crashes_makes_the_indicator_an_error(definition, source, monkeypatch):
    from zhikong.engine.record_rules import checking

    def broken(self, rule, keep):
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(checking.Run, "_judged", broken)
    found = compute([definition], source=source, months=("2026-01", "2026-01"), now=NOW, data_version="v")
    assert {row.value for row in found.rows} == {None}
    assert all("planted" in str(row.reason) for row in found.rows)
