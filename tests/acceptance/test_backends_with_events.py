"""Everything published, on a small hospital with all its events: each backend gives what plain Python gives."""

from datetime import UTC, datetime

import pytest

from tests.acceptance.conftest import write
from tests.packs import loaded
from zhikong.engine.compute import Source, compute
from zhikong.engine.definitions.model import Status
from zhikong.simulator import simulate

CATALOGUE = loaded.catalogue("national")
PUBLISHED = [d for d in CATALOGUE.indicators.values() if d.status is Status.PUBLISHED]
MONTHS = ("2026-03", "2026-03")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    made = simulate(seed=7, months=1, first_month=MONTHS[0], scale=0.04, events=True)
    return Source.of_files(write(made.tables, tmp_path_factory.mktemp("backends")))


@pytest.fixture(scope="module")
def judged(source):
    return numbers(source, "reference")


def numbers(source, backend):
    """Each cell's numerator, denominator, value and reason."""
    made = compute(
        PUBLISHED, source=source, months=MONTHS, now=datetime(2026, 11, 1, tzinfo=UTC),
        data_version="events", backend=backend,
    )  # fmt: skip
    return {
        (r.indicator_id, r.month, r.department): (
            r.numerator,
            r.denominator,
            r.value,
            r.reason and r.reason.kind,
        )
        for r in made.rows
    }


@pytest.mark.parametrize("backend", ["duckdb", "vector"])
def test_a_backend_gives_what_plain_python_gives(backend, source, judged):
    found = numbers(source, backend)
    differing = {key: (found.get(key), judged.get(key)) for key in found.keys() | judged.keys()
                 if found.get(key) != judged.get(key)}  # fmt: skip
    assert differing == {}


def test_most_have_a_value_and_none_failed(judged):
    whole = {key[0]: value for key, value in judged.items() if key[2] is None}
    assert whole.keys() == {d.id for d in PUBLISHED}
    assert not [name for name, value in whole.items() if value[3] == "error"]
    assert sum(value[2] is not None for value in whole.values()) > 0.8 * len(whole)
