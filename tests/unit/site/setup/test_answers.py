"""Answers of a set-up: from a file, checked, weak choices refused."""

import tomllib

import pytest

from zhikong.site.setup import answers, weak
from zhikong.site.setup.answers import EXAMPLE, AnswersRefused, checked, from_file
from zhikong.site.setup.weak import WeakChoice

LEAST = """
[institution]
code = "H1"
name = "某某市人民医院"
level = "三级"
beds = 800
[administrator]
staff_number = "0001"
name = "张三"
"""


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ZHIKONG_KEYS", str(tmp_path / "keys"))
    monkeypatch.setattr(weak, "file_system", lambda folder: "ext4")
    return tmp_path


def _file(tmp_path, text):
    path = tmp_path / "回答.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_printed_example_is_one_that_is_read(tmp_path):
    found = from_file(_file(tmp_path, EXAMPLE))
    assert (found.beds, found.port, found.staff_number) == (800, 8443, "0001")
    assert found.names == ("zhikong.hospital.lan",)
    assert set(tomllib.loads(EXAMPLE)) == set(answers.WORDS)


def test_what_is_left_out_has_its_usual_value(tmp_path):
    found = from_file(_file(tmp_path, LEAST))
    assert (found.kind, found.time_zone, found.listen, found.database) == (
        "综合",
        "Asia/Shanghai",
        "127.0.0.1",
        "",
    )


def test_paths_are_meant_from_the_files_folder(tmp_path):
    found = from_file(_file(tmp_path, LEAST + '[backup]\nto = "备份"\n'))
    assert found.backup_to == tmp_path / "备份"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("beds = 800", ""), r"\[institution\] 缺少 beds"),
        (("beds = 800", 'beds = "800"'), r"beds 应为整数"),
        (("beds = 800", "beds = true"), r"beds 应为整数"),
        (("beds = 800", "beds = 0"), "开放床位 0"),
        (("beds = 800", "beds = 800\nbed = 1"), "不认识 bed"),
        (('level = "三级"', 'level = "四级"'), "医院级别“四级”"),
        (("[administrator]", "[admin]"), r"不认识 \[admin\]"),
        (("[administrator]", "[address]\nport = 99999\n[administrator]"), "端口 99999"),
        (("[administrator]", '[address]\nsecurity = "own-certificate"\n[administrator]'), "需要 certificate"),
        (("[administrator]", '[address]\nsecurity = "proxy"\n[administrator]'), "需要 proxies"),
        (("[administrator]", '[address]\nsecurity = "tls"\n[administrator]'), "security“tls”"),
        (("[administrator]", '[backup]\nat = "半夜"\n[administrator]'), "备份时间“半夜”"),
        (("beds = 800", 'beds = 800\ntime_zone = "Asia/北京"'), "不认识时区"),
        (("code =", "code "), "写法有误"),
        (("[administrator]", '[database]\npassword_file = "none"\n[administrator]'), "找不到数据库密码文件"),
    ],
)
def test_a_wrong_answer_is_named(tmp_path, change, told):
    with pytest.raises(AnswersRefused, match=told):
        from_file(_file(tmp_path, LEAST.replace(*change)))


def test_a_missing_file_and_another_encoding_are_sentences(tmp_path):
    with pytest.raises(AnswersRefused, match="读不了"):
        from_file(tmp_path / "none.toml")
    (tmp_path / "gbk.toml").write_bytes(LEAST.encode("gbk"))
    with pytest.raises(AnswersRefused, match="UTF-8"):
        from_file(tmp_path / "gbk.toml")


def test_a_password_comes_from_a_file_that_only_we_read(tmp_path):
    secret = tmp_path / "db.password"
    secret.write_text("Lak3-stone-river-9\n")
    secret.chmod(0o644)
    text = (
        LEAST
        + '[database]\naddress = "postgresql://setup@127.0.0.1/zhikong"\npassword_file = "db.password"\n'
    )
    with pytest.raises(AnswersRefused, match="chmod 600"):
        from_file(_file(tmp_path, text))
    secret.chmod(0o600)
    assert "password=Lak3-stone-river-9" in from_file(_file(tmp_path, text)).database


# ---- weak choices ----


