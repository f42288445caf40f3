"""``zhikong import``: one step of the wizard from a file, through the same actions as its page."""

import argparse
from datetime import date
from pathlib import Path

from zhikong.site import frame, migrating
from zhikong.site.home import Explained
from zhikong.site.progress import Progress, say

HELP = "按启用向导的步骤导入：科室、人员、委员会、目标值、两年首页、工作计划"
LISTS = {"departments": "科室与别名", "staff": "人员与岗位", "committees": "委员会与质控小组"}
STEPS = (*LISTS, "targets", "history", "plan")
TAKEN, REFUSED, LEFT_OVER = 0, 1, 2
SHOWN = 20  # rows that are listed; all are counted


class NotImported(Explained):
    """Nothing was taken; the message says why and what to do."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("step", choices=STEPS, help="哪一步")
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="文件", help="history 可以给多个首页文件和附页"
    )
    parser.add_argument(
        "--accept", action="store_true", help="名单里叫法相近的科室直接采用；人数不足的小组也登记"
    )
    parser.add_argument("--preset", help="targets：采用现成的目标值方案，如 tertiary_hospital")
    parser.add_argument(
        "--from", dest="since", metavar="2026-01", help="targets：自何月起生效，默认今年 1 月"
    )
    parser.add_argument("--mapping", help="history：映射的编号；不写则按表头认出")
    parser.add_argument("--no-compute", action="store_true", help="history：导入后先不计算指标")
    parser.add_argument("--year", type=int, help="plan：计划的年度，默认今年")
    parser.add_argument("--title", help="plan：计划的名称，默认用文件名")
    parser.add_argument("--institution", help="机构代码；只有一个机构时不必给")


def run(arguments: argparse.Namespace) -> int:
    _check(arguments)
    with frame.database():
        frame.setup_django()
        migrating.migrate()
        with Progress().step(f"导入 {arguments.step}"):
            return _carried_out(arguments)


def _check(arguments: argparse.Namespace) -> None:
    wanted = bool(arguments.files) or (arguments.step == "targets" and bool(arguments.preset))
    if not wanted:
        raise NotImported("请给出要导入的文件。")
    if arguments.step != "history" and len(arguments.files) > 1:
        raise NotImported("这一步一次导入一个文件。")
    if absent := [file.name for file in arguments.files if not file.is_file()]:
        raise NotImported(f"找不到文件：{'、'.join(absent)}。请检查路径。")


def _carried_out(arguments: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError

    from zhikong.foundation.organisation.rules import NotInOrder
    from zhikong.intake.reasons import FileRefused

    try:
        if arguments.step == "history":  # sets its scope in each of its steps, so that each commits by itself
            return _history(arguments)
        with frame.in_scope("import", arguments.institution):
            act = {"targets": _targets, "plan": _plan}.get(arguments.step, _list)
            return act(arguments)
    except FileRefused as refused:
        raise NotImported(f"{refused.message}{refused.remedy}") from refused
    except ValidationError as error:
        raise NotImported(" ".join(error.messages)) from error
    except NotInOrder as error:
        raise NotImported(str(error)) from error


def _list(arguments: argparse.Namespace) -> int:
    """Departments, staff or bodies: what needs no decision is written, the rest is named."""
    from django.utils import timezone

    from zhikong.foundation.organisation.importing import actions

    file = arguments.files[0]
    loaded = actions.load(
        by=None, now=timezone.now(), kind=arguments.step, path=file, name=file.name, accept=arguments.accept
    )
    words = {"new": "新增", "changed": "变更", "same": "未变", "left": "离岗", "held": "待定"}
    counts = "，".join(f"{words[key]} {n}" for key, n in loaded.counts.items() if key in words)
    say(f"{LISTS[arguments.step]}：{counts}。")
    for line in loaded.proposal.held[:SHOWN]:
        say(f"  {line.row} {line.who}：{line.what}")
    for one in loaded.proposal.unknown[:SHOWN]:
        likely = "、".join(name for _pk, name, _score in one.likely)
        say(f"  不认识的科室“{one.name}”（{one.rows} 行）{f'，可能是：{likely}' if likely else ''}")
    if missing := loaded.counts.get("missing"):
        say(f"  清单里没有 {missing} 个已登记的，没有改动；要办离岗或撤销请在页面上确认。")
    return LEFT_OVER if loaded.counts.get("held") or loaded.proposal.unknown else TAKEN


def _targets(arguments: argparse.Namespace) -> int:
    from django.utils import timezone

    from zhikong.hospital.functions.indicators.actions import load_preset
    from zhikong.hospital.functions.indicators.catalogue import presets_by_name
    from zhikong.hospital.overviews.starting.actions import targets

    since = _first_of(arguments.since)
    if arguments.preset:
        if arguments.preset not in presets_by_name():
            raise NotImported(f"没有这个目标值方案。可用：{'、'.join(presets_by_name())}。")
        made = load_preset(by=None, now=timezone.now(), name=arguments.preset, valid_from=since)
        say(f"已按方案设定 {len(made)} 个目标值，自 {since:%Y-%m} 起生效。")
        return TAKEN
    lines = targets.read_list(arguments.files[0])
    bad = [line for line in lines if line.problem]
    changing = targets.changing(lines, month=f"{since:%Y-%m}")
    count = targets.set_lines(by=None, now=timezone.now(), lines=changing, since=since)
    same = len(lines) - len(bad) - len(changing)
    say(f"已设定 {count} 个目标值，自 {since:%Y-%m} 起生效；{same} 个与现行相同，{len(bad)} 行没有采用。")
    for line in bad[:SHOWN]:
        say(f"  第 {line.row} 行 {line.name}：{line.problem}")
    return LEFT_OVER if bad else TAKEN


def _first_of(since: str | None) -> date:
    from django.utils import timezone

    from zhikong.hospital.functions.indicators.months import first_day, is_month

    if since is None:
        return timezone.localdate().replace(month=1, day=1)
    if not is_month(since):
        raise NotImported(f"月份要写成 2026-01 这样，而不是“{since}”。")
    return first_day(since)


def _plan(arguments: argparse.Namespace) -> int:
    """Taken in for checking: what becomes of its sentences, people decide."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.utils import timezone

    from zhikong.hospital.functions.plans.actions.reviewing import bringing

    file = arguments.files[0]
    made = bringing.bring(
        by=None,
        now=timezone.now(),
        upload=SimpleUploadedFile(file.name, file.read_bytes()),
        title=arguments.title or file.stem[:120],
        year=arguments.year or timezone.localdate().year,
        level="hospital",
    )
    say(
        f"{made.title}：{made.get_state_display()}，读出 {made.items.count()} 条；请在“工作计划”里核对后采纳。"
    )
    return TAKEN


