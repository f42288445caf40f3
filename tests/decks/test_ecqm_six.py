"""Six eCQMs in the language of definitions: the counts of all 693 public test patients are the expected ones.

The patients, their expected reports and the value sets are read from $ZHIKONG_REFERENCE/ecqm/ecqm-six.tar.gz (CC0);
the measures are the files beside this one.
"""

import json
import tarfile
from functools import cache
from pathlib import Path

import pytest

from zhikong.cli import main
from zhikong.engine.backends.sets_duckdb import columnar
from zhikong.engine.measures import load_measures
from zhikong.engine.measures.counting import judge, tally
from zhikong.engine.measures.needs import needs
from zhikong.intake.formats.fhir_cases import cases, resources
from zhikong.intake.formats.fhir_clinical import Flattener

DEFINITIONS = Path(__file__).parent / "measures"
PATIENTS = {
    "CMS1017HHFIFHIR": 40,
    "CMS104FHIRSTKDCAntithrombotic": 82,
    "CMS108VTEProphylaxisFHIR": 136,
    "CMS190VTEProphylaxisICUFHIR": 120,
    "CMS334FHIRPCCesareanBirth": 136,
    "CMS72FHIRSTKAntithromboticDay2": 179,
}
ARCHIVE = "ecqm/ecqm-six.tar.gz"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """unpacked(archive) → the folder in it; unpacked once."""

    @cache
    def unpack(archive):
        folder = tmp_path_factory.mktemp("ecqm")
        with tarfile.open(archive) as file:
            file.extractall(folder, filter="data")
        return next(folder.glob("*/cases")).parent

    return unpack


@cache
def measures(folder):
    loaded = load_measures([DEFINITIONS, folder / "valuesets", folder / "valuesets-substitute"])
    assert [str(problem) for problem in loaded.problems] == []
    return loaded.measures


def expected(case):
    """The counts of the patient's report; observed values are no population."""
    report = json.loads(next(f for f in case.files if f.name.startswith("MeasureReport")).read_bytes())
    found = [(p["code"]["coding"][0]["code"], p["count"]) for p in report["group"][0]["population"]]
    return {name: count for name, count in found if "observation" not in name}


@pytest.mark.parametrize("measure", PATIENTS)
def test_every_patient_counts_as_expected(measure, oracle, unpacked):
    folder = unpacked(oracle(ARCHIVE))
    definition, found = measures(folder)[measure], cases(folder / "cases" / measure)
    flattener = Flattener(definition.zone, needs([definition]))
    for case in found:
        flattener.add(case.name, resources(case))
    wanted = {case.name: expected(case) for case in found}
    assert len(wanted) == PATIENTS[measure]
    for counted in (
        judge(definition, flattener.data),
        tally(definition, columnar(flattener.data, needs([definition]))),
    ):
        assert dict(zip(flattener.data.cases, [c.populations for c in counted], strict=True)) == wanted


def test_the_command_applies_every_definition_to_every_case(oracle, unpacked, capsys):
    folder = unpacked(oracle(ARCHIVE))
    data = folder / "cases" / "CMS1017HHFIFHIR"
    sets = [str(folder / name) for name in ("valuesets", "valuesets-substitute")]
    code = main(["measure", "--definitions", str(DEFINITIONS), *sets, "--data", str(data), "--json"])
    found = json.loads(capsys.readouterr().out)["cases"]
    assert code == 0
    assert len(found) == PATIENTS["CMS1017HHFIFHIR"] * len(PATIENTS)
    for case in cases(data):
        own = [f for f in found if f["case"] == case.name and f["measure"] == "CMS1017HHFIFHIR"]
        assert [one["populations"] for one in own] == [expected(case)]


def test_the_example_of_the_guide_can_be_counted(oracle, unpacked, tmp_path, capsys):
    folder = unpacked(oracle(ARCHIVE))
    guide = (Path(__file__).parents[2] / "docs" / "guide" / "measure.md").read_text("utf-8")
    (tmp_path / "guide.yaml").write_text(guide.split("```yaml\n")[1].split("```")[0], "utf-8")
    given = [str(tmp_path), str(folder / "valuesets")]
    data = str(folder / "cases" / "CMS104FHIRSTKDCAntithrombotic")
    assert main(["measure", "--definitions", *given, "--data", data, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["cases"]
    assert len(found) == PATIENTS["CMS104FHIRSTKDCAntithrombotic"]
    assert {one["populations"]["numerator"] for one in found} >= {0, 1}
