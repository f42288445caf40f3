"""What a short report may say, which category its words suggest, and what the categories and typed forms hold together."""

from datetime import date, datetime
from pathlib import Path

import pytest

from zhikong.hospital.functions.incidents import rules_reporting as rules
from zhikong.hospital.functions.incidents import rules_reporting_sealing as sealing
from zhikong.hospital.functions.incidents.reading_reporting_forms import parse as parse_form
from zhikong.hospital.functions.incidents.rules_reporting_categories import OWNERS, parse, suggested
from zhikong.hospital.functions.incidents.rules_reporting_export import as_csv, as_xml, columns, record
from zhikong.hospital.functions.incidents.rules_reporting_report import SIGNED_IN, WITHOUT_LOGIN, judge

NATIONAL = Path(__file__).resolve().parents[5] / "zhikong" / "packs" / "national"
NOW = datetime(2026, 11, 23, 10, 0)  # noqa: DTZ001  the wall clock of the hospital
GOOD = {
    "privacy": "confidential",
    "what": "患者在卫生间滑倒。",
    "department": "CARD",
    "occurred_on": "2026-11-22",
    "harm": "unsure",
}


def _judged(allowed=SIGNED_IN, **more):
    return judge(
        GOOD | more,
        now=NOW,
        departments={"CARD": 7},
        categories=frozenset({"fall"}),
        allowed=allowed,
        source="menu",
    )


@pytest.fixture(scope="module")
def categories():
    files = sorted((NATIONAL / "incident_categories").glob("*.yaml"))
    return [parse(file.read_text("utf-8"), file=file) for file in files]


def _forms():
    files = sorted((NATIONAL / "incident_forms").glob("*.yaml"))
    return {file.stem: file for file in files if not file.name.endswith(".examples.yaml")}


def test_five_answers_suffice_and_what_is_unknown_stays_unknown():
    report = _judged().report
    assert (report.harm, report.level, report.category, report.shift) == ("", "", "", "unknown")
    assert report.department_id == 7
    assert _judged(department="-").report.department_id is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("privacy", ""),
        ("privacy", "anonymous"),
        ("what", "  "),
        ("what", "长" * 4001),
        ("department", "NOPE"),
        ("department", ""),
        ("occurred_on", "昨天"),
        ("occurred_on", "2026-11-24"),
        ("occurred_on", "2020-01-01"),
        ("harm", "Z"),
        ("harm", ""),
        ("category", "nope"),
        ("place", "nope"),
        ("shift", "nope"),
    ],
)
def test_each_wrong_answer_is_told_at_its_field(field, value):
    found = _judged(**{field: value})
    assert found.report is None
    assert list(found.errors) == [field]


def test_a_part_of_today_that_has_not_come_is_no_time_of_an_event():
    assert _judged(occurred_on="2026-11-23", shift="evening").errors
    assert not _judged(occurred_on="2026-11-23", shift="morning").errors


def test_each_way_of_reporting_takes_its_own_reports_only():
    assert _judged(allowed=WITHOUT_LOGIN).errors
    assert _judged(allowed=WITHOUT_LOGIN, privacy="anonymous").report.privacy == "anonymous"


def test_the_letter_of_harm_suggests_a_level():
    assert [rules.suggested_level(letter) for letter in "ABCDEFGHI"] == ["IV", "IV", "III", "III", "II", "II", "I", "I", "I"]  # fmt: skip
    assert rules.suggested_level("") == ""


def test_the_words_that_samples_say_bring_their_category_first(categories):
    assert len(categories) >= 16
    for one in categories:
        for said, suggests in one.samples:
            found = suggested(categories, said)
            if suggests:
                assert found[0].id == one.id, (said, [other.id for other in found])
    assert suggested(categories, "今天天气很好") == []


def test_categories_name_offices_forms_and_plans_that_exist(categories):
    plans = {file.stem for file in (NATIONAL / "emergency_plans").glob("*.yaml")}
    forms = set(_forms())
    assert {one.form for one in categories if one.form} == forms  # and no form is asked for by nobody
    assert {one.emergency_plan for one in categories if one.emergency_plan} <= plans
    assert {one.handled_by for one in categories} <= set(OWNERS)
    assert len({one.order for one in categories}) == len(categories)


def test_a_category_whose_sample_comes_out_otherwise_is_refused_with_its_line():
    text = (NATIONAL / "incident_categories" / "fall.yaml").read_text("utf-8")
    broken = text.replace("夜里翻越床栏坠床，额头擦伤", "今天天气很好")
    [problem] = parse(broken, file=Path("fall.yaml"))
    assert "今天天气很好" in problem.message
    assert problem.line > 1


@pytest.mark.parametrize("name", sorted(_forms()))
def test_a_typed_form_asks_nothing_that_would_leave_the_sealed_room(name):
    file = _forms()[name]
    form = parse_form(file.read_text("utf-8"), file=file)
    assert not isinstance(form, list), form
    assert 5 <= sum(1 for item in form.items() if item.has_answer) <= 30


def test_a_typed_form_with_a_person_or_points_is_refused():
    text = _forms()["incident_fall"].read_text("utf-8")
    broken = text.replace("type: date, text: 评估日期", "type: person, text: 评估人")
    [problem] = parse_form(broken, file=Path("incident_fall.yaml"))
    assert "scored_on" in problem.message


def test_an_envelope_is_bound_padded_and_keyed():
    key = sealing.key_of("secret", "content")
    made = sealing.seal({"what": "短"}, key=key, bound_to="1|incident|7")
    assert sealing.unseal(made, key=key, bound_to="1|incident|7") == {"what": "短"}
    assert len(made) == len(sealing.seal({"what": "长一些" * 10}, key=key, bound_to="1|incident|7"))
    for other_key, place in ((key, "1|incident|8"), (sealing.key_of("secret", "identity"), "1|incident|7")):
        with pytest.raises(sealing.Unreadable):
            sealing.unseal(made, key=other_key, bound_to=place)
    own = sealing.owner_digest(5, key=key, institution_id=1)
    assert own != sealing.owner_digest(5, key=key, institution_id=2)
    assert own != sealing.owner_digest(6, key=key, institution_id=1)


def test_the_export_holds_codes_and_words_and_no_formula():
    file = _forms()["incident_adr"]
    form = parse_form(file.read_text("utf-8"), file=file)
    head = {"report_number": "K7M2-9QXD", "occurred_on": date(2026, 11, 2).isoformat()}
    values = {"severity": "serious", "serious_why": ["life", "hospital"], "symptoms": "+皮疹\x0b"}
    one = record(form, head, values)
    assert (one["severity"], one["severity_words"]) == ("serious", "严重")
    assert one["serious_why"] == "life|hospital"
    assert "'+皮疹" in as_csv(columns(form), [one]).decode("utf-8-sig")
    xml = as_xml(form, columns(form), [one], "2026-11-23T10:00:00+08:00").decode()
    assert '<field name="severity" title="严重程度">serious</field>' in xml
    assert "\x0b" not in xml
