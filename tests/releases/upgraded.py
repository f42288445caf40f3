"""Upgrades a restored hospital to the code at hand and reads its pages; says in JSON what it saw.

    python -m tests.releases.upgraded told.json    ($ZHIKONG_HOME holds its connection and lake)

A process of its own, because a process serves one data folder.
"""

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
PAGES = (
    "/",
    "/indicators/",
    "/indicators/average_length_of_stay/",
    "/indicators/average_length_of_stay/cases/?month={last_month}",
    "/indicators/months/{closed_month}/",
    "/findings/",
    "/findings/?show=all",
    "/findings/{finding}/",
    "/tasks/",
    "/notices/",
    "/datasources/",
    "/organisation/",
    "/reports/brief/{closed_month}/",
)


def main(told_file: str) -> None:
    from zhikong.site import frame, migrating

    told = json.loads(Path(told_file).read_text("utf-8"))
    frame.setup_django("command")
    from django.test.utils import setup_test_environment

    setup_test_environment()
    migrating.migrate()
    seen = {"values": stored(told), "again": computed_again(told), "next_number": raised_now()}
    more = tuple(told.get("pages", ()))  # since 0.3
    seen |= {
        "office": pages("zhikong", told, only=PAGES + more),
        "head": pages("keshi", told, only=("/findings/?show=all",)),
    }
    sys.stdout.write(json.dumps(seen, ensure_ascii=False))


def in_scope():
    from zhikong.site import frame

    return frame.in_scope("upgrade")


def stored(told: dict) -> dict:
    """Hospital values of the last month as the product reads them, with its own database role."""
    from zhikong.hospital.functions.indicators.models import IndicatorValue

    with in_scope():
        found = IndicatorValue.objects.filter(month=told["last_month"], department=None)
        return {
            v.indicator_id: [v.numerator, v.denominator, None if v.value is None else str(v.value)]
            for v in found.filter(data_version=told["data_version"])
        }


def computed_again(told: dict) -> dict:
    """Numerator and denominator from the restored lake, for definitions whose meaning is still the same."""
    from zhikong.foundation.facts import gateway
    from zhikong.hospital.functions.indicators.catalogue import definitions

    same = [d for d in definitions().values() if told["definitions"].get(d.id) == d.hash]
    months = (told["last_month"], told["last_month"])
    with in_scope():
        snapshot = gateway.published(data_version=told["data_version"])
        rows = gateway.compute(same, months=months, now=NOW, snapshot=snapshot).rows
        return {r.indicator_id: [r.numerator, r.denominator] for r in rows if r.department is None}


def raised_now() -> str:
    """Work goes on: the next finding gets the next number."""
    from zhikong.foundation.access.models import User
    from zhikong.foundation.access.queries import scope_of
    from zhikong.foundation.access.scope import scoped
    from zhikong.foundation.findings import actions
    from zhikong.foundation.findings.rules import Severity
    from zhikong.foundation.organisation.queries import resolve

    with in_scope():
        office = User.objects.get(username="zhikong")
        scope = scope_of(office, date(2026, 11, 21))
    with scoped(scope):
        made = actions.raise_finding(
            by=office,
            now=NOW,
            department=resolve(name_or_code="CARD", on=NOW.date()),
            title="升级后提出的问题",
            detail="升级之后照常工作。",
            severity=Severity.MINOR,
            source_kind="inspection",
            source_key="2026-11-upgrade",
        )
    return made.number


def pages(username: str, told: dict, only: tuple[str, ...] = PAGES) -> dict[str, list]:
    """Path -> status and text, as this user sees it."""
    from django.test import Client

    from zhikong.foundation.access.models import User
    from zhikong.foundation.findings.models import Finding

    client = Client()
    with in_scope():
        user = User.objects.get(username=username)
        finding = Finding.objects.order_by("pk").first().pk
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answers = {path: client.get(path.format(**told | {"finding": finding})) for path in only}
    return {path: [a.status_code, a.content.decode("utf-8")] for path, a in answers.items()}


if __name__ == "__main__":
    main(sys.argv[1])
