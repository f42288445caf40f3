"""Encoding, delimiter and header are found before a row is read; what cannot be a text file is said so."""

import pytest

from zhikong.intake.reasons import FileRefused
from zhikong.intake.textfiles import examine


def write(tmp_path, content, encoding="utf-8"):
    path = tmp_path / "a.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("encoding", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("gbk", "gb18030"),
        ("gb18030", "gb18030"),
        ("utf-16", "utf-16"),
    ],
)
def test_encodings(tmp_path, encoding, found):
    text = examine(
        write(tmp_path, "病案号,姓名\n1,王㐀\n" if "gb1" in encoding else "病案号,姓名\n1,王\n", encoding)
    )
    assert (text.encoding, text.header) == (found, ("病案号", "姓名"))


def test_gbk_that_begins_late_in_a_long_ascii_file_is_found(tmp_path):
    content = b"a,b\n" + b"1,2\n" * 600_000 + "3,王\n".encode("gbk")
    assert examine(write(tmp_path, content)).encoding == "gb18030"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters(tmp_path, delimiter):
    text = examine(write(tmp_path, delimiter.join(("a", "b b", '"c"')) + "\n1\n"))
    assert (text.delimiter, text.header) == (delimiter, ("a", "b b", "c"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "文件是空的"),
        (b" \n\n", "文件是空的"),
        (b"\xd0\xcf\x11\xe0old excel", "Excel"),
        (b"a,b\n1,\x002\n", "不是文本文件"),
        (b",,\n1,2,3\n", "第一行不是表头"),
        (b"a,b\n1,\x81\xff\n2,\x80 \n", "既不是 UTF-8 也不是 GBK/GB18030，第 2 行附近"),
    ],
)
def test_refusals(tmp_path, content, message):
    with pytest.raises(FileRefused, match=message) as refused:
        examine(write(tmp_path, content))
    assert refused.value.remedy
