"""How long files are kept, what stops their destruction, and how disk and database are held against each other."""

import os
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from zhikong.foundation.access.scope import job_scope, scoped
from zhikong.foundation.files import actions, queries
from zhikong.foundation.files.actions.disposal import purge
from zhikong.foundation.files.models import Blob, File, FileEvent
from zhikong.foundation.files.rules import Act, retention_classes
from zhikong.foundation.files.storage import blobs
from zhikong.foundation.notices.models import Notice

NOW = timezone.now()
LATER = NOW + timedelta(days=366 * 31)


def lying(folder):
    return [p for p in folder.rglob("*") if p.is_file() and p.name != ".lock"]


def age(folder):
    """Everything on disk is older than a day."""
    for path in lying(folder):
        os.utime(path, (0, 0))


@pytest.fixture
def job(hospital):
    """The nightly job's scope."""
    with scoped(job_scope(hospital.id, job="files.nightly")):
        yield


def again(file):
    return File.objects.get(pk=file.pk)


# ---- retention --------------------------------------------------------------------------------------------------


def test_the_classes_say_how_long_and_why():
    classes = retention_classes()
    assert classes["medical_record"].years == 30
    assert {"default", "incident", "training", "permanent"} <= set(classes)
    assert all(c.document and c.mark in ("verified", "paraphrased", "memory") for c in classes.values())
    assert classes["training"].until(date(2026, 2, 3)) == date(2032, 12, 31)
    assert classes["permanent"].until(date(2026, 2, 3)) is None


@pytest.mark.proves("F-25")
@pytest.mark.usefixtures("job")
def test_the_night_destroys_what_may_go_and_leaves_the_rest(
    keep, own_folder, django_capture_on_commit_callbacks
):
    goes = keep(b"training", retention="training")
    waits = keep(b"record", retention="medical_record")
    stays = keep(b"for ever", retention="permanent")
    age(own_folder)
    assert actions.destroy_due(now=NOW) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.destroy_due(now=LATER) == 1
    gone = again(goes)
    assert gone.deleted_at == LATER
    assert gone.deleted_by is None
    assert gone.blob is None
    line = queries.story(gone)[0]
    assert line.act == Act.DELETED
    assert goes.digest in line.text
    assert "培训与考核材料" in line.text
    assert not blobs.path_of(goes.institution_id, goes.blob.address).exists()
    assert len(lying(own_folder)) == 2
    assert again(waits).deleted_at is None
    assert again(stays).deleted_at is None


def test_a_person_decides_on_records(keep, medical, nurse):
    file = keep(retention="medical_record")
    with pytest.raises(ValidationError, match="保存期未满"):
        actions.destroy(file, by=medical, now=NOW, reason="腾出空间")
    with pytest.raises(PermissionDenied):
        actions.destroy(file, by=nurse, now=LATER, reason="腾出空间")
    with pytest.raises(ValidationError, match="写明理由"):
        actions.destroy(file, by=medical, now=LATER, reason="  ")
    actions.destroy(file, by=medical, now=LATER, reason="档案委员会同意")
    assert again(file).deleted_by == medical
    with pytest.raises(ValidationError, match="已经销毁"):
        actions.destroy(file, by=medical, now=LATER, reason="再来一次")
    with pytest.raises(ValidationError, match="已按规定销毁"):
        actions.read(again(file), by=nurse, now=LATER, purpose="tests")


def test_a_content_stays_as_long_as_one_file_shows_it(
    keep, medical, nurse, own_folder, django_capture_on_commit_callbacks
):
    first, second = keep(), keep(name="另一份.txt")
    age(own_folder)
    with django_capture_on_commit_callbacks(execute=True):
        actions.destroy(first, by=medical, now=LATER, reason="期满")
    assert (
        b"".join(actions.read(again(second), by=nurse, now=NOW, purpose="tests")) == b"minutes of a meeting"
    )
    with django_capture_on_commit_callbacks(execute=True):
        actions.destroy(second, by=medical, now=LATER, reason="期满")
    assert lying(own_folder) == []
    assert not Blob.objects.exists()


