"""A hospital from plain data, as the demo makes it."""

from dataclasses import asdict
from datetime import date

import pytest
from django.contrib.auth import authenticate

from zhikong.foundation.access.models import User
from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.organisation import actions, queries, rosters
from zhikong.simulator import hospital, people


def profile():
    return {
        "institution": asdict(hospital.profile()),
        "departments": [asdict(d) for d in hospital.departments()],
        "wards": [asdict(w) for w in hospital.wards()],
        "people": [asdict(p) for p in people.staff()],
        "bodies": [asdict(b) for b in (*people.qc_groups(), *people.committees())],
        "accounts": [asdict(a) for a in people.accounts()],
        "password": "Zhikong-demo-2026",
        "is_demo": True,
    }


@pytest.mark.proves("ORG-03", "ORG-09", "ORG-29")
def test_the_demo_hospital(db, rf):
    made = actions.seed_hospital(profile=profile())
    with scoped(job_scope(made.pk, job="tests")):
        today = date(2026, 11, 22)
        assert len(queries.departments(on=today, kinds=("clinical", "medtech", "functional"))) >= 40
        assert queries.resolve(name_or_code="医教科", on=today).function == "medical_affairs"
        assert queries.resolve(name_or_code="QUAL", on=date(2024, 6, 1)).name == "质控办"
        incomplete = [g for g in rosters.groups(on=today) if g.problems]
        assert [g.body.department.code for g in incomplete] == [people.INCOMPLETE_GROUP]
        committees = rosters.committees(on=today)
        assert len(committees) == 6
        assert all(c.complete and c.chair for c in committees)
        head = User.objects.get(username="keshi")
        [card] = [d for d in queries.departments(on=today) if d.code == "CARD"]
        wards = {d.id for d in queries.departments(on=today, kinds=("ward",)) if d.parent_id == card.id}
        assert wards
        assert head.grants(today)[0].departments == wards | {card.id}
        assert queries.heads(department_id=card.id, on=today) == [head]
    found = authenticate(rf.post("/account/login/"), username="zhikong", password="Zhikong-demo-2026")
    assert found is not None
    assert str(found) == "王敏"
