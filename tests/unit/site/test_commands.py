"""What the commands say when something is missing or wrong, before any database is needed."""

import pytest

from zhikong.cli import main
from zhikong.site.commands import NAMES, load
from zhikong.site.setup import departments as lists


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def departments(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "科室.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit, match="0"):
        main([name.replace("_", "-"), "--help"])
    assert "usage: zhikong" in capsys.readouterr().out


def test_a_list_of_departments_is_read(tmp_path):
    path = departments(tmp_path, "代码,名称,类别,床位\nCARD,心血管内科,临床,40\nLABO,检验科,医技,\n")
    assert lists.read(path) == [
        {"code": "CARD", "name": "心血管内科", "kind": "clinical", "function": "", "beds": 40},
        {"code": "LABO", "name": "检验科", "kind": "medtech", "function": "", "beds": 0},
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("代码,名称,床位\nCARD,心内科,40\n", "缺少列：类别"),
        ("代码,名称,类别,床位\nCARD,,临床,40\n", "第 2 行：代码和名称不能为空"),
        ("代码,名称,类别,床位\nCARD,心内科,门诊,40\n", "类别“门诊”应为"),
        ("代码,名称,类别,床位\nCARD,心内科,临床,四十\n", "床位“四十”应为整数"),
        ("代码,名称,类别,床位\nCARD,心内科,临床,4\nCARD,外科,临床,4\n", "CARD 出现不止一次"),
    ],
)
def test_an_unclear_line_is_refused_with_its_place(tmp_path, text, told):
    with pytest.raises(lists.ListRefused, match=told):
        lists.read(departments(tmp_path, text))


def test_a_file_in_another_encoding_is_refused(tmp_path):
    with pytest.raises(lists.ListRefused, match="UTF-8"):
        lists.read(departments(tmp_path, "代码,名称,类别,床位\nCARD,心内科,临床,40\n", "gbk"))


def test_init_refuses_a_data_folder_with_demo_data(own_home, capsys):
    own_home.mkdir()
    (own_home / "site.json").write_text('{"demo": true}', encoding="utf-8")
    assert main(["init", "--code", "X", "--name", "某医院", "--level", "三级", "--beds", "500"]) == 1
    assert "演示数据" in capsys.readouterr().err
    assert not (own_home / "postgres").exists()


@pytest.mark.parametrize("port", ["abc", "0", "70000", "８０"])
def test_a_port_that_is_none_is_a_sentence_of_every_command(monkeypatch, capsys, port):
    monkeypatch.setenv("ZHIKONG_PORT", port)
    assert main(["doctor"]) == 1
    assert f"端口“{port}”应是" in capsys.readouterr().err


def test_broken_options_are_a_sentence_of_every_command(own_home, capsys):
    own_home.mkdir()
    (own_home / "site.json").write_text("{", encoding="utf-8")
    assert main(["doctor"]) == 1
    assert "写法有误" in capsys.readouterr().err


def test_load_wants_companions_as_pairs():
    assert {name: str(path) for name, path in load._companions(["附页=a.csv"]).items()} == {"附页": "a.csv"}
    with pytest.raises(load.NotLoaded, match="附页a"):
        load._companions(["附页a"])


def test_check_packs_points_to_file_line_and_remedy(tmp_path, capsys):
    folder = tmp_path / "mine" / "indicators"
    folder.mkdir(parents=True)
    (folder / "broken.yaml").write_text("id: broken\nversion: one\n", encoding="utf-8")
    assert main(["check-packs", str(tmp_path / "mine")]) == 1
    told = capsys.readouterr()
    assert "broken.yaml:" in told.err
    assert "处理办法" in told.err


@pytest.mark.long  # `make check` runs the same
def test_the_packs_of_the_product_are_in_order(capsys):
    assert main(["check-packs"]) == 0, capsys.readouterr().err
