"""``zhikong measure``: counts measures written in the definition language over folders of FHIR resources. No database."""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from zhikong.site.home import Explained
from zhikong.site.progress import complain, say

HELP = "在 FHIR 病例上计算指标（定义语言写的指标，每个病例一个文件夹），不需要数据库"


class NotUsable(Explained):
    """A folder that is not there."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--definitions",
        nargs="+",
        action="extend",
        required=True,
        type=Path,
        metavar="文件夹",
        help="指标定义（YAML，schema: measure）和值集（FHIR ValueSet，JSON）；可以给几个文件夹",
    )
    parser.add_argument(
        "--data", required=True, type=Path, metavar="文件夹", help="病例：每个子文件夹一个病例"
    )
    parser.add_argument("--json", action="store_true", help="结果写成 JSON")


def run(arguments: argparse.Namespace) -> int:
    from zhikong.engine.measures import load_measures

    for folder in (*arguments.definitions, arguments.data):
        if not folder.is_dir():
            raise NotUsable(f"没有文件夹 {folder}。请检查路径。")
    loaded = load_measures(arguments.definitions)
    faults = [f"{p.file}:{p.line}: {p.message} 处理办法：{p.remedy}" for p in loaded.problems]
    if not loaded.measures and not faults:
        faults.append(f"{arguments.definitions[0]} 里没有指标定义。请放入 schema: measure 的 YAML 文件。")
    found = list(_counted(loaded.measures.values(), arguments.data, faults))
    if arguments.json:
        say(json.dumps({"cases": found}, ensure_ascii=False))
    else:
        _tell(found)
    for fault in faults:
        complain(fault)
    return 1 if faults else 0


def _counted(measures: Iterable, root: Path, faults: list[str]) -> Iterable[dict]:
    """The counts of every measure in every case, case by case. What cannot be read is added to `faults`."""
    from zhikong.engine.measures.counting import counts

    measures = list(measures)
    by_zone: dict[str, list] = {}
    for measure in measures:
        by_zone.setdefault(measure.zone, []).append(measure)
    for zone, together in by_zone.items():
        data = _loaded(together, zone, root, faults)
        results = [counts(measure, data, faults) for measure in together]
        for place, case in enumerate(data.cases):
            for measure, counted in zip(together, results, strict=True):
                if counted[place] is not None:
                    yield _entry(case, measure.id, counted[place])


def _entry(case: str, measure: str, counted) -> dict:
    entry = {"case": case, "measure": measure, "populations": counted.populations}
    return {**entry, "observations": counted.observations} if counted.observations else entry


def _loaded(measures: list, zone: str, root: Path, faults: list[str]):
    """The cases that can be read, with the columns that the measures need."""
    from zhikong.engine.measures.needs import needs
    from zhikong.intake.formats.fhir_cases import BadFile, cases, resources
    from zhikong.intake.formats.fhir_clinical import Flattener, Unreadable

    flattener = Flattener(zone, needs(measures))
    found = cases(root)
    if not found and measures:
        faults.append(f"{root} 里没有病例。请把每个病例的 FHIR JSON 放进一个子文件夹。")
    for case in found:
        try:
            flattener.add(case.name, resources(case))
        except BadFile as error:
            faults.append(str(error))
        except Unreadable as error:
            faults.append(f"{case.files[0].parent}：{error}请更正后再算。")
    return flattener.data


def _tell(found: list[dict]) -> None:
    for entry in found:
        numbers = "  ".join(f"{name}={count}" for name, count in entry["populations"].items())
        say(f"{entry['measure']}  {entry['case']}  {numbers}")
    say(f"共 {len(found)} 个结果。")
