"""How this installation reaches its database: one JSON file with the four roles becomes DATABASES."""

import json
import os
from pathlib import Path
from typing import Any

from zhikong.site import home

FILE = "connection.json"
NOT_YET = "尚未建立数据库-请先运行-zhikong-init"


def read(folder: Path | None = None) -> dict[str, Any] | None:
    """The connection of a data folder, or None before ``zhikong init``."""
    path = (folder or home.folder()) / FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def write(folder: Path, connection: dict[str, Any]) -> None:
    """Keep the connection where only its owner reads it: it holds the four passwords."""
    home.write_private(folder / FILE, json.dumps(connection, indent=2, ensure_ascii=False))


def process_role() -> str:
    """Which role this process plays: ``web``, ``worker``, ``operator`` (a zhikong command) or ``command``."""
    return os.environ.get("ZHIKONG_ROLE", "command")


def databases() -> dict[str, dict[str, Any]]:
    """Django's DATABASES: ``default`` (app, or worker in a worker or a command), ``performance``, ``owner``.

    ``owner`` is for migrations and set-up; a web server or worker does not get it.
    """
    found = read() or _missing()
    role = process_role()
    chosen = {"default": "worker" if role in ("worker", "operator") else "app", "performance": "performance"}
    if role not in ("web", "worker"):
        chosen["owner"] = "owner"
    return {alias: _settings(found, name) for alias, name in chosen.items()}


def _settings(connection: dict[str, Any], role: str) -> dict[str, Any]:
    account = connection["roles"][role]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": connection["name"],
        "HOST": connection["host"],
        "PORT": str(connection["port"]),
        "USER": account["user"],
        "PASSWORD": account["password"],
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {
            "connect_timeout": 10,
            "application_name": f"zhikong {role}",
            **connection.get("options", {}),
        },
    }


def _missing() -> dict[str, Any]:
    """Settings that load, so that commands can explain themselves, and fail on connecting, speakingly."""
    nobody = {"user": "zhikong", "password": ""}
    roles = dict.fromkeys(("owner", "app", "worker", "performance"), nobody)
    return {"host": str(home.folder() / NOT_YET), "port": 5432, "name": "zhikong", "roles": roles}
