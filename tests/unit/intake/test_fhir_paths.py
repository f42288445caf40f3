"""The path language of FHIR sources, and FHIR times as wall time."""

import contextlib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from zhikong.intake.formats.fhir_helpers import plain
from zhikong.intake.formats.fhir_paths import PathFault, found, parsed, reader
from zhikong.intake.formats.fhir_times import wall_time

# generation may be slow on a busy machine; that says nothing about the language
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SHANGHAI = ZoneInfo("Asia/Shanghai")
ENCOUNTER = {
    "resourceType": "Encounter",
    "id": "e1",
    "class": {"code": "IMP"},
    "subject": {"reference": "https://host/fhir/Patient/p1/_history/3"},
    "identifier": [{"system": "a", "value": "1"}, {"system": "b", "value": " 2 "}],
    "period": {"start": "2026-01-31T23:30:00Z", "end": "2026-02"},
    "type": [{"coding": [{"system": "x", "code": "C1"}, {"system": "y", "code": "C2"}]}],
    "extension": [{"url": "http://z/count", "valueInteger": 3}],
    "name": [{"family": "王", "given": ["小", "明"]}, {"family": "Doe", "given": ["Jane"]}],
    "flag": False,
    "effectivePeriod": {"start": "2026-01-01"},
    "effective": "no type",
    "medicationReference": {"reference": "#m"},
    "contained": [{"id": "m", "code": {"text": "头孢"}}],
    "data": "5Li76K+J",
    "div": "<div><p>a &lt; b</p><p>c</p></div>",
}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("id", "e1"),
        ("class.code", "IMP"),
        ("subject.reference|id", "p1"),
        ("subject.reference|type", "Patient"),
        ("identifier.value", "1"),
        ("identifier[system=b].value", "2"),
        ("identifier[system!=a].value", "2"),
        ("identifier[2].value", "2"),
        ("identifier[3].value", None),
        ("identifier.value|all", "1、2"),
        ("identifier.value|count", "2"),
        ("identifier.value|last", "2"),
        ("missing|count", "0"),
        ("period.start", "2026-02-01 07:30:00"),
        ("period.start|date", "2026-01-31"),
        ("period.end", "2026-02"),
        ("type.coding[system=y].code", "C2"),
        ("type[coding.system=y].coding.code", "C1"),
        ("extension[url=http://z/count].valueInteger", "3"),
        ("name|name", "王小明"),
        ("name[2]|name", ["Jane", "Doe"][1] + " Jane"),
        ("flag", "false"),
        ("effective[x].start", "2026-01-01"),
        ("missing or class.code", "IMP"),
        ("missing or gone", None),
        ("medicationReference->code.text", "头孢"),
        ("medicationReference.reference|id", None),
        ("data|base64", "主诉"),
        ("div|untagged", "a < b\nc"),
        ("id|whole or identifier[1].value|whole", "1"),
        ("class", '{"code":"IMP"}'),
    ],
)
def test_a_path_names_one_text(path, text):
    assert reader(path, SHANGHAI)(ENCOUNTER) == text


@pytest.mark.parametrize(
    "path", ["", ".a", "a.", "a..b", "a[", "a[b]", "a[=1]", "a[0]", "a|nothing", "a b", "->a", "a or ", "1a"]
)
def test_what_is_not_of_the_language_is_refused_by_name(path):
    with pytest.raises(PathFault, match="路径"):
        reader(path, SHANGHAI)


NAMES = st.sampled_from(["a", "b", "c"])
TREES = st.recursive(
    st.none() | st.booleans() | st.text(max_size=4) | st.integers(-9, 9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@CALM
@given(st.dictionaries(NAMES, TREES), st.lists(NAMES, min_size=1, max_size=4))
def test_a_plain_path_finds_what_the_general_way_finds(resource, names):
    """The quick way for paths of names only agrees with the definition of the language."""
    steps = parsed(".".join(names))[0].steps
    texts = [text for value in found(resource, steps, resource) if (text := plain(value)) is not None]
    expected = wall_time(texts[0], SHANGHAI) if texts else None
    assert reader(".".join(names), SHANGHAI)(resource) == expected


@CALM
@given(st.dictionaries(NAMES, TREES), st.lists(NAMES, min_size=1, max_size=3))
def test_counting_agrees_with_joining_and_the_first_is_among_all(resource, names):
    path = ".".join(names)
    count = int(reader(f"{path}|count", SHANGHAI)(resource))
    joined = reader(f"{path}|all", SHANGHAI)(resource)
    assert (joined is None) == (count == 0)
    first = reader(f"{path}|first", SHANGHAI)(resource)
    assert first == reader(path, SHANGHAI)(resource)
    assert first is None or joined.startswith(first)


@CALM
@given(st.text(alphabet="ab.[]=!|# or->12x", max_size=20))
def test_any_text_is_a_path_or_is_refused_with_a_sentence(text):
    with contextlib.suppress(PathFault):
        assert all(alternative.steps for alternative in parsed(text))


MOMENTS = st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1)).map(lambda t: t.replace(microsecond=0))  # noqa: DTZ001
MINUTES = st.integers(-14 * 60, 14 * 60)


@CALM
@given(MOMENTS, MINUTES, MINUTES)
def test_one_instant_written_with_any_offset_is_one_wall_time(moment, one, other):
    def written(offset):
        sign, size = "-" if offset < 0 else "+", abs(offset)
        local = moment + timedelta(minutes=offset)
        return f"{local.isoformat()}{sign}{size // 60:02d}:{size % 60:02d}"

    assert wall_time(written(one), SHANGHAI) == wall_time(written(other), SHANGHAI)


@CALM
@given(MOMENTS)
def test_an_offset_of_the_zone_itself_moves_nothing(moment):
    assume(moment.year >= 1992)  # before, China's offset was not always +08:00
    assert wall_time(moment.isoformat() + "+08:00", SHANGHAI) == moment.isoformat(sep=" ")


@CALM
@given(st.text(max_size=40))
def test_what_is_no_instant_stays_as_written(text):
    assume(len(text) < 17 or text[10] != "T")
    assert wall_time(text, SHANGHAI) == text


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("2026-01-31T08:30:00.250+08:00", "2026-01-31 08:30:00.250000"),
        ("2026-01-31T00:30Z", "2026-01-31 08:30:00"),
        ("2026-02-30T00:30:00Z", "2026-02-30T00:30:00Z"),
        ("2026-01-31T25:30:00Z", "2026-01-31T25:30:00Z"),
        ("2026-01-31T08:30:00", "2026-01-31T08:30:00"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
        ("2026-01", "2026-01"),
    ],
)
def test_edges_of_time(text, wall):
    assert wall_time(text, SHANGHAI) == wall
