"""Every page of incidents, complaints, quotas and accountability, as every kind of role: default deny.

Names of addresses × roles × kinds of rows come from the product itself; a page without an entry fails. Each page is
asked as one role that may and one that may not (all roles with ZHIKONG_TEST_ALL=1), and without signing in.
"""

import os
import re

import pytest
from django.db.models import BinaryField
from django.test import Client
from django.urls import reverse

from zhikong.foundation.access import matrix
from zhikong.foundation.access.protection import declared, protected_models
from zhikong.foundation.access.roles import ROLES

LABELS = matrix.UNDER_THE_MATRIX
LISTED = (*LABELS, *matrix.PAGES_ALONE)
PAGES = {name: page for label in LISTED for name, page in matrix.pages(label).items()}
IN_DEPARTMENT = {"department_head", "head_nurse", "qc_officer", "physician", "nurse"}
ALL = os.environ.get("ZHIKONG_TEST_ALL") == "1"
DUMMY = {"int": "987654321", "uuid": "11111111-1111-4111-8111-111111111111"}
HIDDEN = {"incidents:reporter"}  # whoever may not know a reporter does not learn that there is one
WIDE_ROWS = {  # tables that a whole institution or department reads, and why that tells nothing of a case or a person
    "incidents.AnonymousReward": "hashes of blind codes",
    "incidents.AnonymousTaken": "random ids, so that nothing is taken twice",
    "incidents.ClusterScan": "counts of a scan",
    "incidents.Lesson": "what everybody is to learn, without the case",
    "incidents.PaidReward": "hash, month and amount",
    "incidents.ReportDraft": "sealed, found by a keyed fingerprint of the account",
    "incidents.SafetyAlert": "what everybody is to do now",
    "incidents.TriggerReview": "verdicts on candidates from the clinical tables",
    "incidents.WardChange": "what a ward publishes about itself",
    "complaints.DisputeSeries": "the last number given",
    "complaints.DisputeYear": "sums of a year",
    "complaints.RecordLock": "which record is locked",
    "complaints.VoicePoint": "codes on walls",
    "complaints.VoiceSetting": "the hospital's settings",
    "event_quotas.Plan": "numbers by department",
    "event_quotas.Quota": "numbers by department",
    "event_quotas.Settlement": "who counted, who approved",
    "event_quotas.SettlementLine": "numbers by department",
    "event_quotas.Switch": "on or off",
}


def addresses():
    return {name: pattern for label in LISTED for name, pattern in matrix.addresses(label).items()}


def url_of(name):
    pattern = addresses()[name].pattern
    converters = pattern.converters
    given = {
        key: DUMMY.get(re.sub("Converter$", "", type(c).__name__).lower(), "zz99")
        for key, c in converters.items()
    }
    return reverse(name, kwargs=given)


@pytest.mark.parametrize("label", LISTED)
def test_every_page_has_an_entry_and_every_entry_a_page(label):
    asked, listed = set(matrix.addresses(label)), set(matrix.pages(label))
    assert asked == listed, (
        f"without an entry: {sorted(asked - listed)}; without a page: {sorted(listed - asked)}"
    )


def test_a_page_without_an_entry_is_noticed(monkeypatch):
    from zhikong.hospital.functions.event_quotas import matrix as own

    monkeypatch.delitem(own.PAGES, "event_quotas:sheet")
    assert "event_quotas:sheet" in set(matrix.addresses("event_quotas")) - set(matrix.pages("event_quotas"))


@pytest.fixture
def clients(as_role, hospital):
    made = {}

    def of(role):
        if role not in made:
            place = hospital.departments["CARD"] if role in IN_DEPARTMENT else None
            made[role] = as_role(role, place)
        return made[role]

    return of


def answer(client, name):
    """The status of a page with ids that do not exist; pages that only take a form are asked with an empty one."""
    status = client.get(url_of(name)).status_code
    return client.post(url_of(name)).status_code if status == 405 else status


def refusals(name):
    """A page may hide itself; where ids are dummies, "not found" proves a refusal only for pages known to hide."""
    hides = name in HIDDEN or not addresses()[name].pattern.converters
    return (403, 404) if hides else (403,)


def chosen(page):
    """(roles that may, roles that may not): one of each, rotating by the page's number of permissions, or all."""
    may = [code for code in ROLES if page.opens_to(code)]
    others = [code for code in ROLES if not page.opens_to(code)]
    return (may, others) if ALL else (may[:1], others[-1:])


@pytest.mark.parametrize("label", LISTED)
def test_who_may_gets_in_and_who_may_not_is_refused(clients, label, at_noon):
    wrong = []
    for name, page in matrix.pages(label).items():
        may, others = chosen(page)
        wrong += [f"{name}: {role} is refused" for role in may if answer(clients(role), name) == 403]
        for role in others:
            got = answer(clients(role), name)
            if got not in refusals(name):
                wrong.append(f"{name}: {role} gets {got}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("label", LISTED)
def test_without_signing_in_only_open_pages_answer(hospital, label, at_noon):
    wrong = []
    for name, page in matrix.pages(label).items():
        response = Client().get(url_of(name))
        to_login = response.status_code in (301, 302) and "/account/" in response["Location"]
        if page.nobody_without_login and not to_login:
            wrong.append(f"{name} answers {response.status_code} without signing in")
        if not page.nobody_without_login and to_login:
            wrong.append(f"{name} asks for signing in")
    assert not wrong, "\n".join(wrong)


# ---- rows and fields


def models(label):
    return [m for m in protected_models() if m._meta.app_label == label]


def test_rows_are_for_named_readers_unless_a_reason_is_given():
    """Default deny: a new table is for participants, or hangs on such a row, or stands above with its reason."""
    narrow = ("participants", "parent", "own")
    wide = {m._meta.label for label in LABELS for m in models(label) if declared(m).rows not in narrow}
    assert wide == set(WIDE_ROWS)
    assert not [m for label in LABELS for m in models(label) if declared(m).rows == "open"]


@pytest.mark.parametrize("model", models("accountability"), ids=lambda m: m.__name__)
def test_files_on_persons_are_for_named_readers(model):
    assert declared(model).rows in ("participants", "parent")


def test_sealed_columns_are_in_the_matrix_or_seen_with_a_guarded_row():
    """A sealed column in a table that a whole institution reads must name who opens it."""
    listed = {key for label in LABELS for key in matrix.fields(label)}
    bare = [
        (m._meta.label, f.column)
        for label in LABELS
        for m in models(label)
        for f in m._meta.local_fields
        if isinstance(f, BinaryField) and declared(m).rows in ("institution", "department")
    ]
    assert [one for one in bare if one not in listed and not found_by_fingerprint(one[0])] == []


def found_by_fingerprint(label):
    """Rows that are found by a keyed fingerprint of the account only; the key is outside the database."""
    model = next(m for name in LABELS for m in models(name) if m._meta.label == label)
    return any(f.name in ("owner", "reader", "key_print", "keyed") for f in model._meta.local_fields)


def test_fields_of_the_matrix_exist():
    known = {
        (m._meta.label, f.column) for label in LABELS for m in models(label) for f in m._meta.local_fields
    }
    assert {key for label in LABELS for key in matrix.fields(label)} <= known


def test_the_printed_matrix_names_every_page():
    said = matrix.as_markdown()
    assert [name for name in PAGES if f"`{name}`" not in said] == []
