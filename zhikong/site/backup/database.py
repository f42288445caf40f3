"""The database in a backup: one snapshot, dumped table by table, with the number of rows of each."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from zhikong.site import connection, frame
from zhikong.site.home import Explained
from zhikong.site.supervisor import binaries
from zhikong.site.supervisor.account import server_account


class DumpFailed(Explained):
    """The database was not dumped or not restored; the sentence says why."""


@dataclass(frozen=True)
class Snapshot:
    """One moment of the database: its identifier for pg_dump, rows by table, lake versions in force, when it was."""

    identifier: str
    rows: dict[str, int]
    versions: list[list[Any]]  # institution's code, table, version, rows
    institutions: list[str]


def powerful_address(server: Any) -> str:
    """An address that sees every row: the embedded server's superuser, or the account of $DATABASE_URL."""
    known = connection.read()
    if server is not None:
        return make_conninfo(server.admin_dsn, dbname=known["name"])
    url = frame.external_url()
    if not url:
        raise DumpFailed("备份外部数据库需要 DATABASE_URL（能看到全部行的账号）。请在环境中给出后重试。")
    address = make_conninfo(url, dbname=known["name"])
    with _connected(address) as found:
        if not found.execute(
            "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()[0]:
            raise DumpFailed(
                "DATABASE_URL 的账号受行级安全限制，备份会不完整。请由数据库管理员执行：ALTER ROLE <账号> BYPASSRLS;"
            )
    return address


@contextmanager
def snapshot(address: str) -> Iterator[Snapshot]:
    """Hold one moment of the database for the length of the block."""
    with _connected(address) as found:
        found.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        identifier = found.execute("SELECT pg_export_snapshot()").fetchone()[0]
        yield Snapshot(identifier, row_counts(found), _versions(found), _codes(found))
        found.execute("ROLLBACK")


def row_counts(found: psycopg.Connection[Any]) -> dict[str, int]:
    """Rows of every table of the product."""
    names = found.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    count = sql.SQL("SELECT count(*) FROM public.{}")
    return {name: found.execute(count.format(sql.Identifier(name))).fetchone()[0] for (name,) in names}


def dump(address: str, held: Snapshot, folder: Path) -> None:
    """The snapshot as pg_dump's folder, a file a table: what did not change is the same file again."""
    command = ["pg_dump", "--format=directory", "--compress=gzip:3", f"--snapshot={held.identifier}"]
    _run([*command, f"--file={folder}"], address, "数据库没有导出")


def restore(address: str, folder: Path) -> None:
    """Bring a dump into an empty database; ends at the first error."""
    command = ["pg_restore", "--format=directory", "--jobs=2", "--exit-on-error"]
    _run(
        [*command, "--dbname=" + conninfo_to_dict(address)["dbname"], str(folder)], address, "数据库没有恢复"
    )


def counted(address: str) -> dict[str, int]:
    """Rows by table now."""
    with _connected(address) as found:
        return row_counts(found)


def end_sessions(address: str) -> None:
    """Whoever was signed in when the backup was made signs in anew: a copied cookie opens nothing."""
    with _connected(address) as found:
        found.execute("TRUNCATE django_session")


def is_empty(address: str) -> bool:
    """Whether the database holds no table of ours."""
    with _connected(address) as found:
        return not found.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()


def _versions(found: psycopg.Connection[Any]) -> list[list[Any]]:
    """The newest publication of each institution names the version of each lake table."""
    if not found.execute("SELECT to_regclass('public.facts_publication')").fetchone()[0]:
        return []
    rows = found.execute(
        """SELECT i.code, v."table", v.version, v.rows FROM facts_tableversion v
           JOIN (SELECT DISTINCT ON (institution_id) id, institution_id FROM facts_publication
                 ORDER BY institution_id, number DESC) p ON p.id = v.publication_id
           JOIN organisation_institution i ON i.id = p.institution_id ORDER BY 1, 2"""
    )
    return [list(row) for row in rows.fetchall()]


def _codes(found: psycopg.Connection[Any]) -> list[str]:
    if not found.execute("SELECT to_regclass('public.organisation_institution')").fetchone()[0]:
        return []
    return [
        code
        for (code,) in found.execute("SELECT code FROM organisation_institution ORDER BY code").fetchall()
    ]


@contextmanager
def _connected(address: str) -> Iterator[psycopg.Connection[Any]]:
    try:
        with psycopg.connect(address, autocommit=True, connect_timeout=10) as found:
            yield found
    except psycopg.OperationalError as error:
        raise DumpFailed(f"连不上数据库：{str(error).splitlines()[0]}。") from error


def _run(command: list[str], address: str, what: str) -> None:
    """One of PostgreSQL's programs; the password goes by the environment, where other accounts do not look."""
    program, *rest = command
    parts = conninfo_to_dict(address)
    names = {
        "host": "PGHOST",
        "port": "PGPORT",
        "user": "PGUSER",
        "password": "PGPASSWORD",
        "dbname": "PGDATABASE",
    }
    environment = {names[k]: str(v) for k, v in parts.items() if k in names}
    path = binaries.folder(server_account()) / program
    done = subprocess.run(
        [str(path), *rest],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )
    if done.returncode:
        # further lines (CONTEXT, DETAIL) may quote rows
        told = next((line for line in done.stderr.splitlines() if "error:" in line), "没有说明")
        raise DumpFailed(f"{what}：{told}")
