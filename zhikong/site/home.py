"""The data folder of one installation ($ZHIKONG_HOME): its secrets, its options, where everything lies.

Nothing here imports Django, because the settings are built from it.
"""

import ipaddress
import json
import os
import secrets
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
MEND_OPTIONS = "请改正这个文件；常见的是少了逗号、用了中文引号，或末项之后多了逗号。"
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


class Explained(RuntimeError):
    """An error whose message is a Chinese sentence for the person in front of the screen."""


class PublicBindRefused(Explained):
    """Raised when demo data would be reachable from another machine."""


def folder() -> Path:
    """The data folder: $ZHIKONG_HOME, by default ``data`` beside the source tree."""
    named = os.environ.get("ZHIKONG_HOME")
    if named:
        return Path(named).expanduser().resolve()
    return PROJECT / "data" if (PROJECT / "pyproject.toml").exists() else Path.home() / "zhikong-data"


class OptionsBroken(Explained):
    """The file of options cannot be read: nothing starts with half of its settings."""


class KeysInside(Explained):
    """Raised when the keys would lie in the data folder: a copy of that folder must not open what it holds."""


def keys_folder() -> Path:
    """Keys that must not lie beside what they open: $ZHIKONG_KEYS, by default ``<data folder>-keys``."""
    named = os.environ.get("ZHIKONG_KEYS")
    found = Path(named).expanduser().resolve() if named else folder().with_name(f"{folder().name}-keys")
    if found.is_relative_to(folder()):
        raise KeysInside(f"密钥目录 {found} 在数据目录之内。请把 ZHIKONG_KEYS 设到数据目录之外。")
    return found


def place(*parts: str) -> Path:
    """A sub-folder of the data folder, made when it is missing."""
    path = folder().joinpath(*parts)
    path.mkdir(parents=True, exist_ok=True)
    return path


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def secret(name: str, home: Path | None = None) -> str:
    """A random secret of an installation, made at first use; two processes that race get the same one."""
    path = (home or folder()) / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{name}.{os.getpid()}.{secrets.token_hex(4)}")
        write_private(draft, secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first: its secret is the one
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()


def options() -> dict[str, Any]:
    """What the administrator set in ``site.json``: demo, https, allowed_hosts, trusted_proxy."""
    path = folder() / "site.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig")) if path.exists() else {}
    except json.JSONDecodeError as error:
        raise OptionsBroken(f"{path} 第 {error.lineno} 行写法有误（{error.msg}）。{MEND_OPTIONS}") from error
    except UnicodeDecodeError as error:
        raise OptionsBroken(f"{path} 不是 UTF-8 编码。{MEND_OPTIONS}") from error
    except OSError as error:
        raise OptionsBroken(f"读不了 {path}（{error.strerror}）。请用服务所用的账号运行。") from error
    if not isinstance(found, dict):
        raise OptionsBroken(f"{path} 应是一个对象，写成 {{…}}。{MEND_OPTIONS}")
    return found


def set_options(**values: Any) -> None:
    """Change some options and keep the others."""
    write_private(folder() / "site.json", json.dumps({**options(), **values}, ensure_ascii=False, indent=2))


def is_demo() -> bool:
    """True when this data folder holds the made-up hospital with its published passwords."""
    return bool(options().get("demo"))


def allowed_hosts() -> list[str]:
    """Host names that the site answers to; a demo answers to this machine only, whatever is configured."""
    extra = [] if is_demo() else list(options().get("allowed_hosts", []))
    return [*LOOPBACK_NAMES, *extra]


def check_bind(address: str) -> None:
    """Refuse to open demo data to other machines."""
    if is_demo():
        refuse_public(address)


def refuse_public(address: str) -> None:
    """Demo passwords are printed on the screen and in the manual: only this machine may reach them."""
    if not _is_loopback(address):
        raise PublicBindRefused(
            f"演示数据的账号和密码是公开的，不能绑定到 {address}。请使用 127.0.0.1；"
            "正式使用请另设数据目录（ZHIKONG_HOME）并运行 zhikong init。"
        )


def _is_loopback(address: str) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False
