"""Choices that would hurt later are refused with the reason; those that only might are told."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterator
from pathlib import Path

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from zhikong.site import home
from zhikong.site.home import Explained
from zhikong.site.setup.answers import PLAIN, PROXY, Answers

LEAST_PASSWORD = 12
GUESSED = (
    "postgres",
    "password",
    "zhikong",
    "admin",
    "123456",
    "hospital",
    "qwerty",
    "000000",
    "111111",
    "888888",
)
IN_MEMORY = ("tmpfs", "ramfs")
STAND_INS = ("管理员", "系统管理员", "admin", "administrator", "test", "测试")


class WeakChoice(Explained):
    """A choice that is refused because of what it would lead to."""


def refuse(answers: Answers) -> None:
    """Raises WeakChoice with all reasons at once: who mends one wants to know the others too."""
    if reasons := [reason for reason in _reasons(answers) if reason]:
        raise WeakChoice(
            "".join(f"\n  · {reason}" for reason in reasons).lstrip("\n") if len(reasons) > 1 else reasons[0]
        )


def warnings(answers: Answers) -> list[str]:
    """What is allowed and should be known."""
    found = []
    if answers.security == PLAIN and not _is_loopback(answers.listen):
        found.append(
            "不加密（http）：密码和病案号在内网中明文传输，同一网段的人可以截获；通行密钥登录不可用。建议改用证书或代理。"
        )
    if answers.backup_to is None:
        found.append(
            "没有设定备份位置：盘坏了数据就没了。可随后在 site.json 写入 backup.to，或运行 zhikong backup --to。"
        )
    if not answers.names and not _is_loopback(answers.listen):
        found.append("没有写访问名称：只能用 localhost 打开，其他电脑会看到“地址不被接受”。")
    return found


def _reasons(answers: Answers) -> Iterator[str]:
    yield from data_folder(home.folder(), home.keys_folder())
    yield from code(answers.code)
    yield from administrator(answers.administrator, answers.staff_number)
    yield from database(answers.database, answers.name)
    yield from address(answers)
    if answers.backup_to is not None:
        yield from backup(answers.backup_to, home.folder(), home.keys_folder())


def data_folder(folder: Path, keys: Path) -> Iterator[str]:
    """Data on a disk that lasts, away from its keys."""
    if file_system(folder) in IN_MEMORY:
        yield f"数据目录 {folder} 在内存盘上，关机就没了。请用 ZHIKONG_HOME 指定磁盘上的目录。"
    if any((parent / "site.json").exists() for parent in folder.parents):
        yield f"数据目录 {folder} 在另一个质控数据目录之内。请另选位置。"
    if folder.is_relative_to(keys) or keys.is_relative_to(folder):
        yield f"密钥目录 {keys} 与数据目录互相包含：拿到数据的人就拿到了密钥。请用 ZHIKONG_KEYS 另设。"
    if folder.exists() and folder.stat().st_mode & 0o002:
        yield f"数据目录 {folder} 任何人都能写。请先执行：chmod o-w {folder}"


def code(given: str) -> Iterator[str]:
    """What data files carry in their institution column; a name in its place would match none of them."""
    if not (given.isascii() and any(one.isalnum() for one in given) and " " not in given.strip()):
        yield f"机构代码“{given}”应由字母和数字组成（可带短横），即病案首页里的组织机构代码或登记号，不是医院名称。"


def administrator(name: str, staff_number: str) -> Iterator[str]:
    """A person, so that the audit trail names somebody."""
    if name and name.strip().lower() in STAND_INS:
        yield f"管理员姓名“{name}”不是真人：审计记录要能对应到人。请写真实姓名。"
    if staff_number and not staff_number.isalnum():
        yield f"工号“{staff_number}”只能由字母和数字组成，它也是登录名。"


def database(address: str, hospital: str) -> Iterator[str]:
    """An account that may make roles, a password that is not guessed, a line that is not listened to."""
    if not address:
        return
    try:
        parts = conninfo_to_dict(address)
    except ProgrammingError as error:
        yield f"数据库地址看不懂：{str(error).strip()}。应形如 postgresql://账号@主机:5432/zhikong。"
        return
    host, password = str(parts.get("host") or "localhost"), str(parts.get("password") or "")
    if reason := password_reason(password, hospital, str(parts.get("user") or "")):
        yield f"数据库账号的密码{reason}。"
    if not _is_local_host(host) and parts.get("sslmode", "prefer") not in (
        "require",
        "verify-ca",
        "verify-full",
    ):
        yield f"到数据库 {host} 的连接没有要求加密。请在地址后加 ?sslmode=require（更好：verify-full）。"
    if (parts.get("dbname") or "postgres") in ("postgres", "template0", "template1"):
        yield "数据库名不能用服务器自带的 postgres 或 template。请写一个专用的名字，例如 /zhikong。"


def password_reason(password: str, *known: str) -> str:
    """Why a password is weak, as the end of a sentence; '' when it is not."""
    small = password.lower()
    if len(password) < LEAST_PASSWORD:
        return f"少于 {LEAST_PASSWORD} 位"
    if len(set(password)) < 6:
        return "只由几个字符重复而成"
    if any(word in small for word in GUESSED):
        return "含有最先被猜到的词"
    if any(len(word) >= 3 and word.lower() in small for word in known if word):
        return "含有医院名称或账号名"
    if password.isdigit():
        return "全是数字"
    return ""


def address(answers: Answers) -> Iterator[str]:
    """Where it listens and whom it believes."""
    if answers.port < 1024 and os.geteuid() != 0 and not _may_bind_low():
        yield f"端口 {answers.port} 小于 1024，需要 root 权限。请用 8443 之类的端口，或放在代理之后。"
    if answers.security == PROXY and not _is_loopback(answers.listen) and "0.0.0.0/0" in answers.proxies:
        yield "proxies 写了 0.0.0.0/0：任何人都能伪造来源地址。请只写代理服务器的地址。"
    for proxy in answers.proxies:
        try:
            if ipaddress.ip_network(proxy, strict=False).prefixlen == 0:
                yield f"代理地址 {proxy} 包括所有人，等于谁都可以伪造来源地址。请写代理服务器自己的地址。"
        except ValueError:
            yield f"代理地址“{proxy}”不是 IP 地址或网段。"
    for name in answers.names:
        if name == "*" or "/" in name or ":" in name.strip("[]").replace("::", "") or name != name.strip():
            yield f"访问名称“{name}”应为域名或 IP，不带 http://、端口和星号。"


def backup(to: Path, folder: Path, keys: Path) -> Iterator[str]:
    """Not on what they protect."""
    if to.is_relative_to(folder) or to.is_relative_to(keys):
        yield f"备份位置 {to} 在数据或密钥目录之内：盘坏了备份也没了。"


def file_system(folder: Path) -> str:
    """Type of the file system that a folder lies on or will lie on; '' when the system does not tell."""
    best, kind = "", ""
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    for line in lines:
        _, point, found, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        if folder.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, found
    return kind


def _may_bind_low() -> bool:
    try:
        lowest = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text(encoding="ascii")
    except OSError:
        return False
    return int(lowest) <= 80


def _is_local_host(host: str) -> bool:
    return host.startswith("/") or host == "localhost" or _is_loopback(host)


def _is_loopback(address: str) -> bool:
    try:
        return address == "localhost" or ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
