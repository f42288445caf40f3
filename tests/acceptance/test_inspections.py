"""A year of the simulated hospital's inspections and actions: what was planted is found, and nothing else is made of chance.

The planter reads no checklists and the product no ledger; they meet only here.
"""

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from scipy.stats import binom

from zhikong.engine.stats.effect import Verdict
from zhikong.foundation.access.models import RoleAssignment, User
from zhikong.foundation.access.scope import current_scope, job_scope, scoped
from zhikong.foundation.facts import gateway
from zhikong.foundation.findings.models import Finding
from zhikong.foundation.organisation.actions import seed_hospital
from zhikong.hospital.functions.inspections.clause_indicators import clause_definition
from zhikong.hospital.functions.inspections.control_results import ERROR_RATE
from zhikong.hospital.functions.inspections.models.results import InspectionAnswer
from zhikong.hospital.functions.inspections.queries.results import clauses, inspectors, places
from zhikong.hospital.functions.inspections.queries.results.choosing import Chosen
from zhikong.hospital.functions.inspections.queries.results.forms import known_forms
from zhikong.simulator import hospital
from zhikong.site.demo import PASSWORD, inspections_findings, inspections_year, organisation

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
CODES = [one.code for one in hospital.admitting()]
pytestmark = pytest.mark.django_db


@pytest.fixture
def written(db):
    """The demo hospital with its year of inspections, in the scope of a job over the whole hospital."""
    number = seed_hospital(profile=organisation.described(PASSWORD)).pk
    with scoped(job_scope(number, job="tests")):
        forms = inspections_year.checklists(NOW.date(), NOW)
        window = inspections_year.window_before(NOW)
        made = inspections_year.simulated(
            forms, window, seed=1, inspectors=len(inspections_year.INSPECTORS), codes=CODES
        )
        users = [User.objects.get(username=name) for name in inspections_year.INSPECTORS]
        yield inspections_year.write(made, forms=forms, window=window, now=NOW, inspectors=users)


def _chosen(window, **changes):
    asked = {
        "last": window.months[-1], "span": 12, "available": tuple(window.months), "department": None,
        "form_id": "", "places": (), "whole_hospital": True,
    }  # fmt: skip
    return Chosen(**asked | changes)


@pytest.mark.proves("INS-08", "INS-18", "INS-29", "CLN-01", "INF-02", "CAP-08", "CAP-14")
def test_a_year_of_inspections_tells_what_was_planted_and_nothing_else(written):
    _counts_are_those_of_the_ledger(written)
    _an_indicator_on_the_facts_gives_the_same(written)
    _the_measure_is_confirmed_where_it_was_taken(written)
    _who_sees_less_is_hinted_at(written)
    _nobody_is_ranked_by_chance(written)
    _the_defect_that_comes_back_is_found(written)


def _counts_are_those_of_the_ledger(written):
    ledger, window = written.year.ledger, written.window
    keys = {(form, item) for form, item, _place, _month in ledger.counts}
    found = {(one.clause.form_id, one.clause.item): one for one in clauses.lines(_chosen(window))}
    assert {key: (one.count.conforming, one.count.applicable) for key, one in found.items()} == {
        key: ledger.total(*key) for key in keys
    }
    one = ledger.plants.improved
    assert [(c.conforming, c.applicable) for c in found[one].months] == [
        ledger.total(*one, month=month) for month in range(window.count)
    ]


def _an_indicator_on_the_facts_gives_the_same(written):
    """Of an item, department and month: the engine on the published rows, and the rows behind the figure."""
    ledger, (form, item) = written.year.ledger, written.year.ledger.plants.recurring
    definition, last = clause_definition(known_forms()[form], item), written.window.count - 1
    months = (written.window.months[0], written.window.months[-1])
    rows = gateway.compute([definition], months=months, now=NOW).rows
    told = {(r.department, r.month): (r.numerator, r.denominator) for r in rows if r.denominator}
    for code in CODES:
        for month, name in enumerate(written.window.months):
            right, asked = ledger.total(form, item, department=code, month=month)
            assert told.get((code, name), (0, 0)) == (right, asked)
    assert told[None, months[1]] == ledger.total(form, item, month=last)
    cases = gateway.cases(definition, month=months[1], part="denominator")
    assert cases.total == ledger.total(form, item, month=last)[1]
    assert InspectionAnswer.objects.filter(published_at=None).count() == 0


