"""``zhikong init``: the first set-up of a real hospital, by dialogue, from a file, or by switches."""

import argparse
import sys
from datetime import datetime
from pathlib import Path

from zhikong.site import home
from zhikong.site.progress import Progress, say
from zhikong.site.setup import answers as asked
from zhikong.site.setup import carrying_out, certificates, dialogue, weak
from zhikong.site.setup.answers import EXAMPLE, KINDS, LEVELS, TLS, Answers
from zhikong.site.setup.carrying_out import InitRefused
from zhikong.site.setup.departments import COLUMNS

HELP = "建立一家医院：机构、数据库、访问地址、第一位管理员（不带参数即逐项询问）"
OFFICES = {"guanli": "administrator", "zhikong": "quality_office"}  # accounts of a set-up by switches


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--answers", type=Path, metavar="回答.toml", help="从文件取全部回答，不再询问")
    parser.add_argument("--example", action="store_true", help="打印一份带说明的回答文件")
    short = parser.add_argument_group("不设管理员姓名的简短写法（两个岗位账号）")
    short.add_argument("--code", help="机构代码（组织机构代码或登记号）")
    short.add_argument("--name", help="医院名称")
    short.add_argument("--level", choices=LEVELS, help="医院级别")
    short.add_argument("--kind", default="综合", choices=KINDS, help="医院类型，默认综合")
    short.add_argument("--beds", type=int, help="开放床位")
    short.add_argument("--time-zone", default="Asia/Shanghai", help="时区，默认 Asia/Shanghai")
    short.add_argument(
        "--departments", type=Path, metavar="科室.csv", help=f"科室清单，表头：{','.join(COLUMNS)}"
    )


def run(arguments: argparse.Namespace) -> None:
    if arguments.example:
        say(EXAMPLE)
        return
    if home.is_demo():
        raise InitRefused("此数据目录是演示数据。正式使用请用 ZHIKONG_HOME 另设数据目录。")
    answers, accounts = _answers(arguments)
    for remark in _judged(answers):
        say(f"请注意：{remark}")
    passwords = carrying_out.carry_out(answers, accounts, progress=Progress(3))
    _tell(answers, accounts, passwords)


def _answers(arguments: argparse.Namespace) -> tuple[Answers, list[dict[str, str]]]:
    """From the file, from the switches, or by asking."""
    if arguments.answers:
        found = asked.from_file(arguments.answers)
        return found, [_administrator(found)]
    if arguments.code:
        return _switches(arguments), [_office(username) for username in OFFICES]
    if not sys.stdin.isatty():
        raise InitRefused(
            "没有人在屏幕前回答。请用 --answers 给出回答文件；zhikong init --example 打印写法。"
        )
    try:
        found = dialogue.hold(ask=input, say=say)
    except EOFError as error:
        raise InitRefused("没有答完，什么也没有建立。") from error
    return found, [_administrator(found)]


def _switches(arguments: argparse.Namespace) -> Answers:
    given = {
        "code": arguments.code,
        "name": arguments.name,
        "level": arguments.level,
        "kind": arguments.kind,
        "beds": arguments.beds,
        "time_zone": arguments.time_zone,
        "departments": arguments.departments,
    }
    if missing := [f"--{name}" for name in ("name", "level", "beds") if given[name] is None]:
        raise InitRefused(f"还缺 {'、'.join(missing)}。")
    return asked.checked(given)


def _judged(answers: Answers) -> list[str]:
    """Refuses what is weak; gives what should be known."""
    weak.refuse(answers)
    found = weak.warnings(answers)
    if answers.security == TLS:
        found += certificates.check(
            certificate=answers.certificate,
            key=answers.certificate_key,
            names=answers.names,
            now=datetime.now().astimezone(),
        )
    return found


def _administrator(answers: Answers) -> dict[str, str]:
    number = answers.staff_number
    return {
        "username": number,
        "staff_number": number,
        "name": answers.administrator,
        "role": "administrator",
    }


def _office(username: str) -> dict[str, str]:
    """The account's holder under a preliminary name; the administrator enters the real people."""
    role = OFFICES[username]
    return {"username": username, "staff_number": username, "name": _title(role), "role": role}


def _title(role: str) -> str:
    return {"administrator": "系统管理员", "quality_office": "质控科"}[role]


def _tell(answers: Answers, accounts: list[dict[str, str]], passwords: dict[str, str]) -> None:
    say(f"{answers.name} 已建立。第一批账号（密码只显示这一次，第一次登录时必须修改）：")
    for account in accounts:
        username = account["username"]
        say(f"  {username:<10}{passwords[username]}    {_title(account['role'])}　{account['name']}")
    say(f"数据目录：{home.folder()}　密钥目录：{home.keys_folder()}（请分开保管）")
    scheme = "https" if answers.security != asked.PLAIN else "http"
    port = "" if answers.security == asked.PROXY else f":{answers.port}"
    if answers.names:
        say(f"启动后的地址：{scheme}://{answers.names[0]}{port}/")
    say("下一步：zhikong serve，然后在浏览器里按启用向导逐步导入；有问题时运行 zhikong doctor。")
