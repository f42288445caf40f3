"""A superuser attacks the trail; verification names what he did. Everything is rolled back afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections, transaction

from zhikong.foundation.audit import places, sealing
from zhikong.foundation.audit.verify import verify

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


class Trail:
    """The trail in a superuser's transaction that will not be committed."""

    def execute(self, statement, *parameters):
        with connections["superuser"].cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []

    def attack(self, statement, *parameters):
        """Triggers off, as only a superuser can."""
        self.execute("SET LOCAL session_replication_role = replica")
        self.execute(statement, *parameters)
        self.execute("SET LOCAL session_replication_role = origin")

    def happen(self, times=1):
        """Some changes that get recorded; returns the ids of their events."""
        before = self.last()
        for _ in range(times):
            self.execute("UPDATE organisation_institution SET open_beds = open_beds + 1 WHERE code = 'A'")
        return [
            row[0]
            for row in self.execute("SELECT id FROM audit_auditevent WHERE id > %s ORDER BY id", before)
        ]

    def last(self):
        return self.execute("SELECT COALESCE(max(id), 0) FROM audit_auditevent")[0][0]

    def seal(self):
        sealing.seal_all(now=NOW, using="superuser")

    def verify(self, **kwargs):
        return verify(now=kwargs.pop("now", datetime.now(UTC)), using="superuser", **kwargs)

    def problems(self, **kwargs):
        return [(p.kind, p.event_id) for p in self.verify(**kwargs).problems]


@pytest.fixture
def trail(committed, settings, tmp_path):
    settings.AUDIT_KEY_FILE = tmp_path / "audit.key"
    settings.AUDIT_HEADS_FOLDER = tmp_path / "heads"
    with transaction.atomic(using="superuser"):
        found = Trail()
        for table in ("audit_auditseal", "audit_auditpending", "audit_auditevent"):
            found.attack(f"DELETE FROM {table}")  # what other tests left behind, however much that is
        yield found
        transaction.set_rollback(True, using="superuser")


def test_an_untouched_trail_is_sound(trail):
    trail.happen(3)
    trail.seal()
    trail.happen(2)
    report = trail.verify()
    assert report.sound
    assert report.unsealed == 2
    assert any("尚未封存" in line for line in report.sentences())


def test_sealing_again_adds_nothing(trail):
    trail.happen()
    trail.seal()
    seals = trail.verify().seals
    trail.seal()
    assert trail.verify().seals == seals


def test_gaps_from_rolled_back_writes_are_no_alarm(trail):
    trail.happen()
    with transaction.atomic(using="superuser"):
        trail.happen(3)
        transaction.set_rollback(True, using="superuser")
    trail.happen()
    trail.seal()
    assert trail.problems() == []


def test_a_late_commit_with_a_lower_number_is_sealed_and_no_alarm(trail):
    late, *_ = trail.happen(3)
    trail.attack(
        "DELETE FROM audit_auditpending WHERE event_id = %s", late
    )  # not visible to this sealing yet
    trail.seal()
    trail.execute("INSERT INTO audit_auditpending VALUES (%s)", late)
    trail.seal()
    assert trail.problems() == []


def test_a_deleted_row_is_named(trail):
    _, middle, _ = trail.happen(3)
    trail.seal()
    trail.attack("DELETE FROM audit_auditevent WHERE id = %s", middle)
    assert trail.problems() == [("deleted", middle)]


@pytest.mark.parametrize(
    "change", ["actor = 'somebody else'", "at = at + interval '1 second'", "after = '{}'", "row_key = '0'"]
)
def test_an_edited_row_is_named(trail, change):
    first, *_ = trail.happen(2)
    trail.seal()
    trail.attack(f"UPDATE audit_auditevent SET {change} WHERE id = %s", first)
    assert trail.problems() == [("edited", first)]


@pytest.mark.parametrize("seal_between", [False, True])
def test_reordered_rows_are_named(trail, seal_between):
    [first] = trail.happen()
    if seal_between:
        trail.seal()
    [second] = trail.happen()
    trail.seal()
    trail.attack("UPDATE audit_auditevent SET id = -1 WHERE id = %s", first)
    trail.attack("UPDATE audit_auditevent SET id = %s WHERE id = %s", first, second)
    trail.attack("UPDATE audit_auditevent SET id = %s WHERE id = -1", second)
    assert sorted(trail.problems()) == [("reordered", first), ("reordered", second)]


def test_a_rewritten_seal_does_not_hide_a_deletion(trail):
    first, second = trail.happen(2)
    trail.seal()
    trail.attack("DELETE FROM audit_auditevent WHERE id = %s", second)
    trail.attack(
        "UPDATE audit_auditseal SET events = (SELECT jsonb_agg(p) FROM jsonb_array_elements(events) p"
        " WHERE (p ->> 0)::bigint <> %s)",
        second,
    )
    found = trail.problems()
    assert ("seal", None) in found
    assert first not in [event for _, event in found]


