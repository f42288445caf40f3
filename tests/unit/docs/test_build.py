"""The generated manuals are those that the code would print now, and the table of proofs reads the marks right."""

import ast
import importlib
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[3] / "docs"


@pytest.fixture
def module(monkeypatch):
    """module("build") → a module of the docs folder, which is no package."""
    monkeypatch.syspath_prepend(str(DOCS))
    return importlib.import_module


@pytest.mark.parametrize("name", ["data-contract.md", "definition-language.md", "dialects.md", "measures.md"])
def test_a_generated_manual_is_up_to_date(name, module):
    committed = (DOCS / "generated" / name).read_text("utf-8")
    assert committed == module("build").MANUALS[name](), "run `make docs` and commit docs/generated"


def test_the_contract_tells_every_table_column_and_code(module):
    from zhikong.engine.tables import TABLES

    text = module("manual").data_contract()
    for table in TABLES.values():
        assert f"\n## {table.name}\n" in text
        for column in (*table.columns, *table.derived):
            assert f"| `{column.name}` | {column.meaning} |" in text
            assert column.domain is None or f"\n### {column.domain.name}\n" in text


def test_the_matrix_of_dialects_tells_every_column_and_no_dialect_names_one_that_does_not_exist(module):
    from zhikong.engine.tables import TABLES

    known = {(table.name, column) for table in TABLES.values() for column in table.column_names}
    dialects = module("dialects")
    text = dialects.matrix()
    for name, carried in dialects.DIALECTS.items():
        assert set(carried()) <= known, name
        assert len(set(carried())) > 50, name
    assert text.count("\n| `") == len(known)


def test_a_bar_in_a_cell_does_not_end_it(module):
    assert list(module("manual").table(["a"], [["x|y"]])) == ["| a |", "|---|", "| x\\|y |", ""]


SOURCE = """
import pytest
pytestmark = [pytest.mark.slow, pytest.mark.proves("ORG-01")]

@pytest.mark.proves("IND-04", "IND-05")
def test_one(): ...

@pytest.mark.proves("IND-06")
class TestMany:
    @pytest.mark.proves("IND-07")
    def test_two(self): ...

@pytest.mark.parametrize("x", [1])
def test_three(x): ...
"""


def test_marks_of_modules_classes_and_functions_are_found(module):
    assert sorted(module("proofs").marks(ast.parse(SOURCE))) == [
        ("", ("ORG-01",)),
        ("::TestMany", ("IND-06",)),
        ("::test_one", ("IND-04", "IND-05")),
        ("::test_two", ("IND-07",)),
    ]


def test_a_computed_row_is_refused_because_it_would_be_invisible(module):
    tree = ast.parse("@pytest.mark.proves(*ROWS)\ndef test_one(): ...")
    with pytest.raises(ValueError, match="line 1"):
        list(module("proofs").marks(tree))


@pytest.mark.parametrize(
    ("folders", "state"),
    [
        ((), "missing"),
        (("unit",), "partial"),
        (("faults", "generative"), "partial"),
        (("unit", "pages"), "proved"),
        (("journeys",), "proved"),
        (("acceptance",), "proved"),
    ],
)
def test_a_row_is_proved_only_by_what_a_person_could_see(folders, state, module):
    proofs = module("proofs")
    assert proofs.state([proofs.Proof(folder, "test") for folder in folders]) == state


REGISTER = """
| IND-04 | core | 000-P2 L48 | 病床使用率≥92% | Bed occupancy |
| IND-04 | 病床使用率 bed occupancy | ≥92% | ↑ |
| SYS-04 | 月度指标监测与预警 | 000-P1 | B |
| T-10 | 3 days | admission |
"""


def test_the_register_is_read_with_the_first_mention_of_a_row(module):
    rows = module("proofs").register(REGISTER)
    assert [(row.id, row.priority, row.words) for row in rows.values()] == [
        ("IND-04", "core", "病床使用率≥92%"),
        ("SYS-04", "", "月度指标监测与预警"),
    ]


def test_the_table_counts_and_names_what_is_missing_and_what_is_unknown(module):
    proofs = module("proofs")
    found = {
        "IND-04": [proofs.Proof("pages", "pages/test_x.py::test_y")],
        "IND-99": [proofs.Proof("unit", "u")],
    }
    text = proofs.table(proofs.register(REGISTER), found)
    assert "1 proved, 0 partial, 1 missing of 2 rows" in text
    assert "register does not have: IND-99" in text
    assert "- further (1): SYS-04" in text
    assert "| IND-04 | core | 病床使用率≥92% | `pages/test_x.py::test_y` |" in text
