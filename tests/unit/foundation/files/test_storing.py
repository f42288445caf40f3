"""Storing and reading: once per content and institution, in scope only, every look in the trail."""

import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from PIL import Image

from zhikong.foundation.access.queries import scope_of
from zhikong.foundation.access.scope import Scope, scoped
from zhikong.foundation.audit.models import AuditEvent
from zhikong.foundation.files import actions, guards, queries
from zhikong.foundation.files.forms import Attached, attached, settle
from zhikong.foundation.files.models import Blob, File
from zhikong.foundation.files.rules import Act
from zhikong.foundation.files.storage import blobs, keys

NOW = timezone.now()


def content_of(file, by):
    return b"".join(actions.read(file, by=by, now=NOW, purpose="看证据"))


def lying(folder):
    return [p for p in folder.rglob("*") if p.is_file() and p.name != ".lock"]


@pytest.mark.parametrize("sealed", [False, True])
def test_what_is_stored_is_read_and_both_are_told(sealed, keep, nurse, settings, own_folder):
    settings.FILES_ENCRYPT = sealed
    file = keep(b"minutes " * 100_000)
    assert content_of(file, nurse) == b"minutes " * 100_000
    assert [line.act for line in queries.story(file)] == [Act.STORED]
    [event] = AuditEvent.objects.filter(action="read", subject=f"file:{file.pk}")
    assert event.after == {"purpose": "看证据", "count": 1}
    [path] = lying(own_folder)
    assert (b"minutes" in path.read_bytes()) is not sealed
    assert path.stat().st_mode & 0o077 == 0
    assert file.blob.sealed is sealed


def test_the_same_content_lies_once_whoever_brings_it(keep, make_user, hospital, own_folder):
    surgeon = make_user("physician", hospital.departments["GSUR"])
    first, second = keep(), keep(name="别名.txt", code="GSUR", by=surgeon)
    assert first.blob == second.blob
    assert first.name != second.name
    assert len(lying(own_folder)) == 1


def test_another_institution_has_other_addresses(tmp_path):
    source = tmp_path / "content"
    source.write_bytes(b"the same")
    one, two = (blobs.place(source, institution_id=n, key=None) for n in (1, 2))
    assert one.digest == two.digest
    assert one.address != two.address
    assert one.digest not in (one.address, two.address)  # who knows a content cannot look for it on the disk
    assert keys.address_hasher(1).hexdigest() != keys.address_hasher(2).hexdigest()


def test_another_department_neither_sees_nor_stores(keep, hospital, make_user):
    file = keep()
    surgeon = make_user("nurse", hospital.departments["GSUR"])
    with scoped(
        Scope(hospital.id, departments=frozenset({hospital.departments["GSUR"].id}), user_id=surgeon.pk)
    ):
        assert queries.file(file.pk) is None
        assert queries.files([file.pk]) == []
        with pytest.raises(ValidationError, match="权限范围以外"):
            keep(by=surgeon)
        with connection.cursor() as cursor:  # and the database says the same
            cursor.execute("SELECT count(*) FROM files_file")
            assert cursor.fetchone() == (0,)


def test_a_file_goes_with_what_it_serves_and_the_uploader_reads_on(keep, nurse, make_user, hospital):
    """A nurse's letter to another department's case: both departments' people read it, a third's do not."""
    surgery, paediatrics = (hospital.departments[code].id for code in ("GSUR", "PAED"))
    file = actions.use(keep(), by=nurse, now=NOW, used_for="flows.case:1", department_id=surgery)
    readers = {nurse: True, make_user("nurse", surgery): True, make_user("nurse", paediatrics): False}
    for user, reads in readers.items():
        with scoped(scope_of(user, timezone.localdate(NOW))):
            found = queries.file(file.pk)
            assert (found is not None) is reads
            if found:
                assert content_of(found, user) == b"minutes of a meeting"
                assert queries.story(found).count() == 2
            with (
                connection.cursor() as cursor
            ):  # and the database says the same, of the file and of its story
                cursor.execute(
                    "SELECT (SELECT count(*) FROM files_file), (SELECT count(*) FROM files_fileevent)"
                )
                assert cursor.fetchone() == ((1, 2) if reads else (0, 0))


def test_without_a_department_the_only_one_is_taken(hospital, nurse):
    own = hospital.departments["CARD"].id

    def store():
        return actions.store(by=nurse, now=NOW, upload=SimpleUploadedFile("a.txt", b"a"), purpose="tests")

    with scoped(Scope(hospital.id, departments=frozenset({own}), user_id=nurse.pk)):
        assert store().department_id == own
    two = frozenset({own, hospital.departments["GSUR"].id})
    with scoped(Scope(hospital.id, departments=two)), pytest.raises(ValidationError, match="哪个科室"):
        store()
    assert store().department_id is None  # in a scope of the whole hospital


def test_administrators_and_auditors_do_not_read(keep, make_user):
    file = keep()
    for role in ("administrator", "auditor"):
        with pytest.raises(PermissionDenied, match="上传和查看文件"):
            actions.read(file, by=make_user(role), now=NOW, purpose="tests")


