"""Junk in any place of any packaged definition is explained in the live check; no check falls over it."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhikong.foundation.packstore import kinds, shelf
from zhikong.foundation.packstore.comparing import data_of

JUNK = st.sampled_from(
    [
        None, 0, -1, 1.5, True, "", "x", "x" * 200, 10**30, [], {}, [1], ["a"], [[]], [{}], [None],
        {"a": 1}, {"zh": None}, {"id": None}, "2026-13-01", "2026-12-01", "a = ", "总是",
    ]
)  # fmt: skip


def packaged(kind):
    return [shelf.of(kind.code, name, samples=True) for name in shelf.ids(kind.code, samples=True)]


def places(data, path=()):
    """Every place in a definition, as a path of keys."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield (*path, key)
        yield from places(value, (*path, key))


@st.composite
def spoiled(draw, kind):
    """A packaged definition in which one or two places hold junk or are gone: its id, and its text."""
    one = draw(st.sampled_from(packaged(kind)))
    data = deepcopy(data_of(one.text))
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(list(places(data)) or [()]))
        if path:
            _spoil(data, path, draw(st.just("gone") | JUNK))
    return one.id, yaml.safe_dump(data, allow_unicode=True, sort_keys=False)


def _spoil(data, path, junk):
    for key in path[:-1]:
        data = data[key]
    if junk == "gone":
        del data[path[-1]]
    else:
        data[path[-1]] = deepcopy(junk)


@pytest.mark.parametrize("code", [kind.code for kind in kinds.all()])
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=150)
@given(st.data())
def test_a_check_explains_junk(code, data):
    kind = kinds.get(code)
    if not packaged(kind):
        return
    name, text = data.draw(spoiled(kind))
    found = kind.parse(text, file=Path(f"{name}.yaml"))
    if isinstance(found, list):
        assert found
        assert all(problem.message and problem.line >= 1 for problem in found)
    else:
        assert str(kind.title_of(found))
