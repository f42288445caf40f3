"""Which database role a process gets."""

import stat

import psycopg
import pytest

from zhikong.site import connection

ROLES = {
    name: {"user": f"zhikong_{name}", "password": name} for name in ("owner", "app", "worker", "performance")
}
FOUND = {
    "host": "/run/here",
    "port": 5432,
    "name": "zhikong",
    "roles": ROLES,
    "options": {"sslmode": "require"},
}


@pytest.fixture(autouse=True)
def own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ZHIKONG_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("role", "default", "owner"),
    [
        ("web", "zhikong_app", False),
        ("worker", "zhikong_worker", False),
        ("operator", "zhikong_worker", True),
        ("command", "zhikong_app", True),
    ],
)
def test_each_process_has_its_role_and_servers_have_no_owner(own_home, monkeypatch, role, default, owner):
    connection.write(own_home, FOUND)
    monkeypatch.setenv("ZHIKONG_ROLE", role)
    found = connection.databases()
    assert found["default"]["USER"] == default
    assert ("owner" in found) is owner
    assert found["performance"]["USER"] == "zhikong_performance"
    assert found["default"]["OPTIONS"]["sslmode"] == "require"


def test_the_passwords_are_readable_by_the_owner_of_the_file_only(own_home):
    connection.write(own_home, FOUND)
    assert stat.S_IMODE((own_home / connection.FILE).stat().st_mode) == 0o600
    assert connection.read(own_home) == FOUND


def test_before_set_up_settings_load_and_connecting_says_what_to_do():
    settings = connection.databases()["default"]
    with pytest.raises(psycopg.OperationalError, match="zhikong-init"):
        psycopg.connect(host=settings["HOST"], dbname=settings["NAME"], user=settings["USER"])
