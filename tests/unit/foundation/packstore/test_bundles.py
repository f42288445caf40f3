"""A hospital's pack as a file: the same bytes for the same content; hostile files are refused."""

import io
import stat
import zipfile
from datetime import UTC, date, datetime

import pytest
import yaml
from django.core.exceptions import PermissionDenied, ValidationError

from tests.unit.foundation.packstore.conftest import recipe
from zhikong.foundation.access.scope import scoped
from zhikong.foundation.packstore import actions, bundles, queries
from zhikong.foundation.packstore.models import Version

NOW = datetime(2026, 11, 22, 2, tzinfo=UTC)
TODAY = date(2026, 11, 22)
PACK = "id: hospital_a\nversion: '1'\n"


@pytest.fixture
def author(make_user):
    return make_user("quality_office", name="王敏")


@pytest.fixture
def reviewer(make_user):
    return make_user("nursing", name="张华")


def publish(author, reviewer, name, title):
    text = recipe(name, title)
    version = actions.save_draft(
        by=author, now=NOW, kind="recipe", definition_id=name, text=text, reason="会议决定"
    )
    actions.submit_for_review(version, by=author, now=NOW)
    actions.review(version, by=reviewer, now=NOW, passed=True)
    actions.publish(version, by=author, now=NOW, effective_from=TODAY)
    return version


