"""Connections to a hospital's database: which drivers there are, how they are told to read only, what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool


@dataclass(frozen=True)
class Kind:
    """A kind of database: its name on screen, SQLAlchemy's driver, the module it needs, the port it usually has."""

    title: str
    driver: str
    module: str
    port: int
    extra: str = ""  # the optional dependency that brings the driver


KINDS = {
    "postgresql": Kind("PostgreSQL（含人大金仓、openGauss 等兼容库）", "postgresql+psycopg", "psycopg", 5432),
    "mysql": Kind("MySQL / MariaDB", "mysql+pymysql", "pymysql", 3306),
    "sqlserver": Kind("SQL Server", "mssql+pyodbc", "pyodbc", 1433, "sqlserver"),
    "oracle": Kind("Oracle", "oracle+oracledb", "oracledb", 1521, "oracle"),
    "sqlite": Kind("SQLite 文件", "sqlite", "sqlite3", 0),
}
CONNECT_SECONDS = 10


@dataclass(frozen=True)
class Database:
    """Where the views are. `name` is the database, for Oracle the service name, for SQLite the file.

    socket: folder (PostgreSQL) or file (MySQL) of a server on this machine. encrypted: TLS or no connection.
    """

    kind: str
    host: str = ""
    port: int = 0
    name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    encrypted: bool = False
    socket: str = ""


class SourceFault(Exception):
    """The database cannot be read now: a Chinese sentence, what to do, and whether waiting may help (`passing`)."""

    def __init__(self, message: str, remedy: str, *, passing: bool = True):
        super().__init__(f"{message}{remedy}")
        self.message, self.remedy, self.passing = message, remedy, passing


def missing_driver(kind: str) -> str:
    """The sentence that says which driver this machine lacks; empty when it is there."""
    wanted = KINDS[kind]
    if find_spec(wanted.module) is not None:
        return ""
    return f"服务器上没有安装 {wanted.title} 的驱动。请由管理员执行：pip install 'zhikong[{wanted.extra}]'"


def engine_of(database: Database, *, seconds: int = 600) -> sa.Engine:
    """An engine without a pool: each reading has a connection of its own, which is closed at its end.

    seconds: how long the network may be silent. Raises SourceFault when the driver is not installed.
    """
    if lacking := missing_driver(database.kind):
        raise SourceFault(lacking, "", passing=False)
    return sa.create_engine(
        url_of(database),
        poolclass=NullPool,
        connect_args=_connect_args(database, seconds),
        hide_parameters=True,  # a driver's error must not carry a patient's number into a log
    )


def url_of(database: Database) -> sa.URL:
    """SQLAlchemy's address; every part is a part, so that none can turn into another."""
    kind = KINDS[database.kind]
    if database.kind == "sqlite":
        return sa.URL.create(
            kind.driver, database=f"file:{database.name}", query={"mode": "ro", "uri": "true"}
        )
    query: dict[str, str] = {}
    name: str | None = database.name
    if database.kind == "oracle":
        query, name = {"service_name": database.name}, None
    if database.kind == "sqlserver":
        query = {
            "driver": "ODBC Driver 18 for SQL Server",
            "ApplicationIntent": "ReadOnly",
            "Encrypt": "yes" if database.encrypted else "optional",
        }
    if database.socket:
        query["host" if database.kind == "postgresql" else "unix_socket"] = database.socket
    return sa.URL.create(
        kind.driver,
        username=database.user or None,
        password=database.password or None,
        host=database.host or None,
        port=database.port or None,
        database=name,
        query=query,
    )


def _connect_args(database: Database, seconds: int) -> dict[str, Any]:
    if database.kind == "postgresql":
        return {
            "connect_timeout": CONNECT_SECONDS,
            "application_name": "zhikong",
            "sslmode": "require" if database.encrypted else "prefer",
            "tcp_user_timeout": seconds * 1000,
        }
    if database.kind == "mysql":
        tls = {"ssl": {"check_hostname": False}} if database.encrypted else {}
        return {
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": seconds,
            "charset": "utf8mb4",
            "local_infile": False,
            **tls,
        }
    if database.kind == "sqlserver":
        return {"timeout": CONNECT_SECONDS}
    return {"tcp_connect_timeout": CONNECT_SECONDS} if database.kind == "oracle" else {}


