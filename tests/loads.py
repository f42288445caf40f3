"""Fixtures for tests about loading: data that is really committed, written as the worker's database role."""

import contextlib
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HEADER = "病案号,住院次数,姓名,性别,年龄,入院时间,出院时间,入院科室,出院科室,离院方式,主要诊断编码,总费用"


def line(number, **changes):
    """One good row of the small front page; changes name its columns."""
    values = {
        "病案号": f"{number:08d}",
        "住院次数": "1",
        "姓名": f"王小{'甲乙丙丁'[number % 4]}",
        "性别": "男",
        "年龄": "60",
        "入院时间": "2026-09-01 08:00:00",
        "出院时间": f"2026-09-{3 + number % 20:02d} 10:30:00",
        "入院科室": "CARD",
        "出院科室": "心血管内科",
        "离院方式": "1",
        "主要诊断编码": "I21.900",
        "总费用": "1234.56",
    } | changes
    return ",".join(values[name] for name in HEADER.split(","))


def write_csv(path: Path, lines, *, encoding="utf-8", header=HEADER) -> Path:
    """A front-page file of these lines."""
    path.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
    return path


@dataclass
class LoadingHospital:
    """An institution of one test, whose data stay committed."""

    id: int
    code: str

    @property
    def scope(self):
        from zhikong.foundation.access.scope import job_scope

        return job_scope(self.id, job="tests")

    def load(self, path, mapping="front_page", **kwargs):
        from zhikong.hospital.functions.datasources import actions

        return actions.load_file(by=None, now=NOW, path=path, mapping=mapping, scope=self.scope, **kwargs)

    def rows(self, table="stays"):
        """What readers see of a table now, as dicts."""
        import pyarrow.parquet as pq

        return [
            row for path in self.files(table) for row in pq.read_table(path, partitioning=None).to_pylist()
        ]

    def files(self, table="stays"):
        from zhikong.foundation.access.scope import scoped
        from zhikong.foundation.facts import gateway

        with scoped(self.scope):
            return gateway.published().files(table)

    def data_version(self):
        from zhikong.foundation.access.scope import scoped
        from zhikong.foundation.facts import gateway

        with scoped(self.scope):
            return gateway.published().data_version

    def scoped(self):
        from zhikong.foundation.access.scope import scoped

        return scoped(self.scope)

    def problems(self, load):
        """Quarantined rows of a load as (row, column, value, message)."""
        with self.scoped():
            return list(
                load.quarantined.order_by("row", "pk").values_list("row", "label", "value", "message")
            )


@contextlib.contextmanager
def worker_role():
    """The default connection as the worker's role, outside any test transaction."""
    from django.db import connections

    from zhikong.site import connection

    one = connections["default"]
    one.close()
    before = {key: one.settings_dict[key] for key in ("USER", "PASSWORD")}
    account = connection.read()["roles"]["worker"]
    one.settings_dict.update(USER=account["user"], PASSWORD=account["password"])
    try:
        yield
    finally:
        one.close()
        one.settings_dict.update(before)


def make_institution(code, departments=(("CARD", "心血管内科", "心内科"), ("GSUR", "普通外科", "普外科"))):
    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.foundation.organisation import actions
    from zhikong.foundation.organisation.models import DepartmentAlias

    made = actions.create_institution(
        code=code, name=f"{code} 医院", level="tertiary", kind="general", open_beds=100
    )
    with scoped(job_scope(made.pk, job="tests")):
        for department_code, name, alias in departments:
            opened = actions.open_department(
                by=None, code=department_code, name=name, kind="clinical", valid_from=date(2020, 1, 1)
            )
            DepartmentAlias.objects.create(institution_id=made.pk, department=opened, alias=alias)
    return LoadingHospital(made.pk, code)


@pytest.fixture(name="loading")
def loading_hospital(django_db_setup, django_db_blocker):
    """A fresh institution with two departments; loads into it commit."""
    with django_db_blocker.unblock(), worker_role():
        yield make_institution(f"L{uuid.uuid4().hex[:8]}")