def test_a_content_that_has_just_come_again_is_not_taken_from_the_disk(keep, medical, own_folder):
    """Between the destruction's commit and its clearing of the disk somebody stores the same content."""
    file = keep()
    actions.destroy(file, by=medical, now=LATER, reason="期满")
    keep()
    age(own_folder)
    assert purge(file.institution_id, file.blob.address) is False
    assert len(lying(own_folder)) == 1


def test_another_class_counts_from_the_upload(keep, medical, nurse):
    file = keep(retention="training")
    with pytest.raises(PermissionDenied):
        actions.set_retention(file, by=nurse, now=NOW, retention="temporary", reason="快点删")
    actions.set_retention(file, by=medical, now=NOW, retention="incident", reason="涉及投诉")
    assert again(file).retain_until.year == timezone.localdate(NOW).year + 30
    assert queries.story(file)[0].text == "培训与考核材料 → 不良事件与纠纷材料：涉及投诉"
    with pytest.raises(ValidationError, match="没有这个保存类别"):
        actions.set_retention(file, by=medical, now=NOW, retention="x", reason="y")


def test_what_nothing_uses_may_go_after_a_month_by_a_persons_decision(keep, medical, nurse):
    left, used = keep(b"left", name="多传的.txt"), keep(b"used")
    actions.use(used, by=nurse, now=NOW, used_for="forms.sheet:3", text="检查表 3")
    assert queries.story(used)[0].text == "检查表 3"
    month = NOW + timedelta(days=31)
    assert list(queries.listed(today=timezone.localdate(month), show="unused")) == [left]
    assert list(queries.listed(today=timezone.localdate(NOW), show="unused")) == []
    with pytest.raises(ValidationError, match="保存期未满"):
        actions.destroy(left, by=medical, now=NOW, reason="多传的")
    with pytest.raises(ValidationError, match="保存期未满"):
        actions.destroy(used, by=medical, now=month, reason="多传的")
    assert actions.destroy(left, by=medical, now=month, reason="多传的").deleted_at == month


# ---- legal hold -------------------------------------------------------------------------------------------------


@pytest.mark.proves("F-25")
@pytest.mark.usefixtures("job")
def test_a_hold_blocks_destruction_until_the_last_is_released(keep, medical, nurse):
    file = keep(retention="training")
    with pytest.raises(PermissionDenied, match="封存文件"):
        actions.hold(file, by=nurse, now=NOW, reason="x")
    with pytest.raises(ValidationError, match="写明理由"):
        actions.hold(file, by=medical, now=NOW, reason="")
    first = actions.hold(file, by=medical, now=NOW, reason="患者投诉")
    second = actions.hold(file, by=medical, now=NOW, reason="司法调取")
    with pytest.raises(ValidationError, match="在封存中"):
        actions.destroy(file, by=medical, now=LATER, reason="期满")
    assert actions.destroy_due(now=LATER) == 0
    actions.release(first, by=medical, now=NOW, reason="投诉已结")
    assert actions.destroy_due(now=LATER) == 0
    with pytest.raises(ValidationError, match="已经解除"):
        actions.release(first, by=medical, now=NOW, reason="又一次")
    actions.release(second, by=medical, now=NOW, reason="法院已归还")
    assert actions.destroy_due(now=LATER) == 1
    acts = [line.act for line in queries.story(file)]
    assert acts == [Act.DELETED, Act.RELEASED, Act.RELEASED, Act.HELD, Act.HELD, Act.STORED]
    with pytest.raises(ValidationError, match="不能再封存"):
        actions.hold(file, by=medical, now=LATER, reason="太晚")


ATTEMPTS = {
    "destroyed by hand while held": "UPDATE files_file SET deleted_at = now(), blob_id = NULL WHERE id = %s",
    "row deleted": "DELETE FROM files_file WHERE id = %s; SET CONSTRAINTS ALL IMMEDIATE",
    "story changed": "UPDATE files_fileevent SET text = '' WHERE file_id = %s",
    "story deleted": "DELETE FROM files_fileevent WHERE file_id = %s",
}


