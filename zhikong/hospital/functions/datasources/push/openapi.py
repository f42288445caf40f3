"""The push API as an OpenAPI document, made from the contract's tables: what it says is what is checked."""

from __future__ import annotations

from functools import cache
from typing import Any

from zhikong import __version__
from zhikong.engine.tables import TABLES, Column, Table, Type
from zhikong.hospital.functions.datasources.mappings import packaged
from zhikong.hospital.functions.datasources.push import rules

MAPPING = "contract_rows"
_IDENTITY = {
    "record_number": ("病案号（住院号）；收到后换成假名", "1002003"),
    "admission_number": ("住院次数，从 1 开始", "1"),
    "name": ("姓名；加密另存，或用来在自由文本里找到并隐去", "示例"),
    "id_number": ("证件号码；同上", "无"),
    "phone": ("电话；同上", "无"),
    "address": ("住址；同上", "无"),
    "birth_date": ("出生日期；加密另存", "1980-01-01"),
}
_EXAMPLES: dict[Type, Any] = {
    Type.TEXT: "示例",
    Type.INT: 1,
    Type.FLOAT: 1.5,
    Type.BOOL: True,
    Type.DATE: "2026-01-05",
    Type.TIMESTAMP: "2026-01-05 08:30:00",
}
_TYPES: dict[Type, dict[str, Any]] = {
    Type.TEXT: {"type": "string"},
    Type.INT: {"type": "integer"},
    Type.FLOAT: {"type": "number"},
    Type.BOOL: {"type": "boolean"},
    Type.DATE: {"type": "string", "format": "date"},
    Type.TIMESTAMP: {"type": "string", "description": "医院当地时间，如 2026-01-31 08:30:00，不带时区"},
}