@contextmanager
def reading(engine: sa.Engine, kind: str, *, seconds: int = 600) -> Iterator[sa.Connection]:
    """A connection in a transaction that reads only and is rolled back at its end; a statement has `seconds`.

    Raises SourceFault for whatever the driver reports, also in the middle of a stream.
    """
    try:
        with engine.connect() as connection:
            _read_only(connection, kind, seconds)
            try:
                yield connection
            finally:
                if not connection.invalidated:
                    connection.rollback()
    except sa.exc.DBAPIError as error:
        raise fault_of(error) from error
    except sa.exc.SQLAlchemyError as error:
        raise SourceFault("数据库连接设置不正确。", "请检查地址、库名和驱动。", passing=False) from error


def _read_only(connection: sa.Connection, kind: str, seconds: int) -> None:
    """The server itself refuses writes; our own check of the statement is the other wall."""
    say = connection.exec_driver_sql
    if kind == "postgresql":
        say("SET TRANSACTION READ ONLY")
        say(f"SET LOCAL statement_timeout = {seconds * 1000:d}")
        say("SET LOCAL lock_timeout = 10000")
    elif kind == "mysql":
        name, limit = (
            ("max_statement_time", seconds)
            if connection.dialect.is_mariadb
            else ("max_execution_time", seconds * 1000)
        )
        say(f"SET SESSION {name} = {limit:d}")
        say("SET SESSION TRANSACTION READ ONLY")
        say("START TRANSACTION READ ONLY")
    elif kind == "oracle":
        connection.connection.dbapi_connection.call_timeout = seconds * 1000
        say("SET TRANSACTION READ ONLY")
    elif kind == "sqlserver":
        connection.connection.dbapi_connection.timeout = seconds
        say("SET LOCK_TIMEOUT 10000")
    else:
        say("PRAGMA query_only = ON")


_NOW = {
    "postgresql": "SELECT CURRENT_TIMESTAMP, LOCALTIMESTAMP",
    "mysql": "SELECT NULL, NOW(6)",
    "sqlserver": "SELECT SYSDATETIMEOFFSET(), SYSDATETIME()",
    "oracle": "SELECT SYSTIMESTAMP, CAST(SYSTIMESTAMP AS TIMESTAMP) FROM dual",
    "sqlite": "SELECT NULL, datetime('now', 'localtime')",
}


def clock_of(connection: sa.Connection, kind: str) -> tuple[datetime | None, datetime]:
    """The server's own moment with its zone (None where it tells none) and its wall time."""
    moment, wall = connection.exec_driver_sql(_NOW[kind]).one()
    return moment, datetime.fromisoformat(wall) if isinstance(wall, str) else wall


_SIGNS = (  # words of the drivers, in small letters -> (sentence, remedy, passing)
    (
        ("password", "access denied", "login failed", "ora-01017", "authentication"),
        ("数据库拒绝登录。", "请核对用户名、密码和允许的来源地址。", False),
    ),
    (
        ("permission denied", "ora-01031", "command denied", "ora-00942"),
        (
            "数据库账号没有读取该视图的权限，或视图不存在。",
            "请让数据库管理员授予该视图的 SELECT 权限。",
            False,
        ),
    ),
    (
        (
            "does not exist",
            "doesn't exist",
            "no such table",
            "invalid object name",
            "unknown database",
            "unknown column",
        ),
        ("找不到数据库、视图或列。", "请核对名称，或让数据库管理员重建视图。", False),
    ),
    (
        ("read only", "read-only", "readonly"),
        ("这个查询想要修改数据，已被拒绝。", "只能读取；需要的计算请在数据库里做成视图。", False),
    ),
    (
        (
            "statement timeout",
            "max_statement_time",
            "maximum statement execution time",
            "query_timeout",
            "dpy-4024",
        ),
        ("查询超过了时限。", "请在游标列上建索引，或把视图限定在较短的时间。", True),
    ),
    (
        (
            "timed out",
            "timeout",
            "could not receive data",
            "lost connection",
            "server closed",
            "reset by peer",
            "broken pipe",
        ),
        ("读取途中网络中断。", "已收到的部分已经保存，稍后会从断点继续。", True),
    ),
)


def fault_of(error: sa.exc.DBAPIError) -> SourceFault:
    """What a driver's error means; its own text stays in the chain of exceptions, not on a page."""
    text = str(error.orig).casefold()
    for words, (message, remedy, passing) in _SIGNS:
        if any(word in text for word in words):
            return SourceFault(message, remedy, passing=passing)
    if isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError) or error.connection_invalidated:
        return SourceFault("连不上数据库。", "请检查地址、端口、防火墙，以及数据库是否在运行。")
    return SourceFault(
        "数据库不能执行这个查询。", "请把查询在数据库的工具里试一次，改正后再保存。", passing=False
    )