def _history(arguments: argparse.Namespace) -> int:
    """Front pages with what came with them, one load after the other; then the figures."""
    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.hospital.overviews.starting.actions import history

    scope = job_scope(frame.institution_id(arguments.institution), job="import")
    files = {file.name: file for file in arguments.files}
    if len(files) < len(arguments.files):
        raise NotImported("有两个文件同名，请改名后再导入。")
    with scoped(scope):
        found = history.sorted_files(files, mapping=arguments.mapping or "")
    for name, reason in found.left:
        say(f"  {name}：{reason}")
    done = [_loaded(scope, delivery, files) for delivery in found.deliveries]
    if "published" in done and not arguments.no_compute:
        _compute(scope)
    if not done or all(state not in ("published", "unchanged") for state in done):
        raise NotImported("没有导入任何首页。请按上面的原因处理后再试。")
    clean = all(state in ("published", "unchanged") for state in done)
    return TAKEN if clean and not found.left and not _unknown(scope) else LEFT_OVER


def _loaded(scope, delivery, files: dict[str, Path]) -> str:
    from django.utils import timezone

    from zhikong.hospital.functions.datasources import actions

    load = actions.load_file(
        by=None,
        now=timezone.now(),
        path=files[delivery.main],
        mapping=delivery.mapping,
        companions={source: files[name] for source, name in delivery.beside.items()},
        scope=scope,
        source_name=delivery.main,
    )
    say(f"{delivery.main}（{delivery.mapping}）{load.get_state_display()}：{load.message}")
    if load.remedy:
        say(f"  处理办法：{load.remedy}")
    return load.state


def _unknown(scope) -> bool:
    """Names the departments that rows were set aside for."""
    from django.utils import timezone

    from zhikong.foundation.access.scope import scoped
    from zhikong.hospital.overviews.starting.queries import history

    with scoped(scope):
        found = [one for one in history.names(today=timezone.localdate()) if not one.known]
    for one in found[:SHOWN]:
        likely = "、".join(name for _pk, name, _score in one.likely)
        say(f"  没有人认领的科室名称“{one.text}”（{one.rows} 行）{f'，可能是：{likely}' if likely else ''}")
    return bool(found)


def _compute(scope) -> None:
    from django.utils import timezone

    from zhikong.foundation.access.scope import scoped
    from zhikong.hospital.overviews.starting.actions import first_month

    with Progress().step("计算指标"), scoped(scope):
        first_month.compute(by=None, now=timezone.now())
