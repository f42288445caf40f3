"""The four database roles and the database, on the embedded server or on one that the hospital runs."""

import secrets
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from zhikong.site import connection
from zhikong.site.home import Explained
from zhikong.site.supervisor.cluster import ADMIN

ROLES = {
    "owner": "zhikong_owner",
    "app": "zhikong_app",
    "worker": "zhikong_worker",
    "performance": "zhikong_performance",
}
OLDEST = 150000  # PostgreSQL 15
ONE_SETUP_AT_A_TIME = 7_419_002  # number of the advisory lock, any constant
NO_POWERS = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"


class SetupRefused(Explained):
    """The server does not let us set up roles or the database; the message says what to do."""


def prepare(admin_dsn: str, *, database: str, home: Path) -> None:
    """Make the four roles and the database where missing; the data folder keeps the connection."""
    passwords = _passwords(home)
    try:
        with _connect(admin_dsn) as admin:
            _check_version(admin)
            admin.execute("SELECT pg_advisory_lock(%s)", [ONE_SETUP_AT_A_TIME])
            for role in ROLES:
                _ensure_role(admin, ROLES[role], passwords[role])
            _ensure_database(admin, database)
    except psycopg.errors.InsufficientPrivilege as error:
        raise SetupRefused(_explain(error)) from error
    found = _describe(admin_dsn, database, passwords)
    _open_schema(found)
    connection.write(home, found)


def _connect(admin_dsn: str) -> psycopg.Connection[Any]:
    """To the server's own database, as ours may not exist yet; else to the one in the address."""
    try:
        return psycopg.connect(
            make_conninfo(admin_dsn, dbname="postgres"), autocommit=True, connect_timeout=10
        )
    except psycopg.OperationalError:
        pass
    try:
        return psycopg.connect(admin_dsn, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise SetupRefused(f"连不上 DATABASE_URL 所指的数据库服务器：{error}") from error


def _passwords(home: Path) -> dict[str, str]:
    """Passwords that the data folder knows already, random ones for the rest."""
    known = (connection.read(home) or {"roles": {}})["roles"]
    return {role: known.get(role, {}).get("password") or secrets.token_urlsafe(32) for role in ROLES}


def _check_version(admin: psycopg.Connection[Any]) -> None:
    if admin.info.server_version < OLDEST:
        raise SetupRefused(
            f"数据库服务器是 PostgreSQL {admin.info.server_version // 10000}，需要 15 或更新版本。"
        )


def _ensure_role(admin: psycopg.Connection[Any], name: str, password: str) -> None:
    """Create the role, or give an existing one our password; it holds no power over the server."""
    exists = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    powers = "LOGIN" if exists else NO_POWERS
    command = sql.SQL("{verb} ROLE {name} WITH {powers} PASSWORD {password}").format(
        verb=sql.SQL("ALTER" if exists else "CREATE"),
        name=sql.Identifier(name),
        powers=sql.SQL(powers),
        password=sql.Literal(password),
    )
    admin.execute(command)
    _refuse_powerful(admin, name)


def _refuse_powerful(admin: psycopg.Connection[Any], name: str) -> None:
    """A role that was there before may be a superuser; row-level security would not bind it."""
    row = admin.execute(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = %s", [name]
    ).fetchone()
    if row and row[0]:
        raise SetupRefused(f"数据库角色 {name} 有超级权限，会绕过行级安全。请在服务器上收回后重试。")


def _ensure_database(admin: psycopg.Connection[Any], name: str) -> None:
    """The database belongs to the owner role; nobody but our roles may connect to it."""
    owner, database = sql.Identifier(ROLES["owner"]), sql.Identifier(name)
    member = _join_owner(admin, owner)
    if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        admin.execute(
            sql.SQL(
                "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
            ).format(database, owner)
        )
    admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(database, owner))
    if member:
        admin.execute(sql.SQL("SET ROLE {}").format(owner))
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, _others()))
    admin.execute("RESET ROLE")
    if member:
        admin.execute(sql.SQL("REVOKE {} FROM CURRENT_USER").format(owner))


def _join_owner(admin: psycopg.Connection[Any], owner: sql.Identifier) -> bool:
    """A role that is no superuser must be a member of the owner to hand a database over to it."""
    row = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    if row and row[0]:
        return False
    options = " WITH SET TRUE, INHERIT TRUE" if admin.info.server_version >= 160000 else ""
    admin.execute(sql.SQL("GRANT {} TO CURRENT_USER" + options).format(owner))  # type: ignore[operator]
    return True


def _describe(admin_dsn: str, database: str, passwords: dict[str, str]) -> dict[str, Any]:
    parts = conninfo_to_dict(admin_dsn)
    rest = {k: v for k, v in parts.items() if k not in ("host", "port", "user", "password", "dbname")}
    return {
        "embedded": parts.get("user") == ADMIN,
        "host": parts.get("host") or "localhost",
        "port": int(parts.get("port") or 5432),
        "name": database,
        "options": rest,
        "roles": {role: {"user": name, "password": passwords[role]} for role, name in ROLES.items()},
    }


def _open_schema(found: dict[str, Any]) -> None:
    """As owner: the other roles may look into the schema, and nobody else may create in it."""
    account = found["roles"]["owner"]
    where = make_conninfo(
        host=found["host"],
        port=found["port"],
        dbname=found["name"],
        user=account["user"],
        password=account["password"],
        **found["options"],
    )
    with psycopg.connect(where, connect_timeout=10) as owner:
        owner.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        owner.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(_others()))


def _others() -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(ROLES[role]) for role in ("app", "worker", "performance"))


def _explain(error: psycopg.Error) -> str:
    return (
        f"数据库服务器拒绝建立角色或数据库：{error.diag.message_primary}。"
        "DATABASE_URL 的账号需要 CREATEROLE 和 CREATEDB 权限，请由数据库管理员执行："
        "ALTER ROLE <账号> CREATEROLE CREATEDB;"
    )
