"""A job works under its own name, for one institution."""

from datetime import date

from zhikong.foundation.access.jobs import scoped_job
from zhikong.foundation.access.scope import current_scope, current_scope_or_none
from zhikong.foundation.organisation import queries


def test_a_job_sees_its_institution_and_leaves_no_scope(committed_hospital):
    @scoped_job("tests.count")
    def work(factor):
        return current_scope().actor, len(queries.departments(on=date(2026, 1, 1))) * factor

    assert work(institution_id=committed_hospital.id, factor=1) == ("job:tests.count", 6)
    assert current_scope_or_none() is None
