"""A folder of blobs of its own, and a scanner that the test holds in its hand."""

import socket
import struct
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

NOW = timezone.now()
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.FILES_FOLDER = tmp_path / "files"
    settings.FILES_KEY_FILE = tmp_path / "secrets" / "files.key"
    settings.FILES_SCANNER = "off"
    return settings.FILES_FOLDER


@pytest.fixture
def nurse(make_user, hospital):
    return make_user("nurse", hospital.departments["CARD"])


@pytest.fixture
def medical(make_user):
    """Medical affairs: may hold files and decide on their destruction."""
    return make_user("medical_affairs")


@pytest.fixture
def keep(hospital, nurse):
    """keep(content, name=…) → the stored File."""
    from zhikong.foundation.files import actions

    def store(content=b"minutes of a meeting", *, name="纪要.txt", code="CARD", now=NOW, **changes):
        return actions.store(
            by=changes.pop("by", nurse),
            now=now,
            upload=SimpleUploadedFile(name, content, "text/plain"),
            department_id=hospital.departments[code].id,
            **{"purpose": "tests.unit", **changes},
        )

    return store


class FakeClamd:
    """Speaks INSTREAM on a Unix socket: reads the chunks, finds EICAR in them, and answers; or says what it is told."""

    def __init__(self, path):
        self.path, self.answer, self.received, self._running = str(path), None, [], True
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._line.bind(self.path)
        self._line.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self):
        while self._running:
            caller, _from = self._line.accept()
            with caller:
                if self._running:
                    self._talk(caller)

    def _talk(self, caller):
        source = caller.makefile("rb")
        with source:
            assert source.read(10) == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack("!L", source.read(4))[0]:
                content += source.read(size)
            self.received.append(content)
            found = b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"
            caller.sendall((self.answer or found) + b"\0")

    def stop(self):
        self._running = False
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as last:
            last.connect(self.path)
        self._thread.join()
        self._line.close()


@pytest.fixture
def clamd(settings, tmp_path):
    fake = FakeClamd(tmp_path / "clamd.ctl")
    settings.FILES_SCANNER = fake.path
    yield fake
    fake.stop()


@pytest.fixture
def silent_clamd(settings, tmp_path):
    """Configured, and not there."""
    settings.FILES_SCANNER = str(tmp_path / "nobody.ctl")
