"""Plans that want to hurt their reader: each is refused with a sentence or read; nothing of the machine gets in."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.hostile_plans import HOSTILE, OLE, Hostile, word
from zhikong.cli import main
from zhikong.reading.files import NotReadable, apart, old_word, plain_text
from zhikong.reading.reader import read

MOST_MEMORY = (
    1_800_000  # kilobytes: the limit of the reading process, and what the interpreter needs to start
)


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda one: one.name)
@pytest.mark.proves("PLN-01")
def test_refused_with_a_sentence_or_read(hostile: Hostile, tmp_path):
    path = tmp_path / f"plan{hostile.ends}"
    path.write_bytes(hostile.make())
    told, refused, peak = _apart(path)
    assert re.search(hostile.words, told), f"{told[:200]!r}"
    if hostile.refused:
        assert refused
    if refused:
        assert re.fullmatch(r"[^\n]{10,120}。", told)
    else:
        assert not re.search("[\x00-\x08\x0b-\x1f\ud800-\udfff\u202e]", told)
        read(told[:20_000])  # whatever was read, the rules take it
    assert "root:" not in told
    assert peak < MOST_MEMORY
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_there_are_fifty_and_more():
    assert len({one.name for one in HOSTILE}) == len(HOSTILE) >= 50


READING = """
import json, resource, sys
from pathlib import Path
from zhikong.reading.files import NotReadable, plain_text
try:
    told = [plain_text(Path(sys.argv[1])), False]
except NotReadable as error:
    told = [str(error), True]
print(json.dumps([*told, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""


def _apart(path: Path) -> tuple[str, bool, int]:
    """What is told, whether it is a refusal, and the reader's peak in kilobytes, 0 when none was started.

    In a process of its own: a child begins with the peak of the process that starts it, and the tests' own is large.
    """
    done = subprocess.run(
        [sys.executable, "-c", READING, str(path)], capture_output=True, check=True, timeout=200
    )
    return tuple(json.loads(done.stdout))


def test_a_reader_that_hangs_is_ended(tmp_path, monkeypatch):
    path = tmp_path / "plan.docx"
    path.write_bytes(word())
    sleeper = tmp_path / "sleeper.py"
    sleeper.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(apart, "WORKER", sleeper)
    monkeypatch.setattr(apart, "USUAL_SECONDS", 1)
    with pytest.raises(NotReadable, match="读取超时"):
        plain_text(path)


def test_a_reader_that_dies_is_a_sentence(tmp_path, monkeypatch):
    path = tmp_path / "plan.docx"
    path.write_bytes(word())
    dying = tmp_path / "dying.py"
    dying.write_text("import os; os.kill(os.getpid(), 9)")
    monkeypatch.setattr(apart, "WORKER", dying)
    with pytest.raises(NotReadable, match="无法读取"):
        plain_text(path)


def test_old_word_without_a_converter_says_what_to_do(tmp_path, monkeypatch):
    path = tmp_path / "plan.doc"
    path.write_bytes(OLE + "WordDocument".encode("utf-16-le"))
    monkeypatch.setattr(old_word.shutil, "which", lambda name: None)
    with pytest.raises(NotReadable, match=r"旧版 Word 文件（\.doc）.*另存为 \.docx.*catdoc"):
        plain_text(path)


def test_an_old_converter_that_hangs_is_ended_with_its_children(tmp_path, monkeypatch):
    path = tmp_path / "plan.doc"
    path.write_bytes(OLE + "WordDocument".encode("utf-16-le"))
    converter = tmp_path / "catdoc"
    converter.write_text("#!/bin/sh\nsleep 60 &\nwait\n")
    converter.chmod(0o755)
    monkeypatch.setattr(old_word.shutil, "which", lambda name: str(converter) if name == "catdoc" else None)
    monkeypatch.setattr(old_word, "SECONDS", 1)
    with pytest.raises(NotReadable, match="超时"):
        plain_text(path)


def test_a_folder_and_a_missing_file(tmp_path):
    for path in (tmp_path, tmp_path / "nothing.docx"):
        with pytest.raises(NotReadable, match="没有这个文件"):
            plain_text(path)


def test_the_command_prints_nothing_but_the_sentence(tmp_path, capsys):
    path = tmp_path / "plan.docx"
    path.write_bytes(b"PK\x03\x04")
    assert main(["read", str(path), "--json"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("错误：plan.docx：")
    assert "Traceback" not in told.err