@cache
def document() -> dict[str, Any]:
    """The whole description, OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "质控数据推送接口",
            "version": __version__,
            "summary": "把数据契约的行推送给质控系统；先保存原始内容，再处理。",
        },
        "security": [{"token": []}],
        "paths": {
            **{f"/datasources/push/{{feed}}/{name}/": _push(TABLES[name]) for name in TABLES},
            "/datasources/push/{feed}/receipts/{number}/": _receipt(),
        },
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "parameters": {"feed": _parameter("feed", "来源的代码"), "key": _key()},
            "schemas": {**{name: row_schema(TABLES[name]) for name in TABLES}, **_answers()},
        },
    }


def row_schema(table: Table) -> dict[str, Any]:
    """The JSON Schema of one row: exactly the keys that the endpoint takes. Nulls and texts of numbers pass too."""
    columns = {column.name: column for column in table.columns}
    names = rules.columns_of(packaged()[MAPPING].mapping, table.name)
    properties = {name: _property(name, columns.get(name)) for name in names}
    return {
        "type": "object",
        "title": table.meaning.split("：")[0],
        "description": table.meaning,
        "properties": properties,
        "required": [name for name in names if _is_required(table, name)],
        "additionalProperties": False,
        "examples": [example(table)],
    }


def example(table: Table) -> dict[str, Any]:
    """A row that is taken: every column has a value of its kind; departments are named 心血管内科."""
    names = rules.columns_of(packaged()[MAPPING].mapping, table.name)
    return {name: _example(table, name) for name in names}


def _is_required(table: Table, name: str) -> bool:
    if name in ("record_number", "admission_number"):
        stay = table.column("stay_id")
        return (stay is not None and not stay.nullable) or (name == "record_number" and table.name == "stays")
    column = table.column(name)
    return column is not None and not column.nullable


def _property(name: str, column: Column | None) -> dict[str, Any]:
    if column is None or (name in ("name", "address") and column is None):
        return {"type": ["string", "integer", "null"], "description": _IDENTITY[name][0]}
    found = dict(_TYPES[column.type])
    wanted = found["type"]
    found["type"] = [wanted, "null"] if column.nullable else wanted
    unit = f"（{column.unit}）" if column.unit else ""
    more = f"；{found['description']}" if "description" in found else ""
    found["description"] = f"{column.meaning}{unit}{more}"
    if column.domain:
        found["enum"] = [code for code, _label in column.domain.values] + ([None] if column.nullable else [])
        found["description"] += "：" + "；".join(f"{code} {label}" for code, label in column.domain.values)
    if column.minimum is not None:
        found["minimum"] = column.minimum
    return found


def _example(table: Table, name: str) -> Any:
    column = table.column(name)
    if column is None:
        return _IDENTITY[name][1]
    if column.domain:
        return column.domain.values[0][0]
    if name == "department" or name.endswith("_department"):
        return "心血管内科"
    later = {rule.right for rule in table.rules} - {rule.left for rule in table.rules}
    if name in later and column.type is Type.TIMESTAMP:
        return "2026-01-09 10:00:00"
    if name in later and column.type is Type.DATE:
        return "2026-01-09"
    if column.type is Type.TEXT and (name in table.key or name.endswith("_id")):
        return "2026000001"
    return max(column.minimum or 0, 1) if column.type is Type.INT else _EXAMPLES[column.type]


def _push(table: Table) -> dict[str, Any]:
    row = {"$ref": f"#/components/schemas/{table.name}"}
    return {
        "parameters": [{"$ref": "#/components/parameters/feed"}],
        "post": {
            "operationId": f"push_{table.name}",
            "summary": f"推送{table.meaning.split('：')[0]}",
            "parameters": [{"$ref": "#/components/parameters/key"}],
            "requestBody": {
                "required": True,
                "content": {
                    "application/json": {
                        "schema": {"type": "array", "items": row, "maxItems": rules.MOST_ROWS}
                    },
                    "application/x-ndjson": {"schema": {"type": "string"}},
                },
            },
            "responses": {"202": _response("已保存，等待处理", "accepted"), **_refusals(push=True)},
        },
    }


def _receipt() -> dict[str, Any]:
    number = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 1}}
    return {
        "parameters": [{"$ref": "#/components/parameters/feed"}, number],
        "get": {
            "operationId": "receipt",
            "summary": "查询回执：处理到哪一步，哪些行有问题",
            "responses": {"200": _response("回执", "receipt"), **_refusals(push=False)},
        },
    }


def _refusals(*, push: bool) -> dict[str, Any]:
    words = {
        "400": "内容有误：JSON、列名、gzip 或 Idempotency-Key",
        "401": "令牌缺失、无效、已过期或已吊销",
        "403": "令牌不能用于该来源",
        "404": "没有这个表或这张回执",
        "409": "Idempotency-Key 已用于另一份内容",
        "413": "内容过大",
        "415": "内容类型或压缩方式不支持",
        "429": "过于频繁",
        "503": "没有保存，请稍后再发",
    }
    codes = words if push else ("401", "403", "404")
    return {code: _response(words[code], "error") for code in codes}


def _response(text: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": text, "content": content}


def _parameter(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": text, "schema": {"type": "string"}}


def _key() -> dict[str, Any]:
    text = "本批数据的唯一标识，最多 120 个 ASCII 字符。重发时用同一个键：不会重复导入。"
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": text,
        "schema": {"type": "string", "maxLength": 120},
    }


def _answers() -> dict[str, Any]:
    whole, text, flag = {"type": "integer"}, {"type": "string"}, {"type": "boolean"}
    problem = {"row": whole, **dict.fromkeys(("column", "label", "reason", "message", "remedy"), text)}
    problem["value"] = {"type": ["string", "null"]}
    return {
        "accepted": _object({"receipt": whole, "url": text, "duplicate": flag, "rows": whole}),
        "receipt": _object(
            {
                "receipt": whole,
                "table": text,
                "state": {"enum": ["waiting", "applied", "duplicate", "superseded", "refused", "failed"]},
                "rows": whole,
                "accepted_rows": whole,
                "faulty_rows": whole,
                "problems": {"type": "array", "items": _object(problem)},
            }
        ),
        "error": _object({"error": _object({"code": text, "message": text, "message_en": text})}),
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}
