"""Carries a set-up out: options, database, institution, departments, the first accounts. May be run again when interrupted."""

from __future__ import annotations

import os
import secrets
from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import Any

from zhikong.site import frame, home, migrating
from zhikong.site.home import Explained
from zhikong.site.progress import Progress
from zhikong.site.setup import departments
from zhikong.site.setup.answers import KINDS, LEVELS, PLAIN, PROXY, TLS, Answers

OFFICE = {"code": "QUAL", "name": "质量控制科", "kind": "functional", "function": "quality_office", "beds": 0}
HISTORY = 5  # years before this one for which old data find their departments


class InitRefused(Explained):
    """What was given cannot become a hospital."""


def carry_out(answers: Answers, accounts: list[dict[str, str]], *, progress: Progress) -> dict[str, str]:
    """Make the hospital; gives the first password of each account.

    accounts: username, staff_number, name and role of each.
    """
    if home.is_demo():
        raise InitRefused("此数据目录是演示数据。正式使用请用 ZHIKONG_HOME 另设数据目录。")
    rows = departments.read(answers.departments) if answers.departments else []
    private()
    with ExitStack() as stack:
        with progress.step("启动数据库"):
            if answers.database:
                os.environ["DATABASE_URL"] = answers.database
            stack.enter_context(frame.database())
        with progress.step("建立数据库结构"):
            frame.setup_django()
            migrating.migrate()
        with progress.step("建立机构、科室和账号"):
            passwords = _seed(answers, accounts, rows)
    home.set_options(**options(answers))
    return passwords


def private() -> None:
    """Secrets and keys in folders that only we enter, made before anything is written into them."""
    for folder in (home.folder() / "secrets", home.keys_folder()):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)


def options(answers: Answers) -> dict[str, Any]:
    """What ``site.json`` keeps of the answers; a database's password is kept with its roles, not here."""
    found: dict[str, Any] = {
        "address": answers.listen,
        "port": answers.port,
        "allowed_hosts": list(answers.names),
    }
    if answers.security == TLS:
        found |= {"certificate": str(answers.certificate), "certificate_key": str(answers.certificate_key)}
    if answers.security == PROXY:
        found["trusted_proxy"] = list(answers.proxies)
    if answers.security != PLAIN:
        found["https"] = True
    if answers.backup_to:
        found["backup"] = {"to": str(answers.backup_to), "at": answers.backup_at}
    return found


def _seed(answers: Answers, accounts: list[dict[str, str]], rows: list[dict[str, Any]]) -> dict[str, str]:
    """The quality office is made when the list does not bring one: somebody must receive the work."""
    from zhikong.foundation.organisation.actions import seed_hospital

    usernames = [account["username"] for account in accounts]
    if answers.code in frame.institutions():
        return _again(answers.code, usernames)
    rows = rows if any(d["code"] == OFFICE["code"] for d in rows) else [*rows, OFFICE]
    seed_hospital(
        profile={
            "institution": _institution(answers),
            "departments": [{**row, "sort_key": row["code"], "aliases": (), "former": ()} for row in rows],
            "people": [_person(account) for account in accounts],
            "bodies": [],
            "accounts": [
                {k: a[k] for k in ("username", "staff_number", "role")} | {"department": None}
                for a in accounts
            ],
            "password": secrets.token_urlsafe(32),
        }
    )
    return _first_passwords(answers.code, usernames)


def _again(code: str, usernames: list[str]) -> dict[str, str]:
    """A set-up that was interrupted before its passwords were read is told once more; one in use is left alone."""
    from zhikong.foundation.access.models import User

    with frame.in_scope("init", code):
        known = User.objects.all()
        used = known.filter(last_login__isnull=False).exists()
        if used or set(known.values_list("username", flat=True)) != set(usernames):
            raise InitRefused(f"机构 {code} 已经建立，没有改动。启动请用 zhikong serve。")
    return _first_passwords(code, usernames)


def _institution(answers: Answers) -> dict[str, Any]:
    return {
        "code": answers.code,
        "name": answers.name,
        "level": LEVELS[answers.level],
        "kind": KINDS[answers.kind],
        "open_beds": answers.beds,
        "time_zone": answers.time_zone,
        "since": date(datetime.now(UTC).year - HISTORY, 1, 1),
    }


def _person(account: dict[str, str]) -> dict[str, Any]:
    place = {"department": OFFICE["code"], "post": "officer"}
    return {
        "staff_number": account["staff_number"],
        "name": account["name"],
        "profession": "manager",
        **place,
    }


def _first_passwords(code: str, usernames: list[str]) -> dict[str, str]:
    """A password of its own for each of the first accounts; it must be changed at the first login."""
    from zhikong.foundation.access.actions import reset_password
    from zhikong.foundation.access.models import User

    with frame.in_scope("init", code):
        return {name: reset_password(by=None, user=User.objects.get(username=name)) for name in usernames}