def test_a_cut_tail_is_named_by_the_second_place(trail):
    trail.happen()
    trail.seal()
    cut = trail.happen(2)
    trail.seal()
    trail.attack("DELETE FROM audit_auditevent WHERE id = ANY(%s)", cut)
    trail.attack("DELETE FROM audit_auditseal WHERE number = (SELECT max(number) FROM audit_auditseal)")
    found = trail.problems()
    assert ("cut_off", None) in found
    assert [event for kind, event in found if kind == "deleted"] == cut


def test_a_cut_tail_is_named_by_an_old_head_when_the_second_place_was_cut_too(trail):
    trail.happen()
    trail.seal()
    heads = places.heads_file().read_text()
    cut = trail.happen(2)
    trail.seal()
    old_head = places.as_head(trail.verify().head)
    trail.attack("DELETE FROM audit_auditevent WHERE id = ANY(%s)", cut)
    trail.attack("DELETE FROM audit_auditseal WHERE number = (SELECT max(number) FROM audit_auditseal)")
    places.heads_file().write_text(heads)
    assert trail.problems() == []  # what nobody kept, nobody can miss
    found = trail.verify(old_heads=[old_head])
    assert [p.event_id for p in found.problems if p.kind == "deleted"] == cut
    assert any("末尾被截去" in line for line in found.sentences())


def test_after_a_cut_the_number_is_not_given_again(trail):
    trail.happen()
    trail.seal()
    trail.happen()
    trail.seal()
    trail.attack("DELETE FROM audit_auditseal WHERE number = (SELECT max(number) FROM audit_auditseal)")
    trail.happen()
    trail.seal()
    assert any(p.kind == "seal" and "缺失" in p.sentence for p in trail.verify().problems)


def test_a_seal_made_without_the_key_does_not_fit(trail, settings, tmp_path):
    trail.happen()
    trail.seal()
    right = settings.AUDIT_KEY_FILE
    settings.AUDIT_KEY_FILE = tmp_path / "forged.key"
    settings.AUDIT_KEY_FILE.write_text("00" * 32)
    trail.happen()
    sealing.seal_batch(now=NOW, using="superuser")
    settings.AUDIT_KEY_FILE = right
    assert any(p.kind == "seal" and "本身被改动" in p.sentence for p in trail.verify().problems)


def test_an_event_written_past_the_triggers_is_named(trail):
    trail.happen()
    trail.seal()
    trail.attack(
        "INSERT INTO audit_auditevent (id, at, subject, row_key, action, actor, request, database_role)"
        " VALUES (-7, now(), 'x', '', 'insert', 'forged', '', '')"
    )
    assert trail.problems() == [("smuggled", -7)]


def test_an_event_deleted_before_its_seal_is_named_before_and_after_sealing(trail):
    [event] = trail.happen()
    trail.attack("DELETE FROM audit_auditevent WHERE id = %s", event)
    assert trail.problems() == [("deleted", event)]
    trail.seal()
    assert trail.problems() == [("deleted", event)]


def test_a_sealer_that_stands_still_is_reported(trail):
    trail.happen()
    later = datetime.now(UTC) + timedelta(minutes=10)
    assert ("unsealed", None) in trail.problems(now=later)


def test_a_lost_key_is_an_error_and_no_new_key(trail):
    trail.happen()
    trail.seal()
    places.heads_file().unlink()
    from django.conf import settings

    settings.AUDIT_KEY_FILE.unlink()
    trail.happen()
    with pytest.raises(places.KeyMissing):
        trail.seal()


def test_many_events_take_several_seals(trail, monkeypatch):
    monkeypatch.setattr(sealing, "LARGEST_BATCH", 2)
    trail.happen(5)
    trail.seal()
    report = trail.verify()
    assert report.sound
    assert report.seals == 3


def test_a_torn_line_in_the_second_place_is_written_again(trail):
    trail.happen()
    trail.seal()
    whole = places.heads_file().read_text()
    places.heads_file().write_text(whole[:-20])
    trail.happen()
    trail.seal()
    assert trail.verify().sound
    assert {head.number for head in places.read_heads()} >= {1, 2}


def test_heads_that_a_crash_kept_from_the_second_place_follow_with_the_next_seal(trail):
    trail.happen()
    sealing.seal_batch(now=NOW, using="superuser")  # and then the process dies
    assert places.read_heads() == []
    trail.happen()
    trail.seal()
    assert [head.number for head in places.read_heads()] == [1, 2]
    assert trail.verify().sound


def test_the_worker_seals_for_good(committed):
    """With the worker's own rights, committed; the chain of the test installation stays sound."""
    sealing.seal_all(now=datetime.now(UTC), using="worker")
    report = verify(now=datetime.now(UTC))
    assert report.sound, report.sentences()
    assert report.seals >= 1
    assert report.unsealed == 0
