"""Databases of a hospital to read from: SQLite in a file, the tests' own PostgreSQL, MariaDB."""

from uuid import uuid4

import pytest
import sqlalchemy as sa
from psycopg.conninfo import conninfo_to_dict

from tests.databases import start_mariadb
from zhikong.intake.formats.sql_connections import Database, engine_of


@pytest.fixture(scope="session")
def mariadb():
    """The account of a server of its own, as a Database without a name."""
    socket, stop = start_mariadb()
    yield socket
    stop()


@pytest.fixture
def his(request, tmp_path):
    """(kind, engine to read with, function to write with) of an empty database; the kind is the parameter."""
    kind = request.param
    database, admin, clean = _MAKERS[kind](request, tmp_path)
    writer = sa.create_engine(admin.url, poolclass=sa.NullPool)

    def write(*statements):
        with writer.begin() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    yield kind, engine_of(database), write
    clean()


def _sqlite(_request, tmp_path):
    path = tmp_path / "his.db"
    writer = sa.create_engine(f"sqlite:///{path}", poolclass=sa.NullPool)
    with writer.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (a int)")
    return Database("sqlite", name=str(path)), writer, lambda: None


def _postgresql(request, _tmp_path):
    parts = conninfo_to_dict(request.getfixturevalue("database_server"))
    name = f"his_{uuid4().hex[:8]}"
    where = {"user": parts["user"], "password": parts.get("password", "")}
    local = parts["host"].startswith("/")
    where |= {"socket": parts["host"]} if local else {"host": parts["host"]}
    where["port"] = int(parts.get("port") or 5432)
    admin = sa.create_engine(
        engine_of(Database("postgresql", name="postgres", **where)).url,
        isolation_level="AUTOCOMMIT",
        poolclass=sa.NullPool,
    )
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")

    def clean():
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")

    database = Database("postgresql", name=name, **where)
    return database, engine_of(database), clean


def _mysql(request, _tmp_path):
    socket, name = request.getfixturevalue("mariadb"), f"his_{uuid4().hex[:8]}"
    admin = engine_of(Database("mysql", name="mysql", user="root", socket=socket))
    with admin.begin() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")

    def clean():
        with admin.begin() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name}")

    database = Database("mysql", name=name, user="root", socket=socket)
    return database, engine_of(database), clean


_MAKERS = {"sqlite": _sqlite, "postgresql": _postgresql, "mysql": _mysql}
