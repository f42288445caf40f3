"""Files of FHIR resources as rows of text: every form of delivery, and nothing lost on the way."""

# ruff: noqa: DTZ001  facts carry the local wall time without a zone

import gzip
import json
import zipfile
from datetime import datetime

import pyarrow.parquet as pq
import pytest

from zhikong.intake.context import Context
from zhikong.intake.mappings import parse_mapping
from zhikong.intake.reasons import FileRefused
from zhikong.intake.staging import ROW, stage

CONTEXT = Context("H", "Asia/Shanghai", b"key", {}, datetime(2026, 11, 22))


def mapping(**encounters):
    """A mapping of encounters and conditions; further words go to the source of encounters."""
    keys = {"stay_id": {"kind": "stay", "of": ["id"]}}
    return parse_mapping(
        {
            "id": "x",
            "name": "x",
            "main": "encounters",
            "sources": {
                "encounters": {"format": "fhir", "resource": "Encounter", "pseudonyms": keys, **encounters},
                "conditions": {"format": "fhir", "resource": "Condition"},
            },
            "tables": {
                "transfers": {
                    "from": "encounters",
                    "columns": {
                        "stay_id": "stay_id",
                        "seq": "#",
                        "to_department": "class.code",
                        "at": "period.start",
                    },
                },
                "diagnoses": {
                    "from": "conditions",
                    "columns": {
                        "stay_id": "subject.reference|id",
                        "kind": "id",
                        "seq": "#",
                        "code": "code.text",
                    },
                },
            },
        }
    )


def encounter(number, code="IMP", **more):
    return {"resourceType": "Encounter", "id": number, "class": {"code": code}, **more}


def lines(*values):
    return "".join((v if isinstance(v, str) else json.dumps(v)) + "\n" for v in values).encode()


def staged(path, tmp_path, source="encounters", **words):
    """(rows as (number, class code), problems as (reason, row), what was left out, notes) of one source."""
    made = mapping(**words)
    folder = tmp_path / "out"
    folder.mkdir(exist_ok=True)
    result = stage(made.sources[source], path, made, CONTEXT, folder)
    rows = pq.read_table(result.path).to_pylist()
    problems = [(p.reason, p.row) for p in result.problems]
    return (
        [(r[ROW], r.get("class.code") or r.get("code.text")) for r in rows],
        problems,
        result.left,
        result.notes,
    )


def bundle(*resources, kind="collection"):
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": r} for r in resources]}


GOOD = [
    encounter("1"),
    {"resourceType": "Condition", "id": "c", "code": {"text": "肺炎"}},
    encounter("2", "EMER"),
]


def test_the_same_resources_in_every_form_of_delivery(tmp_path):
    (tmp_path / "mixed.ndjson").write_bytes(lines(*GOOD))
    (tmp_path / "mixed.ndjson.gz").write_bytes(gzip.compress(lines(*GOOD)))
    (tmp_path / "no-suffix").write_bytes(lines(*GOOD))
    (tmp_path / "bundle.json").write_text(json.dumps(bundle(*GOOD), indent=1))
    (tmp_path / "bundle").write_text(json.dumps(bundle(*GOOD)))
    folder = tmp_path / "folder"
    folder.mkdir()
    for place, resource in enumerate(GOOD):
        (folder / f"{place}.json").write_text(json.dumps(resource))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("a/Encounter.1.ndjson", lines(GOOD[0]))
        archive.writestr("a/Encounter.2.ndjson.gz", gzip.compress(b"\n" + lines(GOOD[2])))
        archive.writestr("a/Condition.ndjson", lines(GOOD[1]))
    for name in (
        "mixed.ndjson",
        "mixed.ndjson.gz",
        "no-suffix",
        "bundle.json",
        "bundle",
        "folder",
        "all.zip",
    ):
        rows, problems, left, _ = staged(tmp_path / name, tmp_path)
        assert rows == [(1, "IMP"), (3, "EMER")], name
        assert (problems, left) == ([], {})
        assert [text for _, text in staged(tmp_path / name, tmp_path, "conditions")[0]] == ["肺炎"]


def test_bad_lines_are_named_with_their_row_and_the_rest_is_read(tmp_path):
    path = tmp_path / "Encounter.ndjson"
    path.write_bytes(
        b"\xef\xbb\xbf"
        + lines(
            encounter("1"), "{broken", "[]", encounter("2"), '{"resourceType":"Encounter","length":NaN}', ""
        )
        + b'\xff\xfe{"resourceType":"Encounter"}\n'
        + lines(encounter("3"))
    )
    rows, problems, _, _ = staged(path, tmp_path)
    assert [row for row, _ in rows] == [1, 4, 8]
    assert problems == [("unreadable_row", n) for n in (2, 3, 5, 7)]


def test_a_type_that_does_not_belong_into_its_file_is_a_fault_and_one_without_source_is_listed(tmp_path):
    folder = tmp_path / "bulk"
    folder.mkdir()
    (folder / "Encounter.ndjson").write_bytes(lines(encounter("1"), GOOD[1]))
    (folder / "other.ndjson").write_bytes(
        lines({"resourceType": "Basic"}, {"resourceType": "Basic"}, encounter("2"))
    )
    rows, problems, left, notes = staged(folder, tmp_path)
    assert rows == [(1, "IMP"), (5, "IMP")]
    assert problems == [("wrong_resource", 2)]
    assert left == {"Basic 资源：映射没有接收它的来源": [3, 4]}
    assert notes == [
        "encounters 的行号按文件顺序连续编号：Encounter.ndjson 从第 1 行起；other.ndjson 从第 3 行起。"
    ]
    assert staged(folder, tmp_path, "conditions")[1] == []


