"""One small measure over FHIR patients, beside npm `cql-execution`: patients a CPU second, and the same counts.

    python benchmarks/fhir_measure.py [--patients 20000] [--peer-patients 4000] [--cache DIR] [--json FILE]

The measure: inpatient encounters of adults with acute myocardial infarction; numerator: longer than 240 hours, or died.
Every patient is a Bundle of one Patient, three Encounters and three Conditions (about 2 KB of JSON). Ours is timed twice:
from the JSON text (parsed, flattened to columns, counted), and from the columns. The peer is npm cql-execution with
cql-exec-fhir, whose ELM is written by hand (fhir_measure_elm.json) because its CQL translator is a Java program; its
JSON is already parsed and its bundles are loaded outside the timed part, which flatters it. Packages are installed into
the cache folder on the first run; without npm the benchmark fails.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from table import Row, show, write

from zhikong.engine.backends.base import Limits
from zhikong.engine.backends.sets_duckdb import columnar
from zhikong.engine.measures import Measure, load_measures
from zhikong.engine.measures.counting import columns
from zhikong.engine.measures.needs import needs
from zhikong.intake.formats.fhir_clinical import Flattener

HERE = Path(__file__).resolve().parent
PACKAGES = ("cql-execution@3.3.2", "cql-exec-fhir@2.2.0")
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
AMI = ("I21.0", "I21.1", "I21.2", "I21.3", "I21.4", "I21.9")
OTHER = ("I10", "E11.9", "J18.9", "N17.9", "I50.9", "K92.2")
GOALS = {"whole": 20.0, "columns": 1000.0}  # times the peer's patients a CPU second
DEFINITION = """
schema: measure
id: ami_long_or_died
period: {start: 2020-01-01, end: 2030-12-31}
rows: ami_stays
sets:
  ami_stays:
    from: encounters
    where: >-
      has_code(class, 'http://terminology.hl7.org/CodeSystem/v3-ActCode|IMP')
      and years_between(patient.birth_date, date(started_at)) >= 18
      and any(conditions, encounter_id = ami_stays.id and in_valueset(code, 'AMI'))
populations:
  initial-population: {}
  denominator: {of: initial-population}
  numerator:
    of: denominator
    where: >-
      hours_between(started_at, ended_at) > 240
      or has_code(discharge_disposition, 'http://terminology.hl7.org/CodeSystem/discharge-disposition|exp')
"""


# ---- the patients ----------------------------------------------------------------------------------------------------


def bundle(number: int, chance: random.Random) -> dict:
    """One patient as a Bundle."""
    patient = f"p{number}"
    born = f"{chance.randint(1930, 2015)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
    found = [{"resourceType": "Patient", "id": patient, "gender": "male", "birthDate": born}]
    for place in range(3):
        encounter = f"{patient}-e{place}"
        found.append(_encounter(encounter, patient, place, chance))
        found.append(
            {
                "resourceType": "Condition",
                "id": f"{patient}-c{place}",
                "clinicalStatus": {
                    "coding": [
                        {
                            "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
                            "code": "active",
                        }
                    ]
                },
                "code": {"coding": [{"system": ICD, "code": chance.choice((*AMI, *OTHER)), "display": "…"}]},
                "subject": {"reference": f"Patient/{patient}"},
                "encounter": {"reference": f"Encounter/{encounter}"},
            }
        )
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": one} for one in found]}


def _encounter(name: str, patient: str, place: int, chance: random.Random) -> dict:
    day, days = chance.randint(1, 20), chance.randint(0, 18)
    month = 3 * place + chance.randint(1, 2)
    start = f"2025-{month:02d}-{day:02d}T{chance.randint(0, 23):02d}:{chance.randint(0, 59):02d}:00.000Z"
    total = day + days
    end_month, end_day = (month, total) if total <= 28 else (month + 1, total - 28)
    end = f"2025-{end_month:02d}-{end_day:02d}T23:{chance.randint(0, 59):02d}:30.000Z"
    died = "exp" if chance.random() < 0.1 else "home"
    system = "http://terminology.hl7.org/CodeSystem/discharge-disposition"
    return {
        "resourceType": "Encounter",
        "id": name,
        "status": "finished",
        "class": {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code": chance.choice(("IMP", "IMP", "EMER")),
        },
        "type": [{"coding": [{"system": "http://snomed.info/sct", "code": "32485007"}]}],
        "subject": {"reference": f"Patient/{patient}"},
        "period": {"start": start, "end": end},
        "hospitalization": {"dischargeDisposition": {"coding": [{"system": system, "code": died}]}},
    }


def definitions(folder: Path) -> Measure:
    """The measure and its value set, written down and loaded as a hospital would have them."""
    value_set = {
        "resourceType": "ValueSet",
        "url": "http://example.org/ami",
        "title": "AMI",
        "compose": {"include": [{"system": ICD, "concept": [{"code": code} for code in AMI]}]},
    }
    (folder / "ami.json").write_text(json.dumps(value_set), "utf-8")
    (folder / "ami.yaml").write_text(DEFINITION, "utf-8")
    loaded = load_measures([folder])
    if loaded.problems:
        raise SystemExit("\n".join(map(str, loaded.problems)))
    return loaded.measures["ami_long_or_died"]


# ---- ours ------------------------------------------------------------------------------------------------------------


def flattened(lines: list[bytes], measure: Measure) -> Flattener:
    """JSON text → columns, one case for each line."""
    flattener = Flattener("UTC", needs([measure]))
    for line in lines:
        content = orjson.loads(line)
        resources = [entry["resource"] for entry in content["entry"]]
        flattener.add(resources[0]["id"], resources)
    return flattener


def summed(counted: pa.Table) -> dict[str, int]:
    return {name: pc.sum(counted[name]).as_py() for name in ("denominator", "numerator")}


def ours(lines: list[bytes], measure: Measure, rounds: int) -> tuple[dict[str, int], float, float]:
    """Counts, CPU seconds from the text, CPU seconds from the columns (medians)."""
    whole, bare = [], []
    for _ in range(rounds):
        begun = time.process_time()
        data = columnar(flattened(lines, measure).data, needs([measure]))
        between = time.process_time()
        found = columns(measure, data, Limits(threads=1))
        ended = time.process_time()
        whole.append(ended - begun)
        bare.append(ended - between)
    return summed(found), median(whole), median(bare)


# ---- the peer --------------------------------------------------------------------------------------------------------


def installed(cache: Path) -> Path:
    """The folder with the peer's packages; installed there when they are missing."""
    if shutil.which("npm") is None:
        raise SystemExit("npm is missing: the peer cannot be run")
    if not (cache / "node_modules" / "cql-exec-fhir").is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        (cache / "package.json").write_text('{"name": "peer", "private": true}', "utf-8")
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", *PACKAGES]
        subprocess.run(command, cwd=cache, check=True)
    return cache


