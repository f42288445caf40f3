"""What the guides on writing content show is copied out of the page, checked as a hospital would check it, and run."""

import argparse
import dataclasses

import pytest

from tests.unit.docs.guides import files_in
from zhikong.site.commands import check_packs

PAGES = ("write-indicator", "write-rule", "write-checklist", "write-flow")


def laid_out(folder, name, **changed):
    """The pack of a page as files; changed: what a piece of its text is replaced by."""
    for path, text in files_in(name).items():
        file = folder / "ourhospital" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        for old, new in changed.get("instead", {}).items():
            text = text.replace(old, new)
        file.write_text(text, "utf-8")
    return folder / "ourhospital"


def checked(pack):
    return check_packs.run(argparse.Namespace(packs=[pack], lock=False))


@pytest.mark.parametrize("name", PAGES)
def test_the_example_of_a_page_is_in_order(name, tmp_path, capsys):
    pack = laid_out(tmp_path, name)
    assert (pack / "pack.yaml").is_file()
    assert checked(pack) == 0, capsys.readouterr()
    told = capsys.readouterr().out
    assert "问题 0 个" in told
    assert "指标定义 1 个" in told or "其他定义 1 个" in told


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("write-indicator", {'value: "50.0"': 'value: "60.0"'}),
        ("write-rule", {"01-08 21:00": "01-08 21:02"}),
        ("write-checklist", {"veto: {cap: 79}": "veto: {cap: 69}"}),
        ("write-flow", {"to: returned": "to: nowhere"}),
    ],
)
def test_an_example_that_no_longer_holds_is_found(name, instead, tmp_path, capsys):
    assert checked(laid_out(tmp_path, name, instead=instead)) == 1
    assert "处理办法" in capsys.readouterr().err


def test_the_flow_goes_the_way_that_its_page_tells(tmp_path):
    from zhikong.foundation.access.roles import ROLES
    from zhikong.foundation.flows.definition import read_file

    pack = laid_out(tmp_path, "write-flow")
    flow = read_file(
        pack / "flows" / "equipment_loan.yaml", roles_known={code: r.title for code, r in ROLES.items()}
    )
    assert dataclasses.is_dataclass(flow), flow
    ways = {(way.title, state): way.to for way in flow.transitions for state in way.sources}
    assert ways["批准借出", "asked"] == "lent"
    assert ways["验收归还", "lent"] == "returned"
    assert {state.title for state in flow.states if state.end} == {"已归还", "未批准"}
