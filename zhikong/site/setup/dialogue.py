"""The short dialogue of ``zhikong init``: a dozen questions, each with what it means; a wrong answer is asked again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from zhikong.site.home import Explained
from zhikong.site.setup import weak
from zhikong.site.setup.answers import KINDS, LEVELS, PLAIN, PROXY, TLS, Answers, checked

Ask = Callable[[str], str]
Say = Callable[[str], None]
CHOICES = {"1": TLS, "2": PROXY, "3": PLAIN}
USUAL_PORT = {TLS: "8443", PROXY: "8000", PLAIN: "8000"}
FILLING = {"code": "x", "name": "某某医院", "level": "三级", "beds": 1}  # stands for what was not asked yet


def hold(*, ask: Ask, say: Say) -> Answers:
    """Ask everything in order and give the answers. Raises EOFError when the input ends."""
    given: dict[str, Any] = {}

    def put(name: str, question: str, usual: str = "", as_: Callable[[str], Any] = str) -> None:
        given[name] = _asked(given, name, question, usual, as_, ask, say)

    say("回车即采用方括号里的值。")
    put("code", "机构代码（组织机构代码或登记号）")
    put("name", "医院名称")
    put("level", f"医院级别（{'、'.join(LEVELS)}）", "三级")
    put("kind", f"医院类型（{'、'.join(KINDS)}）", "综合")
    put("beds", "开放床位", as_=int)
    put("staff_number", "您（第一位管理员）的工号，也是登录名")
    put("administrator", "您的姓名")
    put("database", "医院自己的 PostgreSQL 地址（回车：用内置数据库）")
    _security(put, given, say)
    put("backup_to", "备份放在哪个文件夹（另一块盘或网络存储；回车：以后再定）", as_=_path)
    return checked({name: value for name, value in given.items() if value not in ("", None, ())})


def _security(put: Callable[..., None], given: Mapping[str, Any], say: Say) -> None:
    say("浏览器怎样连到这里：1 自有证书（https）  2 由前面的代理做 https  3 不加密，仅限受控内网")
    put("security", "请选 1、2 或 3", "1", lambda text: CHOICES.get(text, text))
    if given["security"] == TLS:
        put("certificate", "证书文件（PEM）", as_=_path)
        put("certificate_key", "私钥文件（PEM）", as_=_path)
    if given["security"] == PROXY:
        put("proxies", "代理服务器的 IP，多个用空格隔开", "127.0.0.1", _list)
    put(
        "listen",
        "监听地址（0.0.0.0 表示接受所有网卡）",
        "127.0.0.1" if given["security"] == PROXY else "0.0.0.0",
    )
    put("port", "端口", USUAL_PORT.get(given["security"], "8000"), int)
    put("names", "用户在浏览器里输入的名字或 IP，多个用空格隔开", as_=_list)


def _asked(
    given: Mapping[str, Any], name: str, question: str, usual: str, as_: Callable, ask: Ask, say: Say
) -> Any:
    while True:
        text = ask(f"{question}{f' [{usual}]' if usual else ''}：").strip() or usual
        try:
            value = as_(text) if text else ""
            _check(given, name, value)
        except ValueError:
            say(f"“{text}”应为整数。")
        except Explained as error:
            say(str(error))
        else:
            return value


def _check(given: Mapping[str, Any], name: str, value: Any) -> None:
    """As far as one answer can be judged by itself."""
    if name in ("code", "name", "beds", "staff_number", "administrator") and not value:
        raise Explained("这一项不能为空。")
    if name in ("certificate", "certificate_key"):
        _check_file(value)
    if name == "security":
        if value not in CHOICES.values():
            raise Explained("请输入 1、2 或 3。")
        return
    known = {k: v for k, v in given.items() if k != "security" and v not in ("", None)}
    answers = checked({**FILLING, **known, **({name: value} if value not in ("", None, ()) else {})})
    judged = {
        "code": lambda: weak.code(answers.code),
        "administrator": lambda: weak.administrator(answers.administrator, answers.staff_number),
        "staff_number": lambda: weak.administrator("", answers.staff_number),
        "database": lambda: weak.database(answers.database, answers.name),
        "port": lambda: weak.address(answers),
        "names": lambda: weak.address(answers),
        "proxies": lambda: weak.address(answers),
    }.get(name, lambda: iter(()))
    for reason in judged():
        raise Explained(reason)


def _check_file(value: Path | str) -> None:
    """A file of the certificate: named, there, and readable as a file."""
    if not value:
        raise Explained(
            "请写文件的完整路径，例如 /etc/zhikong/zhikong.crt；还没有证书时按 Ctrl-C，重新运行后选 2 或 3。"
        )
    if not Path(value).is_file():
        raise Explained(f"找不到文件 {value}。")


def _path(text: str) -> Path:
    return Path(text).expanduser().resolve()


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").replace("，", " ").split())