def _answers(**changes):
    given = {
        "code": "H1",
        "name": "某某市人民医院",
        "level": "三级",
        "beds": 8,
        "staff_number": "0001",
        "administrator": "张三",
    }
    return checked(given | changes)


def test_ordinary_answers_are_not_refused():
    weak.refuse(_answers())
    weak.refuse(_answers(database="postgresql://setup:Lak3-stone-river-9@127.0.0.1/zhikong"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"administrator": "管理员"}, "不是真人"),
        ({"staff_number": "00 01"}, "只能由字母和数字"),
        ({"database": "postgresql://postgres:postgres@127.0.0.1/zhikong"}, "少于 12 位"),
        ({"database": "postgresql://u:postgres-2026-long@127.0.0.1/zhikong"}, "最先被猜到"),
        ({"database": "postgresql://u:aaaaaaaabbbbbbbb@127.0.0.1/zhikong"}, "几个字符重复"),
        ({"database": "postgresql://u:925173846025173@127.0.0.1/zhikong"}, "全是数字"),
        ({"database": "postgresql://lakesetup:lakesetup-9X!z@127.0.0.1/zhikong"}, "含有医院名称或账号名"),
        ({"database": "postgresql://u:Lak3-stone-river-9@10.0.0.8/zhikong"}, "没有要求加密"),
        ({"database": "postgresql://u:Lak3-stone-river-9@127.0.0.1/postgres"}, "自带的 postgres"),
        ({"database": "mysql:/x y"}, "数据库地址看不懂"),
        ({"names": ("*",)}, "访问名称“\\*”"),
        ({"names": ("http://zk.lan",)}, "不带 http"),
        ({"security": "proxy", "proxies": ("0.0.0.0/0",)}, "包括所有人"),
        ({"security": "proxy", "proxies": ("::/0",)}, "包括所有人"),
        ({"security": "proxy", "proxies": ("proxy.lan",)}, "不是 IP 地址"),
    ],
)
def test_a_weak_choice_is_refused_with_its_reason(changes, told):
    with pytest.raises(WeakChoice, match=told):
        weak.refuse(_answers(**changes))


def test_all_reasons_are_told_at_once():
    with pytest.raises(WeakChoice) as told:
        weak.refuse(_answers(administrator="admin", names=("*",)))
    assert str(told.value).count("·") == 2


def test_a_backup_inside_the_data_is_refused(own_home):
    with pytest.raises(WeakChoice, match="盘坏了备份也没了"):
        weak.refuse(_answers(backup_to=own_home / "home" / "backups"))


def test_data_in_memory_inside_others_or_open_to_all_are_refused(own_home, monkeypatch):
    folder = own_home / "outer" / "home"
    folder.mkdir(parents=True)
    assert not list(weak.data_folder(folder, own_home / "keys"))
    folder.chmod(0o777)
    assert "任何人都能写" in " ".join(weak.data_folder(folder, own_home / "keys"))
    (own_home / "outer" / "site.json").write_text("{}")
    assert "另一个质控数据目录" in " ".join(weak.data_folder(folder, own_home / "keys"))
    assert "互相包含" in " ".join(weak.data_folder(folder, folder.parent))
    monkeypatch.setattr(weak, "file_system", lambda folder: "tmpfs")
    assert "内存盘" in " ".join(weak.data_folder(folder, own_home / "keys"))


def test_a_low_port_needs_the_right(monkeypatch):
    monkeypatch.setattr(weak.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(weak, "_may_bind_low", lambda: False)
    with pytest.raises(WeakChoice, match="需要 root"):
        weak.refuse(_answers(port=443))
    weak.refuse(_answers(port=8443))


def test_what_is_allowed_but_should_be_known():
    told = " ".join(weak.warnings(_answers(listen="0.0.0.0")))
    assert "不加密" in told
    assert "备份位置" in told
    assert "访问名称" in told
    assert "不加密" not in " ".join(weak.warnings(_answers()))


def test_the_file_system_of_this_machine_is_known(monkeypatch):
    monkeypatch.undo()
    from pathlib import Path

    assert weak.file_system(Path("/proc/self")) == "proc"
    assert weak.file_system(Path("/nowhere/at/all"))
