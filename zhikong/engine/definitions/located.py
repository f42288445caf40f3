"""YAML with line numbers: plain Python values, and the line on which each key or item was written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from zhikong.engine.definitions.problems import Problem

Key = str | int
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
MAX_BYTES = 1_000_000  # a definition is a page, not a database
MAX_VALUES = 100_000  # aliases of aliases could stand for more values than any memory holds


@dataclass(slots=True)
class Located:
    """The values of one YAML file; `lines` maps a path such as ('targets', 'tertiary') to its line."""

    file: Path
    data: Any
    lines: dict[tuple[Key, ...], int] = field(default_factory=dict)

    def line(self, *path: Key) -> int:
        """The line of the path, or of the nearest ancestor that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def problem(self, path: tuple[Key, ...], message: str, remedy: str) -> Problem:
        return Problem(self.file, self.line(*path), message, remedy)


class _Reject(Exception):
    def __init__(self, line: int, message: str, remedy: str) -> None:
        super().__init__(message)
        self.problem = (line, message, remedy)


def read(file: Path) -> Located | Problem:
    """Reads one YAML file. Returns a Problem instead of raising: a pack is checked as a whole."""
    raw = file.read_bytes()
    if len(raw) > MAX_BYTES:
        return Problem(file, 1, "文件过大。", "一个文件只写一个定义。")
    try:
        return read_text(raw.decode("utf-8-sig"), file=file)
    except UnicodeDecodeError:
        return Problem(file, 1, "文件不是 UTF-8 编码。", "请另存为 UTF-8。")


def read_text(text: str, *, file: Path) -> Located | Problem:
    """Reads the text of one YAML file; `file` is what problems name, it need not exist."""
    if len(text) > MAX_BYTES:
        return Problem(file, 1, "文件过大。", "一个文件只写一个定义。")
    try:
        node = yaml.compose(text, Loader=_Loader)
        if node is None:
            return Problem(file, 1, "文件是空的。", "请按 packs/README.md 的样例填写，或删除这个文件。")
        located = Located(file, None)
        located.data = _plain(node, (), located.lines)
        return located
    except _Reject as error:
        return Problem(file, *error.problem)
    except RecursionError:
        return Problem(file, 1, "YAML 嵌套过深。", "请减少嵌套。")
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        return _syntax(file, error)


def _syntax(file: Path, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    return Problem(file, line, "YAML 格式不对，无法读取。", "请检查缩进、冒号后的空格和引号是否成对。")


def _plain(node: yaml.Node, path: tuple[Key, ...], lines: dict[tuple[Key, ...], int]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if len(lines) > MAX_VALUES:
        raise _Reject(1, "YAML 里的内容过多。", "请不要使用别名（& 和 *），一个文件只写一个定义。")
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*path, i), lines) for i, item in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: tuple[Key, ...], lines: dict[tuple[Key, ...], int]) -> Any:
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        line = key_node.start_mark.line + 1
        if key in result:
            raise _Reject(line, f"字段 {key} 写了两次。", "请只保留一处。")
        lines[(*path, key)] = line
        result[key] = _plain(value_node, (*path, key), lines)
    return result


def _scalar(node: yaml.Node) -> Any:
    # a throw-away loader resolves numbers, dates, null and booleans by YAML's own rules
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_object(node, deep=True)
    except (ValueError, yaml.YAMLError):
        line = node.start_mark.line + 1
        raise _Reject(line, f"写法 {node.value!r} 无法识别。", "若是文字请加引号。") from None
    finally:
        loader.dispose()
