"""The data folder: secrets that stay secret, and demo data that stays on this machine."""

import multiprocessing
import stat

import pytest

from zhikong.site import home


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path))
    return tmp_path


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_secret_is_kept_private_and_stays_the_same(own_home):
    first = home.secret("django")
    assert len(first) >= 50
    assert home.secret("django") == first
    assert home.secret("other") != first
    assert mode(own_home / "secrets" / "django") == 0o600
    assert mode(own_home / "secrets") == 0o700


def _read_secret(folder, start, answers):
    start.wait()
    answers.put(home.secret("raced", folder))


def test_processes_that_race_for_a_new_secret_get_the_same_one(own_home):
    spawn = multiprocessing.get_context("spawn")
    start, answers = spawn.Event(), spawn.Queue()
    racers = [spawn.Process(target=_read_secret, args=(own_home, start, answers)) for _ in range(3)]
    for racer in racers:
        racer.start()
    start.set()
    found = {answers.get(timeout=30) for _ in racers}
    for racer in racers:
        racer.join()
    assert len(found) == 1
    assert [path.name for path in (own_home / "secrets").iterdir()] == ["raced"]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"])
def test_demo_data_may_be_served_to_this_machine(address):
    home.set_options(demo=True)
    home.check_bind(address)


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.5", "hospital.example", ""])
def test_demo_data_refuses_every_other_address(address):
    home.set_options(demo=True)
    with pytest.raises(home.PublicBindRefused, match="演示数据"):
        home.check_bind(address)


def test_a_hospitals_own_data_may_be_served_to_its_network():
    home.set_options(demo=False)
    home.check_bind("0.0.0.0")


def test_a_demo_answers_to_no_other_host_name_even_when_one_is_configured():
    home.set_options(allowed_hosts=["quality.hospital.example"])
    assert "quality.hospital.example" in home.allowed_hosts()
    home.set_options(demo=True)
    assert home.allowed_hosts() == list(home.LOOPBACK_NAMES)


def test_changing_one_option_keeps_the_others(own_home):
    home.set_options(https=True)
    home.set_options(demo=True)
    assert home.options() == {"https": True, "demo": True}
    assert mode(own_home / "site.json") == 0o600


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (b'{"port": 8443,\n}', "第 2 行写法有误"),
        ("{“port”: 8443}".encode(), "第 1 行写法有误"),
        ('{"names": "质控"}'.encode("gbk"), "不是 UTF-8"),
        (b"[1, 2]", "应是一个对象"),
    ],
)
def test_options_that_cannot_be_read_are_told_and_not_passed_over(own_home, written, told):
    (own_home / "site.json").write_bytes(written)
    with pytest.raises(home.OptionsBroken, match=told):
        home.options()


def test_a_mark_at_the_beginning_of_the_options_is_no_error(own_home):
    (own_home / "site.json").write_bytes('{"port": 8443}'.encode("utf-8-sig"))
    assert home.options() == {"port": 8443}
