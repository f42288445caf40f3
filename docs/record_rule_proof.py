"""The page of how well each record rule finds what was planted in a hospital to which no rule was tuned."""

import sys
import tempfile
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.acceptance import record_proof as proof  # noqa: E402  it lies beside the tests that hold these figures
from tests.acceptance.conftest import write  # noqa: E402
from zhikong.engine.compute import Source  # noqa: E402
from zhikong.engine.record_rules.model import RuleKind  # noqa: E402

HEAD = """# 病历规则的验证：在没有为它调过规则的医院里找得全不全、准不准

本页由 `make docs` 运行得出，不是手写。仿真器按另一个种子（{seed}）和另一种医院（{profile}）造出 {stays} 次住院、{visits} 次门急诊，
并记下每一处埋下的缺陷；规则在同样的数据上判定。一行按“住院（或就诊）× 规则”计：**埋下**是应判不通过的，**找到**是其中判了不通过的，
**多报**是判了不通过、而埋下时没有记的。查全率 = 找到 ÷ 埋下，查准率 = 找到 ÷（找到 + 多报）。

时限、完整性和行规则要求两者都是 100%，由 `tests/acceptance/test_record_rules.py` 守着。已被新规则接替的规则在其有效期内的医院上另行验证。内容规则如实报告：没有埋下的缺陷
（`—`）不算查全率；多报里有的是仿真文字本身的毛病（例如模板雷同、收费与记录不符），并不都是误报。
"""
TABLE = "| 规则 | 判定 | 埋下 | 找到 | 漏 | 多报 | 查全率 | 查准率 |\n|---|---|---|---|---|---|---|---|\n"


def page() -> str:
    """The Markdown page."""
    made = proof.county(**proof.SIZE)
    names = _of_now(*proof.DETERMINISTIC), _of_now(RuleKind.TEXT)
    with tempfile.TemporaryDirectory() as folder:
        found = proof.judged(
            Source.of_files(write(made.tables, Path(folder))), [name for part in names for name in part]
        )
    ledger = proof.Ledger(made)
    told = HEAD.format(
        seed=proof.SEED,
        profile=proof.PROFILE,
        stays=made.tables["stays"].num_rows,
        visits=made.tables["visits"].num_rows,
    )
    for title, part in zip(("时限、完整性和行规则", "内容规则"), names, strict=True):
        lines = [_line(name, found, ledger) for name in part]
        fired = sum(bool(found.fails[name]) for name in part)
        told += (
            f"\n## {title}：{len(part)} 条，其中 {fired} 条在这份数据上判出不通过\n\n{TABLE}{''.join(lines)}"
        )
    return told


def _of_now(*kinds: RuleKind) -> list[str]:
    """The rules that still hold in the simulated month."""
    ends = {name: proof.rules()[name].valid.end for name in proof.chosen(*kinds)}
    return [name for name, end in ends.items() if end is None or end >= date(2026, 3, 1)]


def _line(name: str, found, ledger) -> str:
    truth, fails, counts = ledger.of(name), found.fails[name], found.counts[name]
    hits = len(truth & fails)
    recall = _share(hits, len(truth))
    precision = _share(hits, len(fails)) if truth else "—"
    judged = counts["pass"] + counts["fail"]
    return f"| {name} | {judged} | {len(truth)} | {hits} | {len(truth) - hits} | {len(fails - truth)} | {recall} | {precision} |\n"


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "—"
