"""What every command does before its own work: a database that runs, Django, and a scope."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from zhikong.site import connection, home
from zhikong.site.home import Explained

if TYPE_CHECKING:
    from zhikong.site.supervisor import Server

DATABASE = "zhikong"


class NotSetUp(Explained):
    """The command needs what ``zhikong init`` or ``zhikong demo`` makes."""


@contextmanager
def database() -> Iterator["Server | None"]:
    """The database of this data folder, with roles made: the server of DATABASE_URL, or the embedded one.

    Gives the embedded server, or None for a server of the hospital's own. A server that runs already, because
    ``zhikong serve`` runs, is joined and left running.
    """
    from zhikong.site import supervisor

    folder = home.folder()
    url = external_url()
    if url:
        supervisor.prepare(url, database=_database_name(url), home=folder)
        yield None
    elif _keeps_external(folder):
        yield None
    else:
        with supervisor.embedded_server(folder) as server:
            supervisor.ensure_database(server, DATABASE)
            yield server


def external_url() -> str | None:
    """``$DATABASE_URL``: a server of the hospital's own."""
    return os.environ.get("DATABASE_URL") or None


def setup_django(role: str = "operator") -> None:
    """Load Django for this process, under a database role; the connection must be known by now."""
    import django

    os.environ["ZHIKONG_ROLE"] = role
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhikong.site.settings")
    django.setup()


@contextmanager
def in_scope(command: str, institution: str | None = None) -> Iterator[Any]:
    """The scope of a command, named in the audit trail: one institution as a whole, one transaction."""
    from zhikong.foundation.access.scope import job_scope, scoped

    with scoped(job_scope(institution_id(institution), job=command)) as scope:
        yield scope


def institution_id(code: str | None = None) -> int:
    """Number of the institution: the only one, or the one with this code."""
    known = institutions()
    if code is None and len(known) == 1:
        return next(iter(known.values()))
    if code in known:
        return known[code]
    if not known:
        raise NotSetUp("还没有机构。请先运行 zhikong init（正式使用）或 zhikong demo（演示）。")
    asked = f"没有代码为 {code} 的机构" if code else "有多个机构，请用 --institution 指明"
    raise NotSetUp(f"{asked}。已有：{'、'.join(known)}。")


def institutions() -> dict[str, int]:
    """Code and number of every institution; readable before there is a scope."""
    from zhikong.foundation.organisation.queries import institution_ids

    return institution_ids()


def _keeps_external(folder: Path) -> bool:
    known = connection.read(folder)
    return known is not None and not known.get("embedded")


def _database_name(url: str) -> str:
    return unquote(urlsplit(url).path.lstrip("/")) or DATABASE