def peer(lines: list[bytes], cache: Path) -> tuple[dict[str, int], float]:
    """Counts and CPU seconds of executing the measure; loading the bundles is not in them."""
    with tempfile.NamedTemporaryFile(suffix=".ndjson") as file:
        file.write(b"\n".join(lines))
        file.flush()
        environment = {**os.environ, "NODE_PATH": str(installed(cache) / "node_modules")}
        script = [str(HERE / "fhir_measure_peer.cjs"), str(HERE / "fhir_measure_elm.json"), file.name, *AMI]
        done = subprocess.run(["node", *script], env=environment, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    return {"denominator": told["denominator"], "numerator": told["numerator"]}, told["cpu"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--patients", type=int, default=20_000)
    parser.add_argument("--peer-patients", type=int, default=4_000, help="the first so many, for the peer")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "zhikong-benchmarks" / "cql")
    parser.add_argument("--json", type=Path, help="write the rows of the common table here")
    chosen = parser.parse_args()
    chance = random.Random(20261122)
    lines = [orjson.dumps(bundle(number, chance)) for number in range(chosen.patients)]
    some = lines[: chosen.peer_patients]
    with tempfile.TemporaryDirectory() as folder:
        measure = definitions(Path(folder))
    theirs, seconds = peer(some, chosen.cache)
    own, _, _ = ours(some, measure, 1)
    if own != theirs:
        raise SystemExit(f"different counts: ours {own}, peer {theirs}")
    counts, whole, bare = ours(lines, measure, chosen.rounds)
    print(f"{len(lines)} patients: {counts}; first {len(some)}: {own}, the peer the same")
    report(chosen, len(some) / seconds, len(lines) / whole, len(lines) / bare)


def report(chosen: argparse.Namespace, theirs: float, whole: float, bare: float) -> None:
    """Ratios as shares of the goal: at most 1 is met."""
    note = f"{chosen.patients} patients; cql-execution 3.3.2 + cql-exec-fhir 2.2.0"
    rows = [
        Row("measure: cql-execution", theirs, "patients/CPU s", note="JSON parsed, bundles loaded before"),
        Row(
            "measure: from JSON text",
            whole,
            "patients/CPU s",
            note=f"{whole / theirs:.0f} × the peer (goal 20)",
        ),
        Row(
            "measure: from columns",
            bare,
            "patients/CPU s",
            note=f"{bare / theirs:.0f} × the peer (goal 1000)",
        ),
        Row("measure: 20 × peer, JSON", GOALS["whole"] * theirs / whole, "×", 1.0, note),
        Row("measure: 1000 × peer, columns", GOALS["columns"] * theirs / bare, "×", 1.0, note),
    ]
    print(show(rows))
    if chosen.json:
        write(chosen.json, rows)


if __name__ == "__main__":
    main()