def _the_measure_is_confirmed_where_it_was_taken(written):
    plants, months = written.year.ledger.plants, written.window.months
    since = months[plants.measure_month]
    form, item = plants.improved
    ids = {code: visit.department_id for code, visit in _one_visit_each(written).items()}
    changed = {
        one.department: one
        for one in clauses.changed_since(form_id=form, item=item, months=months, since=since)
    }
    assert changed[ids[plants.improved_in]].control.verdict.verdict is Verdict.IMPROVED
    others = [one for place, one in changed.items() if place != ids[plants.improved_in]]
    false = sum(one.control.verdict.verdict is Verdict.IMPROVED for one in others)
    assert len(others) == len(CODES) - 1
    assert false <= binom.ppf(0.99, len(others), ERROR_RATE)


def _one_visit_each(written):
    return {one.department: written.visits[one.number] for one in written.year.visits}


def _who_sees_less_is_hinted_at(written):
    found = {one.user_id: one.hint for one in inspectors.inspectors(_chosen(written.window))}
    lenient = User.objects.get(username=inspections_year.INSPECTORS[written.year.ledger.lenient]).pk
    assert {user for user, hint in found.items() if hint == "few"} == {lenient}


def _nobody_is_ranked_by_chance(written):
    """Habits of departments differ; those outside the limits are few and their intervals leave the hospital's rate out."""
    lines, drawn = places.league(_chosen(written.window, form_id=inspections_year.DRUGS))
    assert len(lines) == len(CODES)
    outside = [one for one in lines if one.verdict in ("below", "above")]
    assert len(outside) < len(lines) / 3
    rate = 100 * drawn.target
    assert all(one.high < rate for one in outside if one.verdict == "below")


def _the_defect_that_comes_back_is_found(written):
    """Raised and closed by the product's own actions, each recurrence is recognised, and nothing else is."""
    ledger = written.year.ledger
    wanted = {ledger.plants.recurring_in, "CARD"}
    heads = {code: _head(written, code) for code in wanted}
    made = inspections_findings.raise_and_close(
        written, wants=lambda one: one.department in wanted, heads=heads, office=User.objects.get(username="zhikong"),
        acting=lambda _user, _now: nullcontext(),
    )  # fmt: skip
    recurrent = {number for number, finding in made.items() if finding.recurrent}
    assert recurrent == {n for n in ledger.recurrences if n in made}
    former = {n: finding.previous_id for n, finding in made.items() if finding.previous_id}
    by_number = {defect.number: defect for defect in written.year.defects}
    assert {n: made[by_number[n].former].pk for n in recurrent} == former
    key = ":".join(ledger.plants.recurring)
    planted = [f for f in made.values() if f.clause_key == key and f.recurrent]
    assert len(planted) >= len(ledger.planted) - 1
    assert all(f.is_strict for f in planted)
    closed = Finding.objects.filter(pk__in=[f.pk for f in planted], state="closed")
    assert {one.closing_verification.check_by for one in closed} == {"reinspection"}


def _head(written, code):
    """An account for the department's head; the demo has one for few departments."""
    department = _one_visit_each(written)[code].department_id
    user = User(
        username=f"head-{code.lower()}", institution_id=current_scope().institution_id, last_name="主任"
    )
    user.set_unusable_password()
    user.save()
    RoleAssignment.objects.create(
        institution_id=user.institution_id, user=user, role="department_head", department_id=department,
        valid_from=NOW.date().replace(year=2020),
    )  # fmt: skip
    return user
