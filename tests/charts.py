"""Charts for tests of pages and actions: a few discharged stays with documents, published for hospital A."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

from datetime import datetime

import pyarrow as pa

from zhikong.engine.tables import MONTH, TABLES, arrow_schema

AT = datetime(2026, 10, 1, 8)
LEFT = datetime(2026, 10, 9, 10)
FIRST_NOTE = "患者男，62 岁，胸痛 3 小时入院。病例特点同现病史。拟行冠脉造影。"


def stay(stay_id, **changes):
    """A stay of CARD, discharged in October 2026."""
    return {
        "stay_id": stay_id,
        "patient_key": f"P-{stay_id}",
        "institution": "A",
        "zone": "Asia/Shanghai",
        "admitted_at": AT,
        "discharged_at": LEFT,
        "admission_department": "CARD",
        "discharge_department": "CARD",
        "resident_doctor": "D001",
        "attending_doctor": "D002",
        "principal_diagnosis": "I21.900",
    } | changes


def note(stay_id, number, kind="33", *, author="D001", sections=(("病例特点", FIRST_NOTE),), at=AT):
    """A document and its sections, as rows of the two tables."""
    key = f"{stay_id}-{number}"
    document = {
        "stay_id": stay_id, "document_id": key, "type": kind, "written_at": at, "signed_at": at, "author": author,
        "author_level": "resident", "occurred_at": at,
    }  # fmt: skip
    parts = [
        {"stay_id": stay_id, "document_id": key, "seq": n, "section": name, "text": text}
        for n, (name, text) in enumerate(sections, 1)
    ]
    return document, parts


def publish(hospital, *, now, notes=(), **tables):
    """Put rows of contract tables into the lake and publish them, inside the test's transaction; all in 2026-10."""
    from zhikong.foundation.facts import lake
    from zhikong.foundation.facts.models import Publication, TableVersion

    tables |= {
        "documents": [document for document, _parts in notes],
        "document_sections": [part for _document, parts in notes for part in parts],
    }
    number = (Publication.objects.count() or 0) + 1
    published = Publication.objects.create(
        institution_id=hospital.id, number=number, data_version=f"charts{number}", published_at=now
    )
    for name, rows in tables.items():
        version = _written(lake, hospital.code, name, rows)
        TableVersion.objects.create(
            institution_id=hospital.id, publication=published, table=name, version=version, rows=len(rows)
        )


_versions: dict[tuple, int] = {}


def _written(lake, code, name, rows):
    """The lake table's version that holds these rows; the same rows are written once in a process."""
    key = (str(lake.root(code)), name, repr(rows))
    if key not in _versions:
        _versions[key] = lake.LakeTable(code, name).replace_months(["2026-10"], _reader(name, rows))
    return _versions[key]


def _reader(name, rows):
    schema = arrow_schema(name)
    if MONTH not in schema.names:
        schema = schema.append(pa.field(MONTH, pa.string()))
    full = [{column: row.get(column) for column in schema.names} | {MONTH: "2026-10"} for row in rows]
    assert all(set(row) <= {c.name for c in TABLES[name].columns} for row in rows)
    return pa.Table.from_pylist(full, schema=schema).to_reader()
