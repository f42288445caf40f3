"""The gateway demands a scope, keeps departments apart, logs the read, and gives an old version back bit for bit."""

import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from django.core.exceptions import PermissionDenied

from tests.loads import NOW, line, loading_hospital, write_csv  # noqa: F401


@pytest.fixture
def loaded(loading, tmp_path):
    """Three stays in CARD, one of them a death, and two in GSUR; September 2026."""
    lines = [line(n, 离院方式="5" if n == 1 else "1") for n in (1, 2, 3)]
    lines += [line(n, 出院科室="GSUR") for n in (4, 5)]
    loading.load(write_csv(tmp_path / "a.csv", lines))
    return loading


@pytest.fixture
def mortality():
    from zhikong.engine.definitions import load_catalogue
    from zhikong.hospital.functions.datasources.mappings import PACKS

    return load_catalogue([PACKS / "national"]).indicators["inpatient_mortality"]


def narrow(hospital, *codes):
    from zhikong.foundation.access.scope import Scope, scoped
    from zhikong.foundation.organisation.models import Department

    with hospital.scoped():
        ids = frozenset(Department.objects.filter(code__in=codes).values_list("pk", flat=True))
    return scoped(Scope(hospital.id, departments=ids, actor="job:tests"))


def test_without_a_scope_nothing_is_read(loaded):
    from zhikong.foundation.access.scope import ScopeMissing
    from zhikong.foundation.facts import gateway

    with pytest.raises(ScopeMissing):
        gateway.published()


def test_an_institution_without_data_has_an_empty_snapshot(loading):
    from zhikong.foundation.facts import gateway

    with loading.scoped():
        snapshot = gateway.published()
    assert (snapshot.data_version, snapshot.files("stays"), snapshot.months()) == ("none", (), [])


def test_values_of_departments_outside_the_scope_are_left_out(loaded, mortality):
    from zhikong.foundation.facts import gateway

    def departments(scope):
        with scope:
            rows = gateway.compute([mortality], months=("2026-09", "2026-09"), now=NOW).rows
        return {row.department: (row.numerator, row.denominator) for row in rows}

    assert departments(loaded.scoped()) == {None: (1, 5), "CARD": (1, 3), "GSUR": (0, 2)}
    assert departments(narrow(loaded, "GSUR")) == {None: (1, 5), "GSUR": (0, 2)}


def test_cases_are_those_of_the_scope_and_pages_run_over_several_departments(loaded, mortality):
    from zhikong.foundation.facts import gateway

    def cases(scope, **kwargs):
        with scope:
            return gateway.cases(mortality, month="2026-09", part="denominator", **kwargs)

    assert cases(loaded.scoped()).total == 5
    assert cases(narrow(loaded, "GSUR")).total == 2
    assert {row["department"] for row in cases(narrow(loaded, "GSUR")).rows} == {"GSUR"}
    with pytest.raises(PermissionDenied, match="不在您的权限范围内"):
        cases(narrow(loaded, "GSUR"), department="CARD")
    pages = [cases(narrow(loaded, "GSUR", "CARD"), limit=2, offset=start) for start in (0, 2, 4)]
    assert {page.total for page in pages} == {5}
    ids = [row["stay_id"] for page in pages for row in page.rows]
    assert len(ids) == len(set(ids)) == 5
    assert cases(narrow(loaded)).total == 0


def test_reads_are_logged_with_what_and_how_many(loaded, mortality):
    from zhikong.foundation.audit.models import AuditEvent
    from zhikong.foundation.facts import gateway

    with loaded.scoped():
        gateway.cases(mortality, month="2026-09", part="denominator", purpose="核对死亡病例")
        event = AuditEvent.objects.filter(institution_id=loaded.id, subject="facts.cases").latest("pk")
    assert event.after == {"purpose": "核对死亡病例", "count": 5}


@pytest.mark.proves("F-32")
def test_an_old_version_is_bit_identical_after_later_publications_and_cleaning(loaded, tmp_path):
    from zhikong.foundation.facts import actions, gateway, lake

    def digests(snapshot):
        return {p: hashlib.sha256(Path(p).read_bytes()).hexdigest() for p in snapshot.files("stays")}

    with loaded.scoped():
        first = gateway.published()
    before = digests(first)
    loaded.load(write_csv(tmp_path / "b.csv", [line(1, 年龄="77"), line(9)]))
    with loaded.scoped():
        actions.clean_up(by=None)
        lake.files.cache_clear()
        again = gateway.published(data_version=first.data_version)
        assert gateway.published(as_of=first.published_at).data_version != "none"
        assert gateway.published().data_version != first.data_version
        with pytest.raises(LookupError):
            gateway.published(data_version="0" * 12)
    assert digests(again) == before
    assert {row["age_years"] for p in before for row in pq.read_table(p, partitioning=None).to_pylist()} == {
        60
    }


def test_a_table_that_was_not_delivered_keeps_its_version(loaded, tmp_path):
    from zhikong.foundation.facts import gateway

    with loaded.scoped():
        before = gateway.published().versions
    loaded.load(write_csv(tmp_path / "b.csv", [line(9)]))
    with loaded.scoped():
        after = gateway.published().versions
    assert before.keys() == after.keys() == {"stays"}
    assert after["stays"] == before["stays"] + 1


def test_publishing_is_announced_with_its_months(loaded):
    from zhikong.foundation.outbox.models import Announcement

    with loaded.scoped():
        payload = Announcement.objects.get(fact="tables_published").payload
    assert payload["months"] == ["2026-09"]
    assert payload["data_version"] == loaded.data_version()


def test_another_hospital_sees_nothing_of_it(loaded):
    from tests.loads import make_institution

    other = make_institution(f"{loaded.code}x")
    assert other.files() == ()
    from zhikong.foundation.facts.models import Load, Publication

    with other.scoped():
        assert not Load.objects.exists()
        assert not Publication.objects.exists()


def test_records_are_judged_within_the_scope(loaded):
    from zhikong.engine.record_rules import rule_of_text
    from zhikong.foundation.facts import gateway, record_rules

    text = record_rules.STARTER.replace("{id}", "not_dead").replace("days >= 1", "discharge_way <> '5'")
    rule = rule_of_text(text, file=Path("not_dead.yaml"), codes={})

    def judged(scope, **how):
        with scope:
            return gateway.judge_records([rule], months=("2026-09", "2026-09"), **how)

    whole = judged(loaded.scoped())
    assert (whole.scores.num_rows, whole.failures.num_rows) == (5, 1)
    assert set(judged(narrow(loaded, "GSUR")).scores["department"].to_pylist()) == {"GSUR"}
    assert judged(narrow(loaded, "GSUR"), departments=["CARD"]).scores.num_rows == 0
    assert judged(loaded.scoped(), departments=["CARD"]).failures.num_rows == 1