def zipped(*members, **options):
    """A zip of (name or ZipInfo, bytes)."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", **options) as archive:
        for name, raw in members:
            archive.writestr(name, raw)
    return target.getvalue()


def test_export_is_the_same_bytes_whenever_it_is_made(hospital, shelf_of, author, reviewer):
    shelf_of({"soup": recipe("soup", "国家的汤", 3)})
    publish(author, reviewer, "soup", "本院的汤")
    publish(author, reviewer, "porridge", "腊八粥")
    raw = actions.export_pack(by=author)
    assert raw == actions.export_pack(by=author)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        names = archive.namelist()
        pack = yaml.safe_load(archive.read("hospital_a/pack.yaml"))
    assert names == [
        "hospital_a/pack.yaml",
        "hospital_a/recipes/porridge.yaml",
        "hospital_a/recipes/soup.yaml",
    ]
    assert (pack["id"], pack["level"]) == ("hospital_a", "hospital")
    assert pack["bases"]["recipes/soup.yaml"]["version"] == 3


def test_what_is_exported_comes_back_as_drafts_elsewhere(
    hospital, shelf_of, author, reviewer, other_hospital
):
    shelf_of({"soup": recipe("soup", "国家的汤", 3)})
    publish(author, reviewer, "soup", "本院的汤")
    publish(author, reviewer, "porridge", "腊八粥")
    raw = actions.export_pack(by=author)
    with scoped(other_hospital.scope(actor="job:tests")):
        done = actions.import_pack(by=None, now=NOW, raw=raw)
        assert sorted(v.title for v in done.drafts) == ["本院的汤", "腊八粥"]
        assert {v.state for v in done.drafts} == {"draft"}
        assert {v.definition_id: v.base_pack for v in done.drafts} == {"soup": "national", "porridge": ""}
        assert queries.resolve("recipe", "soup", on=TODAY).title == "国家的汤"
        again = actions.import_pack(by=None, now=NOW, raw=raw)
        assert again.drafts == ()
        assert {why for _name, why in again.left_out} == {"已有未发布的草稿"}


def test_what_is_in_force_already_is_left_out(hospital, shelf_of, author, reviewer):
    shelf_of({})
    publish(author, reviewer, "porridge", "腊八粥")
    done = actions.import_pack(by=author, now=NOW, raw=actions.export_pack(by=author))
    assert (done.drafts, done.left_out) == ((), (("recipes/porridge.yaml", "与已发布的版本相同"),))


def test_what_belongs_to_no_kind_is_named(hospital, shelf_of, author):
    shelf_of({})
    raw = zipped(
        ("x/pack.yaml", PACK),
        ("x/codes/icd.yaml", "id: icd\n"),
        ("x/recipes/soup.examples.yaml", "[]"),
        ("x/recipes/soup.yaml", recipe("soup", "汤")),
    )
    done = actions.import_pack(by=author, now=NOW, raw=raw)
    assert [v.definition_id for v in done.drafts] == ["soup"]
    assert len(done.left_out) == 2


def info(name, mode=stat.S_IFREG | 0o644, **more):
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    for key, value in more.items():
        setattr(made, key, value)
    return made


GOOD = ("x/pack.yaml", PACK)
HOSTILE = {
    "traversal": [GOOD, ("x/../../etc/cron.yaml", "a: 1")],
    "traversal inside": [GOOD, ("x/recipes/../../a.yaml", "a: 1")],
    "absolute": [GOOD, ("/etc/recipes/a.yaml", "a: 1")],
    "backslash": [GOOD, ("x\\recipes\\a.yaml", "a: 1")],
    "drive": [GOOD, ("C:/recipes/a.yaml", "a: 1")],
    "symlink": [GOOD, (info("x/recipes/a.yaml", stat.S_IFLNK | 0o777), "/etc/passwd")],
    "device": [GOOD, (info("x/recipes/a.yaml", stat.S_IFCHR | 0o777), "")],
    "script": [GOOD, ("x/recipes/a.py", "import os")],
    "zip in zip": [GOOD, ("x/recipes/a.zip", zipped(GOOD))],
    "two names that are one": [GOOD, ("x/recipes/a.yaml", "a: 1"), ("x/recipes/A.yaml", "a: 2")],
    "deep": [GOOD, ("x/recipes/b/c/a.yaml", "a: 1")],
    "two packs": [GOOD, ("y/recipes/a.yaml", "a: 1")],
    "no pack.yaml": [("x/recipes/a.yaml", "a: 1")],
    "loose file": [GOOD, ("x/a.yaml", "a: 1")],
    "not utf-8": [GOOD, ("x/recipes/a.yaml", b"\xff\xfe\x00")],
    "one file too large": [GOOD, ("x/recipes/a.yaml", b"a" * (bundles.MAX_ONE + 1))],
    "empty": [],
}


@pytest.mark.parametrize("members", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_refused_whole(hospital, shelf_of, author, members):
    shelf_of({})
    with pytest.raises(ValidationError):
        actions.import_pack(by=author, now=NOW, raw=zipped(*members))
    assert not Version.objects.exists()


def test_a_bomb_is_refused_before_it_unfolds(hospital, author):
    many = [(f"x/recipes/a{n}.yaml", b"a" * (bundles.MAX_ONE - 1)) for n in range(60)]
    raw = zipped(GOOD, *many, compression=zipfile.ZIP_DEFLATED)
    assert len(raw) < 100_000
    with pytest.raises(ValidationError, match="解压后过大"):
        actions.import_pack(by=author, now=NOW, raw=raw)


def test_a_size_that_lies_is_not_believed(hospital, author):
    raw = bytearray(zipped(GOOD, ("x/recipes/a.yaml", b"a" * 900_000), compression=zipfile.ZIP_DEFLATED))
    true = (900_000).to_bytes(4, "little")
    assert raw.count(true) == 2  # in the entry's own head and in the directory
    with pytest.raises(ValidationError):
        actions.import_pack(by=author, now=NOW, raw=bytes(raw).replace(true, (10).to_bytes(4, "little")))


def test_too_many_files_and_too_large_a_file(hospital, author):
    many = [(f"x/recipes/a{n}.yaml", b"a: 1") for n in range(bundles.MAX_FILES)]
    with pytest.raises(ValidationError, match="最多"):
        actions.import_pack(by=author, now=NOW, raw=zipped(GOOD, *many))
    with pytest.raises(ValidationError, match="MB"):
        actions.import_pack(by=author, now=NOW, raw=b"\0" * (bundles.MAX_BYTES + 1))


@pytest.mark.parametrize("raw", [b"", b"PK", b"not a zip", zipped(GOOD)[:-30]])
def test_what_is_no_zip_is_refused_in_a_sentence(hospital, author, raw):
    with pytest.raises(ValidationError, match="zip"):
        actions.import_pack(by=author, now=NOW, raw=raw)


def test_encrypted_entries_are_refused(hospital, author):
    raw = bytearray(zipped(GOOD, ("x/recipes/a.yaml", "a: 1")))
    for head, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = raw.rindex(head)
        raw[at + offset] |= 1
    with pytest.raises(ValidationError, match="普通文件"):
        actions.import_pack(by=author, now=NOW, raw=bytes(raw))


def test_others_may_not(hospital, shelf_of, make_user):
    shelf_of({})
    nurse = make_user("nurse", hospital.departments["CARD"])
    with pytest.raises(PermissionDenied):
        actions.export_pack(by=nurse)
    with pytest.raises(PermissionDenied):
        actions.import_pack(by=nurse, now=NOW, raw=zipped(GOOD))
