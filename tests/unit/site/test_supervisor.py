"""The embedded database server: passwords, roles, places, accounts."""

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import psycopg
import pytest

from zhikong.site import connection, supervisor
from zhikong.site.supervisor import account, places

PROJECT = Path(__file__).resolve().parents[3]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")


def open_folder():
    folder = Path(tempfile.mkdtemp(prefix="zhikong-unit-"))
    folder.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def server():
    folder = open_folder()
    with supervisor.embedded_server(folder, durable=False) as running:
        supervisor.ensure_database(running, "zhikong")
        yield running
    shutil.rmtree(folder)


def login(server, role, **changes):
    found = connection.read(server.home)
    account_of_role = found["roles"][role]
    where = {"host": found["host"], "port": found["port"], "dbname": found["name"]}
    return psycopg.connect(**{**where, **account_of_role, **changes}, connect_timeout=5)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_server_listens_to_no_network(server):
    main = psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))
    assert main.net_connections(kind="inet") == []


def test_nobody_gets_in_without_the_password(server):
    with pytest.raises(psycopg.OperationalError, match="password"):
        login(server, "app", password="wrong")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(server.socket_dir), dbname="postgres", user="zhikong_admin")


def test_four_roles_and_none_has_power_over_the_server(server):
    with psycopg.connect(server.admin_dsn) as admin:
        rows = admin.execute(
            "SELECT rolname, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls"
            " FROM pg_roles WHERE rolname LIKE 'zhikong%%' AND rolname <> 'zhikong_admin'"
        ).fetchall()
    assert sorted(rows) == [(f"zhikong_{name}", False) for name in ("app", "owner", "performance", "worker")]


@pytest.mark.parametrize("role", ["app", "worker", "performance"])
def test_only_the_owner_makes_tables(server, role):
    with login(server, role) as db, pytest.raises(psycopg.errors.InsufficientPrivilege):
        db.execute("CREATE TABLE mine (id int)")
    with login(server, "owner") as db:
        db.execute("CREATE TABLE owned (id int)")
        db.rollback()


def test_a_stranger_role_may_not_even_connect(server):
    with psycopg.connect(server.admin_dsn, autocommit=True) as admin:
        admin.execute("CREATE ROLE stranger LOGIN PASSWORD 'stranger'")
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            login(server, "app", user="stranger", password="stranger")
        admin.execute("DROP ROLE stranger")


def test_preparing_again_changes_no_password(server):
    before = connection.read(server.home)
    supervisor.ensure_database(server, "zhikong")
    assert connection.read(server.home) == before
    assert before["embedded"] is True


def test_a_server_of_the_hospitals_own_needs_a_role_that_may_create(server):
    """With too few rights the message says what is missing."""
    folder = open_folder()
    with psycopg.connect(server.admin_dsn, autocommit=True) as admin:
        admin.execute("CREATE ROLE weak LOGIN PASSWORD 'weak'")
    weak = server.admin_dsn.replace("zhikong_admin:" + server.password, "weak:weak")
    try:
        with pytest.raises(supervisor.SetupRefused, match="CREATEROLE"):
            supervisor.prepare(weak, database="other", home=folder)
    finally:
        shutil.rmtree(folder)


def test_a_role_with_createrole_and_createdb_is_enough():
    """On a fresh server, as a hospital's database administrator would set it up."""
    folder, own = open_folder(), open_folder()
    try:
        with supervisor.embedded_server(folder, durable=False) as fresh:
            with psycopg.connect(fresh.admin_dsn, autocommit=True) as admin:
                admin.execute("CREATE ROLE hospital_dba LOGIN CREATEROLE CREATEDB PASSWORD 'dba'")
            url = fresh.admin_dsn.replace("zhikong_admin:" + fresh.password, "hospital_dba:dba")
            supervisor.prepare(url, database="quality", home=own)
            found = connection.read(own)
            assert (found["embedded"], found["name"]) == (False, "quality")
            fresh.home = own
            with login(fresh, "owner") as db:
                db.execute("CREATE TABLE owned (id int)")
            supervisor.prepare(url, database="quality", home=own)
    finally:
        shutil.rmtree(folder)
        shutil.rmtree(own)


