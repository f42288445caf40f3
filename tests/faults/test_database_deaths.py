"""kill -9 of the database server, its guardian, its owner: no orphan stays, and the next start works."""

import os

import psutil
import psycopg
import pytest

from zhikong.site import connection, supervisor

from .conftest import eventually, guardian, kill, postmaster, servers_of


def connect(folder, role="owner"):
    found = connection.read(folder)
    account = found["roles"][role]
    return psycopg.connect(
        host=found["host"],
        port=found["port"],
        dbname=found["name"],
        user=account["user"],
        password=account["password"],
    )


def commit_a_row(folder):
    with connect(folder) as db:
        db.execute("CREATE TABLE kept (word text)")
        db.execute("INSERT INTO kept VALUES ('这一行不能丢')")


def assert_starts_again(folder):
    with supervisor.embedded_server(folder), connect(folder) as db:
        assert db.execute("SELECT word FROM kept").fetchall() == [("这一行不能丢",)]
    assert not servers_of(folder)


def test_no_orphan_after_kill_9_of_the_supervisor(data_folder, holder):
    commit_a_row(data_folder)
    server = postmaster(data_folder)
    kill(holder)
    assert eventually(lambda: not server.is_running()), "the server outlived its supervisor"
    assert eventually(lambda: not servers_of(data_folder))
    assert_starts_again(data_folder)


def test_no_orphan_after_kill_9_of_the_guardian(data_folder, holder):
    commit_a_row(data_folder)
    server = postmaster(data_folder)
    kill(guardian(data_folder))
    assert eventually(lambda: not server.is_running()), "the server outlived its guardian"
    assert_starts_again(data_folder)


def test_no_orphan_after_kill_9_of_supervisor_and_guardian_at_once(data_folder, holder):
    commit_a_row(data_folder)
    server, watch = postmaster(data_folder), guardian(data_folder)
    os.kill(holder.pid, 9)
    os.kill(watch.pid, 9)
    assert eventually(lambda: not server.is_running())
    assert_starts_again(data_folder)


def test_next_start_works_while_a_backend_of_the_killed_server_is_still_busy(data_folder, holder):
    commit_a_row(data_folder)
    busy = connect(data_folder)
    backend = psutil.Process(busy.info.backend_pid)
    backend.suspend()  # a backend in a long computation does not notice the death of its server
    kill(postmaster(data_folder))
    kill(holder)
    assert backend.is_running()
    try:
        assert_starts_again(data_folder)
    finally:
        busy.close()
    assert not backend.is_running()


def test_a_noted_process_id_that_belongs_to_somebody_else_does_not_stop_the_start(data_folder, holder):
    commit_a_row(data_folder)
    kill(postmaster(data_folder))
    kill(holder)
    note = data_folder / "postgres/data/postmaster.pid"
    note.write_text(note.read_text().replace(note.read_text().split("\n")[0], str(os.getpid()), 1))
    assert (data_folder / "postgres/run/.s.PGSQL.5432").exists(), (
        "the killed server should leave its socket behind"
    )
    assert_starts_again(data_folder)


def test_an_interrupted_first_start_leaves_nothing_in_the_way(data_folder):
    half = data_folder / "postgres"
    (half / "data.new" / "base").mkdir(parents=True)
    half.chmod(0o755)
    (half / "password.new").write_text("old", encoding="utf-8")
    if os.geteuid() == 0:
        os.chown(half, 65534, 65534)
    with supervisor.embedded_server(data_folder) as server, psycopg.connect(server.admin_dsn) as admin:
        assert admin.execute("SELECT 1").fetchone() == (1,)
    assert sorted(path.name for path in half.iterdir()) == ["data", "run"]


def test_a_second_process_joins_the_server_and_leaves_it_running(data_folder, holder):
    with supervisor.embedded_server(data_folder) as joined:
        assert joined.guardian is None
    assert postmaster(data_folder).is_running()


def test_a_wrong_password_is_told_and_not_waited_for(data_folder, holder):
    (data_folder / "secrets" / "database-admin").write_text("changed", encoding="utf-8")
    with pytest.raises(supervisor.ServerFailed, match="secrets"):
        supervisor.start(data_folder)
