"""What ``zhikong init`` has to know, as data: from a file, from the dialogue, or from switches."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from zhikong.site.home import Explained

LEVELS = {"三级": "tertiary", "二级": "secondary", "一级": "primary"}
KINDS = {"综合": "general", "中医": "tcm", "专科": "specialty"}
TLS, PROXY, PLAIN = "own-certificate", "proxy", "none"
SECURITY = (TLS, PROXY, PLAIN)
MOST_BEDS = 20_000

EXAMPLE = """\
# zhikong init --answers 本文件。以 # 开头的行是说明；不需要的项可以删去。

[institution]
code = "12345678-9"            # 组织机构代码或登记号
name = "某某市人民医院"
level = "三级"                  # 三级、二级、一级
kind = "综合"                   # 综合、中医、专科
beds = 800                     # 开放床位
time_zone = "Asia/Shanghai"
# departments = "科室.csv"      # 可以以后在启用向导里导入

[database]
# 不写 address 即用内置数据库（推荐）。用医院自己的 PostgreSQL（15 或更新）时，密码放在单独的文件里，权限 600：
# address = "postgresql://zhikong_setup@10.0.0.8:5432/zhikong?sslmode=require"
# password_file = "/etc/zhikong/database.password"

[address]
listen = "0.0.0.0"             # 监听地址；在代理之后用 127.0.0.1
port = 8443
names = ["zhikong.hospital.lan"]   # 用户在浏览器里输入的名字或 IP
security = "own-certificate"   # own-certificate：自有证书；proxy：由前面的代理做 https；none：不加密（仅限受控内网）
certificate = "/etc/zhikong/zhikong.crt"
certificate_key = "/etc/zhikong/zhikong.key"
# proxies = ["10.0.0.5"]       # security = "proxy" 时，只信任这些代理转来的地址

[administrator]
staff_number = "0001"          # 工号，也是登录名
name = "张三"                   # 真实姓名

[backup]
to = "/mnt/backup/zhikong"     # 另一块盘或网络存储
at = "02:30"
"""


class AnswersRefused(Explained):
    """An answer is missing or cannot be; the sentence names it."""


@dataclass(frozen=True)
class Answers:
    """Everything that a set-up needs. Texts are as given; paths are absolute."""

    code: str
    name: str
    level: str
    beds: int
    staff_number: str = ""
    administrator: str = ""
    kind: str = "综合"
    time_zone: str = "Asia/Shanghai"
    departments: Path | None = None
    database: str = ""
    listen: str = "127.0.0.1"
    port: int = 8000
    names: tuple[str, ...] = ()
    security: str = PLAIN
    certificate: Path | None = None
    certificate_key: Path | None = None
    proxies: tuple[str, ...] = ()
    backup_to: Path | None = None
    backup_at: str = "02:30"
    extra: Mapping[str, Any] = field(default_factory=dict)


# the file's section and word -> (our word, type, must be there)
_TEXT, _NUMBER, _LIST = str, int, list
WORDS: dict[str, dict[str, tuple[str, type, bool]]] = {
    "institution": {
        "code": ("code", _TEXT, True),
        "name": ("name", _TEXT, True),
        "level": ("level", _TEXT, True),
        "kind": ("kind", _TEXT, False),
        "beds": ("beds", _NUMBER, True),
        "time_zone": ("time_zone", _TEXT, False),
        "departments": ("departments", _TEXT, False),
    },
    "database": {
        "address": ("database", _TEXT, False),
        "password_file": ("password_file", _TEXT, False),
    },
    "address": {
        "listen": ("listen", _TEXT, False),
        "port": ("port", _NUMBER, False),
        "names": ("names", _LIST, False),
        "security": ("security", _TEXT, False),
        "certificate": ("certificate", _TEXT, False),
        "certificate_key": ("certificate_key", _TEXT, False),
        "proxies": ("proxies", _LIST, False),
    },
    "administrator": {
        "staff_number": ("staff_number", _TEXT, True),
        "name": ("administrator", _TEXT, True),
    },
    "backup": {"to": ("backup_to", _TEXT, False), "at": ("backup_at", _TEXT, False)},
}
PATHS = ("departments", "certificate", "certificate_key", "backup_to")


def from_file(path: Path) -> Answers:
    """Answers from a TOML file; raises AnswersRefused with section and word."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise AnswersRefused(f"读不了 {path}：{error}。文件应为 UTF-8 编码。") from error
    except tomllib.TOMLDecodeError as error:
        raise AnswersRefused(f"{path} 写法有误：{error}。可用 zhikong init --example 看写法。") from error
    return checked(_flat(given, path.resolve().parent))


