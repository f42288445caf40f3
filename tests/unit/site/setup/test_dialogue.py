"""The dialogue: short, and a wrong answer is asked again."""

import pytest

from zhikong.site.setup import dialogue, weak
from zhikong.site.setup.answers import PLAIN, PROXY, TLS

HOSPITAL = ["H1", "某某市人民医院", "", "", "800", "0001", "张三", ""]


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ZHIKONG_KEYS", str(tmp_path / "keys"))
    monkeypatch.setattr(weak, "file_system", lambda folder: "ext4")
    return tmp_path


def _hold(*lines):
    """The answers, and what was said meanwhile; ends with EOFError when more is asked than answered."""
    left, said = list(lines), []

    def ask(question):
        said.append(question)
        if not left:
            raise EOFError
        return left.pop(0)

    found = dialogue.hold(ask=ask, say=said.append)
    assert not left
    return found, said


def test_behind_a_proxy(own_home):
    found, said = _hold(*HOSPITAL, "2", "10.0.0.5 10.0.0.6", "", "", "zk.lan", str(own_home / "b"))
    assert (found.security, found.proxies, found.listen, found.port) == (
        PROXY,
        ("10.0.0.5", "10.0.0.6"),
        "127.0.0.1",
        8000,
    )
    assert (found.level, found.beds, found.administrator, found.names) == ("三级", 800, "张三", ("zk.lan",))
    assert found.backup_to == own_home / "b"
    assert len(said) <= 20


def test_with_a_certificate(own_home):
    for name in ("a.crt", "a.key"):
        (own_home / name).write_text("x")
    found, _ = _hold(*HOSPITAL, "1", str(own_home / "a.crt"), str(own_home / "a.key"), "", "", "zk.lan", "")
    assert (found.security, found.listen, found.port) == (TLS, "0.0.0.0", 8443)
    assert found.certificate_key == own_home / "a.key"


@pytest.mark.parametrize(
    ("place", "wrong", "told"),
    [
        (0, "", "不能为空"),
        (0, "某某市人民医院", "应由字母和数字组成"),
        (2, "四级", "医院级别“四级”"),
        (4, "八百", "“八百”应为整数"),
        (4, "0", "不能为空"),
        (5, "00-1", "只能由字母和数字"),
        (6, "管理员", "不是真人"),
        (7, "postgresql://postgres:postgres@127.0.0.1/zhikong", "少于 12 位"),
        (8, "9", "请输入 1、2 或 3"),
        (10, "99999", "端口 99999"),
        (11, "*", "访问名称"),
    ],
)
def test_a_wrong_answer_is_asked_again(place, wrong, told):
    lines = [*HOSPITAL, "3", "", "", "", ""]
    found, said = _hold(*lines[:place], wrong, *lines[place:])
    assert found.security == PLAIN
    assert any(told in line for line in said), said


def test_a_file_that_is_not_there_is_asked_again(own_home):
    (own_home / "a.crt").write_text("x")
    (own_home / "a.key").write_text("x")
    lines = ["1", "", "/nowhere.crt", str(own_home / "a.crt"), str(own_home / "a.key"), "", "", "", ""]
    _, said = _hold(*HOSPITAL, *lines)
    assert any("找不到文件 /nowhere.crt" in line for line in said)
    assert any("请写文件的完整路径" in line for line in said)


def test_an_input_that_ends_is_told_to_the_caller():
    with pytest.raises(EOFError):
        _hold("H1")
