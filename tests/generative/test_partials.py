"""Random definitions on random data: what partial results give is what plain Python gives, before and after a change."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.generative.strategies import data, definitions
from tests.generative.test_agreement import MONTHS, _by_month
from zhikong.engine.backends.base import Limits, Tally
from zhikong.engine.backends.reference import ReferenceBackend
from zhikong.engine.backends.source import Source
from zhikong.engine.definitions import canonical
from zhikong.engine.definitions.model import Definition
from zhikong.engine.joining import tally
from zhikong.engine.months import span
from zhikong.engine.partials.state import State
from zhikong.engine.partials.tallying import PartialBackend
from zhikong.engine.plan.needs import expressions_of

MANY = 8 if os.environ.get("ZHIKONG_TEST_ALL") else 1
Tables = dict[str, list[dict[str, Any]]]


@settings(max_examples=25 * MANY, deadline=None, suppress_health_check=list(HealthCheck))
@given(definitions(), data(), data(), st.booleans())
def test_partials_equal_reference(wanted: list[Definition], one: Tables, other: Tables, by_day: bool) -> None:
    """The same state is asked about two deliveries, one after the other, and about the first again."""
    wanted = [d for d in wanted if d.rule is None and not d.bases()]
    for definition in wanted:
        note(" | ".join(canonical.text(e) for e in expressions_of(definition)))
    with TemporaryDirectory() as folder:
        backend = PartialBackend(State(Path(folder) / "state"), by_day=by_day)
        for i, tables in enumerate((one, other, one)):
            files = _by_month(Path(folder) / str(i), tables)
            assert _plain(wanted, backend, files) == _plain(
                wanted, ReferenceBackend(), Source.of_rows(tables)
            )


def _plain(wanted: list[Definition], backend: Any, source: Source) -> dict[str, Any]:
    found = tally(backend, wanted, source, span(*MONTHS), Limits(), judged_by="reference")
    return {k: (o.cells, o.wholes) if isinstance(o, Tally) else "failed" for k, o in found.items()}