def _flat(given: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """Our words; unknown sections and words are refused, because a misspelt one would silently do nothing."""
    found: dict[str, Any] = {}
    for section, values in given.items():
        if section not in WORDS or not isinstance(values, dict):
            raise AnswersRefused(
                f"不认识 [{section}]。可以写的有：{'、'.join(f'[{one}]' for one in WORDS)}。"
            )
        for word, value in values.items():
            found.update(_one(section, word, value))
    for section, words in WORDS.items():
        for word, (name, _, needed) in words.items():
            if needed and name not in found:
                raise AnswersRefused(f"[{section}] 缺少 {word}。")
    return _with_paths(_with_password(found, base), base)


def _one(section: str, word: str, value: Any) -> dict[str, Any]:
    if word not in WORDS[section]:
        raise AnswersRefused(f"[{section}] 里不认识 {word}。可以写的有：{'、'.join(WORDS[section])}。")
    name, kind, _ = WORDS[section][word]
    if not isinstance(value, kind) or isinstance(value, bool):
        wanted = {_TEXT: "文字（加引号）", _NUMBER: "整数", _LIST: '列表，例如 ["a", "b"]'}[kind]
        raise AnswersRefused(f"[{section}] 的 {word} 应为{wanted}。")
    return {name: tuple(map(str, value)) if kind is _LIST else value}


def _with_password(found: dict[str, Any], base: Path) -> dict[str, Any]:
    """The database's password from its own file into the address."""
    from psycopg.conninfo import make_conninfo

    if "password_file" not in found:
        return found
    path = (base / found.pop("password_file")).resolve()
    if not path.exists():
        raise AnswersRefused(f"找不到数据库密码文件 {path}。")
    if path.stat().st_mode & 0o077:
        raise AnswersRefused(f"密码文件 {path} 其他人也能读。请先执行：chmod 600 {path}")
    password = path.read_text(encoding="utf-8").strip()
    return found | {"database": make_conninfo(found.get("database", ""), password=password)}


def _with_paths(found: dict[str, Any], base: Path) -> dict[str, Any]:
    """Paths are meant from the file's own folder."""
    return found | {name: (base / found[name]).expanduser().resolve() for name in PATHS if found.get(name)}


def checked(given: Mapping[str, Any]) -> Answers:
    """Answers whose every value can be; what is weak is judged elsewhere. Raises AnswersRefused."""
    for ok, sentence in _questions(given):
        if not ok:
            raise AnswersRefused(sentence)
    return Answers(**given)


def _questions(given: Mapping[str, Any]) -> list[tuple[bool, str]]:
    security, port = given.get("security", PLAIN), given.get("port", 8000)
    return [
        (bool(given["code"].strip()), "机构代码不能为空。"),
        (2 <= len(given["name"].strip()) <= 100, "医院名称应为 2 到 100 个字。"),
        (given["level"] in LEVELS, f"医院级别“{given['level']}”应为 {'、'.join(LEVELS)} 之一。"),
        (given.get("kind", "综合") in KINDS, f"医院类型“{given.get('kind')}”应为 {'、'.join(KINDS)} 之一。"),
        (0 < given["beds"] <= MOST_BEDS, f"开放床位 {given['beds']} 应在 1 到 {MOST_BEDS} 之间。"),
        (_is_zone(given.get("time_zone", "Asia/Shanghai")), f"不认识时区“{given.get('time_zone')}”。"),
        (0 < port < 65536, f"端口 {port} 应在 1 到 65535 之间。"),
        (security in SECURITY, f"security“{security}”应为 {'、'.join(SECURITY)} 之一。"),
        (
            security != TLS or _has(given, "certificate", "certificate_key"),
            "自有证书需要 certificate 和 certificate_key。",
        ),
        (
            security != PROXY or bool(given.get("proxies")),
            "在代理之后需要 proxies：只信任这些地址转来的请求。",
        ),
        (_is_time(given.get("backup_at", "02:30")), f"备份时间“{given.get('backup_at')}”应写成 02:30。"),
    ]


def _has(given: Mapping[str, Any], *names: str) -> bool:
    return all(given.get(name) for name in names)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _is_time(text: str) -> bool:
    hour, _, minute = text.partition(":")
    return hour.isdigit() and minute.isdigit() and len(minute) == 2 and int(hour) < 24 and int(minute) < 60