def test_of_several_versions_the_newest_counts(tmp_path):
    path = tmp_path / "Encounter.ndjson"
    old, new = {"lastUpdated": "2026-01-01T00:00:00Z"}, {"lastUpdated": "2026-01-01T08:00:01+08:00"}
    path.write_bytes(
        lines(
            encounter("a", "v1", meta=old),
            encounter("a", "v2", meta=new),
            encounter("b", "v2", meta=new),
            encounter("b", "v1", meta=old),
            encounter("c", "v9", meta=old | {"versionId": "9"}),
            encounter("c", "v10", meta=old | {"versionId": "10"}),
            encounter("d", "first"),
            encounter("d", "again"),
        )
    )
    rows, problems, _, _ = staged(path, tmp_path)
    assert rows == [(2, "v2"), (3, "v2"), (6, "v10"), (7, "first")]
    assert problems == [("superseded", 1), ("superseded", 4), ("superseded", 5), ("duplicate", 8)]


def test_what_was_entered_in_error_or_deleted_takes_older_versions_with_it(tmp_path):
    path = tmp_path / "bundle.json"
    made = bundle(encounter("a"), encounter("b"), encounter("b", status="entered-in-error"), encounter("c"))
    made["entry"].append({"request": {"method": "DELETE", "url": "Encounter/a"}})
    path.write_text(json.dumps(made))
    rows, problems, _, _ = staged(path, tmp_path)
    assert rows == [(4, "IMP")]
    assert problems == [("withdrawn", n) for n in (1, 2, 3, 5)]


def test_an_entry_of_a_transaction_is_known_by_its_full_url(tmp_path):
    path = tmp_path / "bundle.json"
    made = {"resourceType": "Bundle", "type": "transaction", "entry": []}
    for number, url in (("same", "urn:uuid:1"), ("same", "urn:uuid:2")):
        request = {"method": "POST", "url": "Encounter"}
        made["entry"].append({"fullUrl": url, "resource": encounter(number), "request": request})
    made["entry"] += [{"search": {"mode": "match"}}, 7]
    path.write_text(json.dumps(made))
    rows, problems, _, _ = staged(path, tmp_path)
    assert [row for row, _ in rows] == [1, 2]
    assert problems == [("no_resource", 3), ("unreadable_row", 4)]


def test_each_gives_a_row_for_every_element_with_its_number(tmp_path):
    path = tmp_path / "Encounter.ndjson"
    several = [{"code": "x"}, {"code": "y"}]
    path.write_bytes(lines(encounter("1") | {"class": several}, {"resourceType": "Encounter", "id": "2"}))
    made = mapping(each="class")
    (tmp_path / "out").mkdir()
    result = stage(made.sources["encounters"], path, made, CONTEXT, tmp_path / "out")
    rows = pq.read_table(result.path).to_pylist()
    assert [(r[ROW], r["#"], r["class.code"]) for r in rows] == [(1, "1", "x"), (1, "2", "y")]


def test_what_the_contract_does_not_hold_is_left_out_with_its_reason_and_rows(tmp_path):
    path = tmp_path / "Encounter.ndjson"
    path.write_bytes(
        lines(encounter("1"), encounter("2", "EMER"), encounter("3", status="planned"), encounter("4", "X"))
    )
    rules = [
        {"where": {"status": ["planned", "cancelled"]}, "because": "尚未发生"},
        {"unless": {"class.code": "IMP"}, "because": "不是住院"},
    ]
    rows, problems, left, _ = staged(path, tmp_path, leave_out=rules)
    assert rows == [(1, "IMP")]
    assert problems == []
    assert left == {"不是住院": [2, 4], "尚未发生": [3]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.json", json.dumps(bundle(*GOOD))[:-30].encode()),
        ("cut.ndjson.gz", gzip.compress(lines(*GOOD))[:-9]),
        ("list.json", b"[1]"),
        ("broken.zip", b"PK\x03\x04 nothing"),
    ],
)
def test_a_file_that_is_cut_off_is_refused_as_a_whole(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(FileRefused):
        staged(tmp_path / name, tmp_path)


def test_a_large_bundle_is_streamed(tmp_path):
    """Beyond four megabytes a Bundle is no longer read at once."""
    many = [encounter(str(n), note="x" * 900) for n in range(6000)]
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle(*many, GOOD[1])))
    assert path.stat().st_size > 5 << 20
    rows, problems, _, _ = staged(path, tmp_path)
    assert [row for row, _ in rows] == list(range(1, 6001))
    assert problems == []
    path.write_text(path.read_text()[:-40])
    with pytest.raises(FileRefused, match="不完整"):
        staged(path, tmp_path)


def test_a_path_that_is_none_is_refused_before_anything_is_read(tmp_path):
    path = tmp_path / "Encounter.ndjson"
    path.write_bytes(lines(encounter("1")))
    with pytest.raises(FileRefused, match="看不懂"):
        staged(path, tmp_path, pseudonyms={"stay_id": {"kind": "stay", "of": ["id..x"]}})
