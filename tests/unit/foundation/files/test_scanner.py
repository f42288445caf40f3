"""clamd is asked about every upload where it is set up; without its word nothing counts as clean."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from zhikong.foundation.files import actions, queries, scanner
from zhikong.foundation.files.models import Blob, File
from zhikong.foundation.files.rules import Act, Scan

NOW = timezone.now()
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def lying(folder):
    return [p for p in folder.rglob("*") if p.is_file() and p.name != ".lock"]


def test_a_clean_file_is_said_to_be_clean(clamd, keep):
    content = b"a" * 700_000  # several chunks
    file = keep(content)
    assert clamd.received == [content]
    assert file.scan == Scan.CLEAN
    assert file.scanned_at is not None
    assert file.is_readable


def test_a_virus_is_refused_and_not_kept(clamd, keep, own_folder):
    with pytest.raises(ValidationError, match="病毒扫描发现 Eicar-Test-Signature"):
        keep(EICAR)
    assert lying(own_folder) == []
    assert not Blob.objects.exists()


def test_without_a_scanner_the_file_says_so(keep):
    file = keep()
    assert file.scan == Scan.NONE
    assert "未设置病毒扫描" in queries.story(file)[0].text
    assert file.is_readable


def test_a_scanner_that_is_there_is_found(settings, tmp_path, monkeypatch):
    settings.FILES_SCANNER = ""
    socket = tmp_path / "clamd.ctl"
    monkeypatch.setattr(scanner, "USUAL_SOCKETS", (str(tmp_path / "other"), str(socket)))
    assert scanner.address() == ""
    socket.touch()
    assert scanner.address() == str(socket)
    settings.FILES_SCANNER = "off"
    assert scanner.address() == ""


def test_a_silent_scanner_means_quarantine(silent_clamd, keep, nurse):
    file = keep()
    assert file.scan == Scan.WAITING
    with pytest.raises(ValidationError, match="隔离中"):
        actions.read(file, by=nurse, now=NOW, purpose="tests")


def test_or_refusal_as_the_hospital_has_set(silent_clamd, keep, settings, own_folder):
    settings.FILES_UNSCANNED = "refuse"
    with pytest.raises(ValidationError, match="没有响应"):
        keep()
    assert lying(own_folder) == []


@pytest.mark.parametrize(
    "answer", [b"INSTREAM size limit exceeded. ERROR", b"stream: maybe", b"", b"\xff\xfe"]
)
def test_anything_but_a_verdict_is_no_verdict(answer, clamd, keep):
    clamd.answer = answer or b" "
    assert keep().scan == Scan.WAITING


def test_quarantine_ends_with_a_verdict(silent_clamd, keep, nurse, medical, settings, request):
    good, bad = keep(b"good"), keep(b"bad " + EICAR)
    assert actions.rescan(now=NOW) == 0  # still silent
    settings.FILES_SCANNER = "off"
    assert actions.rescan(now=NOW) == 0  # switching the scanner off opens nothing
    request.getfixturevalue("clamd")
    assert actions.rescan(now=NOW) == 2
    good, bad = (File.objects.get(pk=file.pk) for file in (good, bad))
    assert (good.scan, bad.scan) == (Scan.CLEAN, Scan.INFECTED)
    assert b"".join(actions.read(good, by=nurse, now=NOW, purpose="tests")) == b"good"
    with pytest.raises(ValidationError, match="发现病毒"):
        actions.read(bad, by=nurse, now=NOW, purpose="tests")
    assert queries.story(bad)[0].act == Act.SCANNED
    with pytest.raises(ValidationError, match="保存期未满"):
        actions.destroy(good, by=medical, now=NOW, reason="不需要")
    assert (
        actions.destroy(bad, by=medical, now=NOW, reason="有病毒").blob is None
    )  # its time need not be over
    assert actions.rescan(now=NOW) == 0


def test_clamd_may_listen_on_a_port(settings):
    settings.FILES_SCANNER = "127.0.0.1:1"  # nobody listens there
    with pytest.raises(scanner.Unavailable, match=r"127\.0\.0\.1:1"):
        scanner.scan_pieces([b"x"])
