"""``zhikong init``: the first set-up of a real hospital."""

import argparse
import csv
import secrets
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from zhikong.site import frame, home, migrating
from zhikong.site.home import Explained
from zhikong.site.progress import Progress, say

HELP = "为一家医院建立数据库、机构、科室和第一批账号"
LEVELS = {"三级": "tertiary", "二级": "secondary", "一级": "primary"}
KINDS = {"综合": "general", "中医": "tcm", "专科": "specialty"}
CLASSES = {"临床": "clinical", "医技": "medtech", "职能": "functional"}
COLUMNS = ("代码", "名称", "类别", "床位")
OFFICE = {"code": "QUAL", "name": "质量控制科", "kind": "functional", "function": "quality_office", "beds": 0}
HISTORY = 5  # years before this one for which old data find their departments
ACCOUNTS = {"guanli": "administrator", "zhikong": "quality_office"}


class InitRefused(Explained):
    """What was given cannot become a hospital."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--code", required=True, help="机构代码（组织机构代码或登记号）")
    parser.add_argument("--name", required=True, help="医院名称")
    parser.add_argument("--level", required=True, choices=LEVELS, help="医院级别")
    parser.add_argument("--kind", default="综合", choices=KINDS, help="医院类型，默认综合")
    parser.add_argument("--beds", required=True, type=int, help="开放床位")
    parser.add_argument("--time-zone", default="Asia/Shanghai", help="时区，默认 Asia/Shanghai")
    parser.add_argument(
        "--departments", type=Path, metavar="科室.csv", help=f"科室清单，表头：{','.join(COLUMNS)}"
    )


def run(arguments: argparse.Namespace) -> None:
    departments = read_departments(arguments.departments) if arguments.departments else []
    if home.is_demo():
        raise InitRefused("此数据目录是演示数据。正式使用请用 ZHIKONG_HOME 另设数据目录。")
    progress = Progress(3)
    with ExitStack() as stack:
        with progress.step("启动数据库"):
            stack.enter_context(frame.database())
        with progress.step("建立数据库结构"):
            frame.setup_django()
            migrating.migrate()
        with progress.step("建立机构、科室和账号"):
            passwords = _seed(arguments, departments)
    say(f"{arguments.name} 已建立。第一批账号（密码只显示这一次，请登录后修改）：")
    for username, role in ACCOUNTS.items():
        say(f"  {username:<10}{passwords[username]}    {_title(role)}")
    say("下一步：zhikong serve")


def read_departments(path: Path) -> list[dict[str, Any]]:
    """Departments of a CSV file (UTF-8, header as in COLUMNS); refuses a line that is not clear, with its number."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            if missing := [name for name in COLUMNS if name not in (table.fieldnames or ())]:
                raise InitRefused(f"{path} 缺少列：{'、'.join(missing)}。表头应为：{','.join(COLUMNS)}。")
            return [_department(row, f"{path} 第 {table.line_num} 行") for row in table]
    except (OSError, UnicodeDecodeError) as error:
        raise InitRefused(f"读不了 {path}：{error}。文件应为 UTF-8 编码的 CSV。") from error


def _department(row: dict[str, str], place: str) -> dict[str, Any]:
    code, name, kind, beds = ((row[column] or "").strip() for column in COLUMNS)
    if not code or not name:
        raise InitRefused(f"{place}：代码和名称不能为空。")
    if kind not in CLASSES:
        raise InitRefused(f"{place}：类别“{kind}”应为 {'、'.join(CLASSES)} 之一。")
    if not (beds or "0").isdigit():
        raise InitRefused(f"{place}：床位“{beds}”应为整数。")
    return {"code": code, "name": name, "kind": CLASSES[kind], "function": "", "beds": int(beds or 0)}


def _seed(arguments: argparse.Namespace, departments: list[dict[str, Any]]) -> dict[str, str]:
    """The quality office is made when the list does not bring one: somebody must receive the work."""
    from zhikong.foundation.organisation.actions import seed_hospital

    if arguments.code in frame.institutions():
        raise InitRefused(f"机构 {arguments.code} 已经建立，没有改动。启动请用 zhikong serve。")
    rows = departments if any(d["code"] == OFFICE["code"] for d in departments) else [*departments, OFFICE]
    seed_hospital(
        profile={
            "institution": {
                "code": arguments.code,
                "name": arguments.name,
                "level": LEVELS[arguments.level],
                "kind": KINDS[arguments.kind],
                "open_beds": arguments.beds,
                "time_zone": arguments.time_zone,
                "since": date(datetime.now(UTC).year - HISTORY, 1, 1),
            },
            "departments": [{**row, "sort_key": row["code"], "aliases": (), "former": ()} for row in rows],
            "people": [_person(username, role) for username, role in ACCOUNTS.items()],
            "bodies": [],
            "accounts": [
                {"username": name, "staff_number": name, "role": role, "department": None}
                for name, role in ACCOUNTS.items()
            ],
            "password": secrets.token_urlsafe(32),
        }
    )
    return _first_passwords(arguments.code)


def _person(username: str, role: str) -> dict[str, Any]:
    """The account's holder under a preliminary name; the administrator enters the real people."""
    place = {"department": OFFICE["code"], "post": "officer"}
    return {"staff_number": username, "name": _title(role), "profession": "manager", **place}


def _title(role: str) -> str:
    from zhikong.foundation.access.roles import ROLES

    return ROLES[role].title


def _first_passwords(code: str) -> dict[str, str]:
    """A password of its own for each of the first accounts."""
    from zhikong.foundation.access.actions import reset_password
    from zhikong.foundation.access.models import User

    with frame.in_scope("init", code):
        return {name: reset_password(by=None, user=User.objects.get(username=name)) for name in ACCOUNTS}
