"""A template for every table of the contract, and the wizard's proposal for it: each column finds its header."""

from datetime import datetime
from io import BytesIO

import openpyxl
import pyarrow.parquet as pq
import pytest

from zhikong.engine.tables import TABLES
from zhikong.intake import templates
from zhikong.intake.context import Context
from zhikong.intake.drafting import Choices, mapping_text, missing
from zhikong.intake.mappings import read_mapping
from zhikong.intake.proposing import GIVEN, likeliest, propose
from zhikong.intake.reading import read_files

CONTEXT = Context("H", "Asia/Shanghai", b"k", {"CARD": "CARD", "心内科": "CARD"}, datetime(2026, 11, 22))  # noqa: DTZ001


def header_of(table):
    book = openpyxl.load_workbook(BytesIO(templates.workbook(table)), read_only=True)
    return [cell.value for cell in next(book["数据"].iter_rows(max_row=1))]


def choices_of(table):
    proposal = propose(table, header_of(table), {}, {})
    columns = {g.column: g.header for g in proposal.guesses if g.header}
    numbers = {g.column: g.header for g in proposal.numbers if g.header}
    return Choices("own", "own", table, columns, numbers), proposal


@pytest.mark.parametrize("table", TABLES)
def test_the_template_is_recognised_column_by_column(table):
    header = header_of(table)
    assert len(header) == len(set(header))
    assert likeliest(header, {})[0][0] == table
    choices, proposal = choices_of(table)
    assert proposal.unused == ()
    assert {column: choices.columns.get(column) for column in templates.titles(table)} == templates.titles(
        table
    )
    assert missing(choices) == []


@pytest.mark.parametrize("table", TABLES)
def test_every_proposal_is_a_mapping_that_reads_its_own_template(table, tmp_path):
    from pathlib import Path

    choices, _proposal = choices_of(table)
    mapping = read_mapping(mapping_text(choices), Path("own.yaml"))
    assert set(mapping.sources["file"].pseudonyms) == {"stay_id", "patient_key"} & set(
        TABLES[table].column_names
    )
    optional = set(templates.titles(table)) | GIVEN
    assert {field.column for field in mapping.tables[0].fields} <= optional | {"seq", "days"}


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("gb18030", ","), ("utf-8-sig", "\t"), ("utf-8", ";"), ("gb18030", "\t")]
)
def test_new_tables_are_read_in_every_spelling_of_a_text_file(encoding, delimiter, tmp_path):
    from pathlib import Path

    choices, _proposal = choices_of("document_sections")
    mapping = read_mapping(mapping_text(choices), Path("own.yaml"))
    row = {"病案号": "1001", "住院次数": "1"} | dict.fromkeys(header_of("document_sections")[2:], "1")
    row[templates.titles("document_sections")["text"]] = "患者：王小明，男，因咳嗽三天入院"
    path = tmp_path / "a.txt"
    path.write_bytes(
        "\r\n".join(delimiter.join(line) for line in (row, row.values())).encode(encoding) + b"\r\n"
    )
    reading = read_files({"file": path}, mapping, CONTEXT, tmp_path, live=True)
    assert reading.problems == []
    found = pq.read_table(reading.tables["document_sections"]).to_pylist()
    assert "咳嗽三天" in found[0]["text"]
    assert "王小明" not in found[0]["text"]
