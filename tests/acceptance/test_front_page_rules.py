"""A simulated hospital's front pages, planted with broken ones: the forty rules find exactly those, and no others."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

from datetime import datetime

import pytest

from tests.packs.test_record_rules import RULES
from zhikong.engine.backends.source import Source
from zhikong.engine.record_rules import judge
from zhikong.intake.context import Context
from zhikong.intake.mappings import load_mapping
from zhikong.intake.pseudonyms import pseudonym
from zhikong.intake.reading import read_files
from zhikong.simulator import simulate
from zhikong.simulator.export_hqms import admission_numbers, export
from zhikong.simulator.front_page_faults import FAULTS, natural
from zhikong.simulator.hospital import departments
from zhikong.site.commands.check_packs import packaged

FRONT_PAGE = [rule for name, rule in RULES.items() if name.startswith("fp")]
NOT_COMPARED = {"fp12"}  # without a code library the sound pages cannot be assessed; the broken ones fail
KEY = b"key"


@pytest.fixture(scope="module")
def made():
    return simulate(seed=5, months=3, scale=0.2)


@pytest.fixture(scope="module")
def judged(made, tmp_path_factory):
    """The delivery with two pages broken for each rule, and what the rules say of it."""
    folder = tmp_path_factory.mktemp("broken")
    delivery = export(made, folder, broken=dict.fromkeys(FAULTS, 2))
    (path,) = [p / "mappings" / "hqms.yaml" for p in packaged() if p.name == "national"]
    context = Context(
        "H", "Asia/Shanghai", KEY, {d.code: d.code for d in departments()}, datetime(2030, 1, 1)
    )
    names = ("front_page", "annex", "operation_annex", "beds", "reported")
    files = dict(zip(names, delivery.files, strict=True))
    reading = read_files(files, load_mapping(path), context, tmp_path_factory.mktemp("read"))
    assert (reading.faulty_rows, reading.rows["stays"]) == (0, made.tables["stays"].num_rows)
    source = Source.of_files({name: [path] for name, path in reading.tables.items()})
    months = made.ledger.months
    fast, plain = (
        judge(FRONT_PAGE, source=source, months=(months[0], months[-1]), backend=backend)
        for backend in ("duckdb", "reference")
    )
    return delivery, fast, plain


def key(record_number, admission):
    return pseudonym(KEY, "H", "stay", [record_number, str(admission)])


@pytest.fixture(scope="module")
def truth(made, judged):
    """Rule → pseudonyms of the stays that break it, planted or by nature."""
    numbers = admission_numbers(made)
    people = {row["patient_key"]: row["record_number"] for row in made.tables["identities"].to_pylist()}
    patient = {row["stay_id"]: row["patient_key"] for row in made.tables["stays"].to_pylist()}
    found = {
        rule: {key(people[patient[s]], numbers[s]) for s in stays}
        for rule, stays in natural(made.tables).items()
    }
    for broken in judged[0].broken:
        for rule in broken.rules:
            found.setdefault(rule, set()).add(key(broken.record_number, broken.admission))
    return found


@pytest.mark.parametrize("rule", [rule.id for rule in FRONT_PAGE])
def test_what_fails_is_what_was_planted(rule, judged, truth):
    failures = judged[1].failures.to_pylist()
    assert {row["stay_id"] for row in failures if row["rule"] == rule} == truth.get(rule, set())
    assert truth.get(rule), "a rule that nothing breaks proves nothing"


@pytest.mark.parametrize("table", ["counts", "scores", "failures"])
def test_both_judges_agree_on_every_record(judged, table):
    _, fast, plain = judged
    assert getattr(fast, table).to_pylist() == getattr(plain, table).to_pylist()


def test_no_rule_crashes_and_all_but_one_can_be_assessed(judged):
    _, given, _ = judged
    assert given.errors == {}
    assert given.unmet == {}
    unknown = {row["rule"] for row in given.counts.to_pylist() if row["not_assessable"]}
    assert unknown <= NOT_COMPARED


def test_the_score_is_what_the_failed_rules_leave(judged, truth):
    _, given, _ = judged
    points = {rule.id: rule.points for rule in FRONT_PAGE}
    lost = {}
    for rule, stays in truth.items():
        for stay in stays:
            lost[stay] = lost.get(stay, 0) + points[rule]
    for row in given.scores.to_pylist():
        assert row["score"] == float(100 - lost.get(row["stay_id"], 0))
