"""A hospital's versions leave as a pack and come back as drafts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import yaml
from django.core.exceptions import ValidationError
from django.db import transaction

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.packstore import bundles, kinds, queries, rules
from zhikong.foundation.packstore.actions.drafting import save_draft
from zhikong.foundation.packstore.models import Version
from zhikong.foundation.packstore.rules import Act
from zhikong.foundation.packstore.shelf import EXAMPLES


@dataclass(frozen=True)
class Imported:
    """What became of a pack's files: drafts, and (file, why) of those that were left out."""

    drafts: tuple[Version, ...]
    left_out: tuple[tuple[str, str], ...]


def export_pack(*, by) -> bytes:
    """The newest published version of every definition of the hospital, as a zip; equal content, equal bytes."""
    require(by, Permission.EDIT_DEFINITIONS)
    versions = queries.newest_published()
    files = {_file_of(v): v.text for v in versions}
    code, name = queries.hospital_code_and_name()
    root = rules.pack_id(code)
    files[bundles.PACK] = _pack_yaml(root, name, versions)
    return bundles.packed(root, files)


def _file_of(version: Version) -> str:
    return f"{kinds.get(version.kind).folders[0]}/{version.definition_id}.yaml"


def _pack_yaml(root: str, name: str, versions: list[Version]) -> str:
    """pack.yaml of an export: whose it is, and what each definition is based on."""
    bases = {
        _file_of(v): {"pack": v.base_pack, "version": v.base_version, "hash": v.base_hash}
        for v in versions
        if v.base_hash
    }
    said = {
        "id": root,
        "version": rules.text_hash("".join(sorted(f"{_file_of(v)} {v.hash}\n" for v in versions))),
        "level": "hospital",
        "name": {"zh": f"{name}自己的内容"},
        "bases": bases,
    }
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False, width=120)


@transaction.atomic
def import_pack(*, by, now: datetime, raw: bytes) -> Imported:
    """Take a pack's definitions in as drafts; each goes the way of every draft. All or nothing for a hostile file.

    Raises ValidationError with a sentence for a file that is no pack. What is in force already, what has an open
    draft, and what belongs to no kind is left out and named.
    """
    require(by, Permission.EDIT_DEFINITIONS)
    try:
        bundle = bundles.unpacked(raw)
    except bundles.BadBundle as error:
        raise ValidationError(str(error)) from error
    drafts, left_out = [], []
    for entry in bundle.entries:
        if why := _why_not(entry):
            left_out.append((entry.name, why))
        else:
            drafts.append(_draft(entry, by=by, now=now))
    return Imported(tuple(drafts), tuple(left_out))


def _why_not(entry: bundles.Entry) -> str:
    kind = queries.kind_of_folder(entry.folder)
    if f"{entry.id}.yaml".endswith(EXAMPLES):
        return "算例，不属于内容库"
    if kind is None:
        return f"内容库不管理 {entry.folder} 这类内容"
    if not rules.ID.match(entry.id):
        return "文件名不能作为编号"
    if queries.open_version(kind.code, entry.id):
        return "已有未发布的草稿"
    line = queries.in_line(kind.code, entry.id)
    if line is not None and rules.same_meaning(line.text, entry.text):
        return "与已发布的版本相同"
    return ""


def _draft(entry: bundles.Entry, *, by, now: datetime) -> Version:
    kind = queries.kind_of_folder(entry.folder)
    return save_draft(
        by=by, now=now, kind=kind.code, definition_id=entry.id, text=entry.text,
        reason="由内容包文件导入", act=Act.IMPORT,
    )  # fmt: skip