def test_an_address_where_no_server_answers_is_told(tmp_path):
    with pytest.raises(supervisor.SetupRefused, match="DATABASE_URL"):
        supervisor.prepare("postgresql://dba:secret@127.0.0.1:1/zhikong", database="zhikong", home=tmp_path)


def test_a_role_with_super_powers_is_refused(server):
    with psycopg.connect(server.admin_dsn, autocommit=True) as admin:
        admin.execute("ALTER ROLE zhikong_app BYPASSRLS")
        try:
            with pytest.raises(supervisor.SetupRefused, match="zhikong_app"):
                supervisor.ensure_database(server, "zhikong")
        finally:
            admin.execute("ALTER ROLE zhikong_app NOBYPASSRLS")


@as_root
def test_as_root_the_server_runs_as_nobody_in_a_folder_of_its_own(server):
    main = psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))
    assert main.username() == "nobody"
    assert main.gids().real == account.server_account().gid
    assert (server.data.owner(), mode(server.data)) == ("nobody", 0o700)
    assert server.home.owner() == "root"


@as_root
def test_a_home_that_the_account_cannot_enter_is_left_as_it_is():
    """Below a private folder, such as /root, the cluster lies elsewhere and the data folder holds a link."""
    private = Path(tempfile.mkdtemp(prefix="zhikong-private-"))
    home = private / "data"
    home.mkdir(mode=0o755)
    elsewhere = None
    try:
        with supervisor.embedded_server(home, durable=False) as running:
            elsewhere = (home / "postgres").resolve()
            assert (home / "postgres").is_symlink()
            assert running.data.is_relative_to(elsewhere)
        with supervisor.embedded_server(home, durable=False) as again:
            assert again.data == running.data
        assert (mode(private), private.owner()) == (0o700, "root")
    finally:
        shutil.rmtree(private)
        if elsewhere:
            shutil.rmtree(elsewhere)


def interpreter_for_nobody():
    """This Python, or the system's of the same version when this one lies below a private folder."""
    same = f"{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, "/usr/bin/python3"):
        asked = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
        try:
            answer = subprocess.run(
                asked, cwd="/", capture_output=True, **account.server_account().run_as(), check=False
            )
        except OSError:
            continue
        if answer.stdout.decode().strip() == same:
            return candidate
    pytest.skip("no interpreter of this version is in reach of another account")


@as_root
def test_without_root_everything_runs_under_the_own_account():
    folder = open_folder()
    os.chown(folder, 65534, 65534)
    script = (
        "import sys, os; from pathlib import Path; from zhikong.site import supervisor\n"
        "with supervisor.embedded_server(Path(sys.argv[1]), durable=False) as s:\n"
        "    supervisor.ensure_database(s, 'zhikong'); print(os.getuid(), s.data.owner())"
    )
    done = subprocess.run(
        [interpreter_for_nobody(), "-B", "-c", script, str(folder)],
        cwd=PROJECT,
        env={
            "ZHIKONG_HOME": str(folder),
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(sys.path),
        },
        capture_output=True,
        text=True,
        check=False,
        **account.server_account().run_as(),
    )
    shutil.rmtree(folder)
    assert done.stdout.split() == ["65534", "nobody"], done.stderr


def test_a_deep_data_folder_gets_a_short_socket_that_is_private():
    top = open_folder()
    deep = top.joinpath(*["a-long-name-of-a-folder"] * 5)
    deep.mkdir(parents=True, mode=0o755)
    try:
        with supervisor.embedded_server(deep, durable=False) as running:
            assert len(os.fsencode(running.socket_dir / ".s.PGSQL.5432")) < 107
            assert mode(running.socket_dir) == 0o700
            assert running.socket_dir.parent == Path(tempfile.gettempdir())
        shutil.rmtree(running.socket_dir)
    finally:
        shutil.rmtree(top)


def test_a_strangers_folder_in_the_place_of_the_socket_is_not_used(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    base = Path("/", *["x" * 60] * 2)
    expected = places._short(base, None)
    expected.rmdir()
    expected.symlink_to("/")
    found = places._short(base, None)
    assert found != expected
    assert mode(found) == 0o700