def test_an_app_may_guard_its_own_files(keep, nurse, make_user, monkeypatch):
    monkeypatch.setattr(guards, "_guards", {})
    guards.register("tests.secret", lambda user, file: user == file.uploaded_by)
    file, open_one = keep(purpose="tests.secret"), keep()
    office = make_user("quality_office")
    assert content_of(file, nurse)
    assert content_of(open_one, office)
    with pytest.raises(PermissionDenied, match="查看这个文件"):
        actions.read(file, by=office, now=NOW, purpose="tests")
    with pytest.raises(PermissionDenied):
        actions.thumbnail(file, by=office, now=NOW)


def test_an_unknown_retention_class_is_a_mistake_of_the_program(keep):
    with pytest.raises(ValueError, match="no retention class"):
        keep(retention="for ever")


def test_a_thumbnail_is_small_and_texts_have_none(keep, hospital, nurse):
    made = io.BytesIO()
    Image.new("RGB", (2000, 1000), "green").save(made, "JPEG")
    upload = SimpleUploadedFile("现场.jpg", made.getvalue(), "image/jpeg")
    file = actions.store(
        by=nurse, now=NOW, upload=upload, purpose="tests", department_id=hospital.departments["CARD"].id
    )
    small = b"".join(actions.thumbnail(file, by=nurse, now=NOW))
    assert Image.open(io.BytesIO(small)).size == (320, 160)
    assert actions.thumbnail(keep(), by=nurse, now=NOW) is None
    assert AuditEvent.objects.filter(action="read", subject=f"file:{file.pk}").count() == 1


# ---- sealing ----------------------------------------------------------------------------------------------------


def test_plain_and_sealed_stand_side_by_side_and_are_brought_together(keep, nurse, settings):
    plain = keep(b"older")
    settings.FILES_ENCRYPT = True
    sealed = keep(b"newer")
    assert (plain.blob.sealed, sealed.blob.sealed) == (False, True)
    assert (content_of(plain, nurse), content_of(sealed, nurse)) == (b"older", b"newer")
    assert actions.reseal() == 1
    assert Blob.objects.filter(sealed=True).count() == 2
    assert content_of(plain, nurse) == b"older"
    assert actions.reseal() == 0
    settings.FILES_ENCRYPT = False
    assert actions.reseal() == 2
    assert content_of(sealed, nurse) == b"newer"


def test_a_crash_between_disk_and_row_while_sealing_is_harmless(keep, nurse, settings):
    file = keep(b"older")
    settings.FILES_ENCRYPT = True
    keep(b"newer")
    blobs.reseal(
        file.institution_id, file.blob.address, key=keys.sealing_key()
    )  # and the row still says plain
    assert content_of(file, nurse) == b"older"
    assert actions.reseal() == 1
    assert content_of(file, nurse) == b"older"


def test_a_lost_or_changed_key_is_a_sentence_and_no_new_one_is_made(keep, nurse, settings):
    settings.FILES_ENCRYPT = True
    file = keep(b"sealed")
    key = settings.FILES_KEY_FILE.read_text()
    settings.FILES_KEY_FILE.unlink()
    with pytest.raises(blobs.framing.Unreadable, match=r"files\.key 不见了"):
        content_of(file, nurse)
    with pytest.raises(ValidationError, match=r"files\.key 不见了"):
        keep(b"another")
    assert not settings.FILES_KEY_FILE.exists()
    settings.FILES_KEY_FILE.write_text("ab" * 32)
    with pytest.raises(blobs.framing.WrongKey, match="另一把密钥"):
        content_of(file, nurse)
    settings.FILES_KEY_FILE.write_text(key)
    assert content_of(file, nurse) == b"sealed"


# ---- forms ------------------------------------------------------------------------------------------------------


class Post(dict):
    """As a request's POST or FILES."""

    def getlist(self, name):
        return self.get(name, [])


def test_a_form_brings_ids_and_plain_uploads(keep, nurse, hospital):
    stored = keep()
    plain = SimpleUploadedFile("b.txt", b"plain")
    given = attached(Post(e=[str(stored.pk), "x", "", "²"]), Post(e_upload=[plain]), "e")
    found = settle(given, by=nurse, now=NOW, department_id=hospital.departments["CARD"].id, purpose="tests")
    assert [f.name for f in found] == ["纪要.txt", "b.txt"]
    assert attached(Post(e=["1", "2"], e_remove=["2"]), Post(), "e") == Attached((1,))


def test_somebody_elses_upload_cannot_be_claimed(keep, make_user, hospital):
    stored, other = keep(), make_user("nurse", hospital.departments["CARD"])
    claim = {"by": other, "now": NOW, "department_id": stored.department_id, "purpose": "tests"}
    with pytest.raises(ValidationError, match="不是您上传的"):
        settle(Attached((stored.pk,)), **claim)
    assert settle(Attached((stored.pk,)), **claim, already=[stored.pk]) == [stored]
    with pytest.raises(ValidationError, match="已不存在"):
        settle(Attached((stored.pk + 1000,)), **claim)
    with pytest.raises(ValidationError, match="最多附"):
        settle(Attached((), tuple(range(21))), **claim)


def test_a_file_is_used_and_its_story_says_for_what(keep, nurse):
    file = actions.use(keep(), by=nurse, now=NOW, used_for="findings.evidence:12")
    actions.use(file, by=nurse, now=NOW, used_for="forms.sheet:3")
    assert File.objects.get(pk=file.pk).used_for == "findings.evidence:12"
    assert [line.text for line in queries.story(file) if line.act == Act.USED] == [
        "forms.sheet:3",
        "findings.evidence:12",
    ]
