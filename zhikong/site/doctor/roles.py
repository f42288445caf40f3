"""Whether each of our four accounts may enter the database with the password that we keep. Needs no Django."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from zhikong.site import connection
from zhikong.site.doctor.finding import Finding, error, fine
from zhikong.site.supervisor.roles import ROLES

NAME = "数据库"
PATIENCE = 10  # seconds


def reachable() -> Iterator[Finding]:
    """One sentence for a server that is away; one each for accounts that it refuses."""
    known = connection.read()
    refused = {role: told for role in ROLES if (told := _refusal(known, role))}
    where = f"{known['host']}:{known['port']}"
    if len(refused) == len(ROLES) and len(set(refused.values())) == 1:
        told = next(iter(refused.values()))
        yield error(
            NAME,
            f"连不上 {where}（{told}）。",
            "请检查数据库服务是否运行、网络和防火墙；外部数据库请联系其管理员。",
        )
        return
    for role, told in refused.items():
        user = known["roles"][role]["user"]
        remedy = "请用能建角色的 DATABASE_URL 运行一次 zhikong migrate；密码在 connection.json 里。"
        yield error(NAME, f"账号 {user} 进不去（{told}）。", remedy)
    if not refused:
        yield fine(NAME, f"{where} 有应答，四个账号都能进入。")


def _refusal(known: dict[str, Any], role: str) -> str:
    """Why an account cannot enter, in the server's words; '' when it can."""
    account = known["roles"][role]
    address = make_conninfo(
        host=known["host"],
        port=known["port"],
        dbname=known["name"],
        user=account["user"],
        password=account["password"],
        **known.get("options", {}),
    )
    try:
        psycopg.connect(address, connect_timeout=PATIENCE).close()
    except psycopg.OperationalError as failed:
        last = str(failed).strip().splitlines()[-1]
        return last.replace(account["user"], "…").rpartition("FATAL:")[2].strip()
    return ""