@pytest.mark.proves("F-25")
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_the_database_itself_holds(attempt, keep, medical):
    file = keep()
    actions.hold(file, by=medical, now=NOW, reason="司法调取")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ATTEMPTS[attempt], [file.pk])
    assert again(file).deleted_at is None
    assert FileEvent.objects.filter(file=file).count() == 2


# ---- the sweep --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("job")
def test_a_sound_folder_gives_no_finding(keep, own_folder):
    keep()
    age(own_folder)
    report = actions.sweep(now=NOW)
    assert (report.removed, report.missing, report.damaged) == (0, 0, 0)
    assert len(lying(own_folder)) == 1
    assert not Notice.objects.exists()


@pytest.mark.usefixtures("job")
def test_what_no_row_knows_is_removed_when_it_is_old(keep, own_folder, tmp_path, hospital):
    keep()
    source = tmp_path / "orphan"
    source.write_bytes(b"an upload whose process died")
    blobs.place(source, institution_id=hospital.id, key=None)
    (own_folder / "incoming" / "draft").write_bytes(b"half")
    assert actions.sweep(now=NOW).removed == 0
    age(own_folder)
    assert actions.sweep(now=NOW).removed == 2
    assert len(lying(own_folder)) == 1


@pytest.mark.usefixtures("job")
def test_what_is_missing_is_told_and_cleared_when_it_is_back(keep, make_user):
    admin, file = make_user("administrator"), keep()
    path = blobs.path_of(file.institution_id, file.blob.address)
    content = path.read_bytes()
    path.unlink()
    report = actions.sweep(now=NOW)
    assert report.missing == 1
    assert queries.story(file)[0].act == Act.MISSING
    assert [r.user for r in Notice.objects.get(title="文件存储有问题").receipts.all()] == [admin]
    actions.sweep(now=NOW + timedelta(days=1))
    assert Notice.objects.count() == 1  # told once
    path.write_bytes(content)
    report = actions.sweep(now=NOW + timedelta(days=2))
    assert (report.missing, report.found_again) == (0, 1)


@pytest.mark.usefixtures("job")
def test_what_is_damaged_is_found_and_healed_by_bringing_it_again(keep, make_user, nurse):
    make_user("administrator")
    file = keep()
    path = blobs.path_of(file.institution_id, file.blob.address)
    path.write_bytes(path.read_bytes().replace(b"meeting", b"MEETING"))
    assert actions.sweep(now=NOW).damaged == 1
    assert [blob.problem for blob in queries.problems()] == [Blob.Problem.DAMAGED]
    keep()
    assert queries.problems() == []
    assert b"".join(actions.read(again(file), by=nurse, now=NOW, purpose="tests")) == b"minutes of a meeting"


@pytest.mark.usefixtures("job")
def test_a_night_reads_what_was_not_read_for_longest(keep):
    for number in range(3):
        keep(b"content %d" % number)
    for night in range(3):
        actions.sweep(now=NOW + timedelta(days=night), check_bytes=1)
        assert Blob.objects.filter(checked_at=None).count() == 2 - night


@pytest.mark.usefixtures("job")
def test_a_content_that_no_file_shows_is_forgotten(keep, own_folder, django_capture_on_commit_callbacks):
    file = keep()
    stray = Blob.objects.create(
        institution_id=file.institution_id, address="ab" * 32, digest="cd" * 32, size=1, stored_at=NOW
    )
    with django_capture_on_commit_callbacks(execute=True):
        actions.sweep(now=NOW)
    assert not Blob.objects.filter(pk=stray.pk).exists()
    assert Blob.objects.count() == 1


def test_addresses_are_addresses():
    for bad in ("", "../../etc/passwd", "A" * 64, "a" * 63):
        with pytest.raises(ValueError, match="no blob address"):
            blobs.path_of(1, bad)
