"""What a feed of database views is made of: the database, its queries, and which addresses it may not have. No ORM."""

from __future__ import annotations

import hashlib
import ipaddress
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from zhikong.intake.formats.sql import Query
from zhikong.intake.formats.sql_connections import KINDS, Database, SourceFault
from zhikong.intake.formats.sql_statements import checked, relation_named
from zhikong.intake.reasons import FileRefused

OVERLAP = 30
_PARTS = "来源 | 视图名或 SELECT 语句 | 游标列 | 回看"


def database_of(settings: Mapping[str, Any], secrets: Mapping[str, str]) -> Database:
    """The database that a feed's settings name."""
    return Database(
        kind=settings["database"],
        host=settings.get("host", ""),
        port=settings.get("port") or KINDS[settings["database"]].port,
        name=settings.get("name", ""),
        user=settings.get("user", ""),
        password=secrets.get("password", ""),
        encrypted=bool(settings.get("encrypted")),
        socket=settings.get("socket", ""),
    )


def queries_of(settings: Mapping[str, Any]) -> list[Query]:
    """The queries of a feed, in their order."""
    return [Query(**spec) for spec in settings.get("queries", ())]


def parsed_lines(text: str, kind: str) -> list[dict[str, Any]]:
    """Lines as a person writes them (`_PARTS`, one query a line) as the words of Query.

    The statement may itself contain the separator. Raises FileRefused with the line's number.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                found.append(_parsed(line.strip(), kind))
            except FileRefused as refused:
                raise FileRefused(f"第 {number} 行：{refused.message}", refused.remedy) from refused
    if not found:
        raise FileRefused("没有写要读取的视图。", f"每行一个：{_PARTS}。")
    return found


def _parsed(line: str, kind: str) -> dict[str, Any]:
    source, separator, rest = (part.strip() for part in line.partition("|"))
    if not separator or not source or not rest:
        raise FileRefused("缺少来源或视图。", f"写成：{_PARTS}。")
    what, cursor, overlap = (*(part.strip() for part in rest.rsplit("|", 2)), "", "")[:3]
    if rest.count("|") == 1:
        what, cursor, overlap = *(part.strip() for part in rest.rsplit("|", 1)), ""
    if overlap and not overlap.isdecimal():
        raise FileRefused(f"回看“{overlap[:20]}”不是整数。", "时间游标按分钟，流水号游标按个数。")
    spec: dict[str, Any] = {"source": source, "overlap": int(overlap) if overlap else OVERLAP}
    is_statement = " " in what and what.split(None, 1)[0].casefold() in ("select", "with")
    (checked if is_statement else lambda name, _kind: relation_named(name))(what, kind)
    spec["statement" if is_statement else "view"] = what
    return spec | ({"cursor": cursor} if cursor else {})


def written_lines(specs: Iterable[Mapping[str, Any]]) -> str:
    """The queries as lines again."""
    return "\n".join(
        " | ".join(
            [
                spec["source"],
                spec.get("view") or spec.get("statement", ""),
                spec.get("cursor", ""),
                str(spec.get("overlap", OVERLAP)),
            ]
        )
        for spec in specs
    )


def key_of(query: Query) -> str:
    """Under which name a query's position is kept: another view or cursor begins anew."""
    what = "\n".join((query.view, query.statement, query.cursor))
    return f"{query.source}:{hashlib.sha256(what.encode()).hexdigest()[:8]}"


# ---- where a connection may not go -----------------------------------------------------------------------------------


def refuse_address(database: Database, *, ours: Iterable[tuple[str, int]], local: bool, folder: Path) -> None:
    """Raise SourceFault for an address that no hospital's database has.

    ours: host and port of this product's own databases. local: sockets of this machine are allowed (tests).
    folder: the only place where an SQLite file may lie.
    """
    if database.kind == "sqlite":
        _refuse_file(Path(database.name), folder)
        return
    if local:
        return
    if database.socket or not database.host or database.host.startswith(("/", "@")):
        raise SourceFault("必须填写数据库服务器的地址。", "不能连接本机的套接字。", passing=False)
    found = _addresses(database.host, database.port)
    for address in found:
        if _is_nowhere(address):
            raise SourceFault(f"不允许连接地址 {address}。", "请填写数据库服务器的内网地址。", passing=False)
    for host, port in ours:
        if port == database.port and host and found & _addresses(host, port):
            raise SourceFault("这是本系统自己的数据库。", "请填写医院业务系统的数据库。", passing=False)


def _is_nowhere(address: str) -> bool:
    """Link-local (where clouds keep their credentials), multicast and unspecified addresses."""
    found = ipaddress.ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    return found.is_link_local or found.is_multicast or found.is_unspecified or found.is_reserved


def _addresses(host: str, port: int) -> set[str]:
    try:
        return {str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise SourceFault(f"找不到主机 {host[:80]}。", "请核对主机名，或直接填写 IP 地址。") from error


def _refuse_file(file: Path, folder: Path) -> None:
    whole = (folder / file).resolve()
    if not whole.is_relative_to(folder.resolve()) or not whole.is_file():
        raise SourceFault(
            f"数据文件夹的 sqlite 目录里没有文件 {file.name}。", "请把文件放到该目录。", passing=False
        )
