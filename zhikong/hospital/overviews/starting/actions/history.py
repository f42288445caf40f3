"""Several files of the past at once, names of departments assigned on the spot, and reading again what they held up."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from zhikong.foundation.access.permissions import Permission, require
from zhikong.foundation.facts import raw, raw_keys
from zhikong.foundation.facts.models import Load
from zhikong.foundation.organisation import actions as organisation
from zhikong.foundation.organisation.queries import departments
from zhikong.foundation.organisation.rules import NotInOrder
from zhikong.hospital.functions.datasources import actions as datasources
from zhikong.hospital.functions.datasources import replaying
from zhikong.hospital.functions.datasources.mappings import mapping_named, packaged, recognised
from zhikong.hospital.functions.datasources.models import Feed, Receipt
from zhikong.hospital.overviews.starting.queries import history
from zhikong.hospital.overviews.starting.rules import matching
from zhikong.hospital.overviews.starting.rules.matching import Delivery, Given, Sorted
from zhikong.intake import workbooks
from zhikong.intake.mappings import used_columns
from zhikong.intake.reasons import FileRefused
from zhikong.intake.staging import names_of_column
from zhikong.intake.textfiles import examine

FAMILIES = ("hqms", "n041", "front_page")
CHUNK = 1 << 20


@dataclass(frozen=True)
class Taken:
    """What became of the files: loads on their way, and (file, reason) of those that were not taken."""

    loads: tuple[Load, ...]
    refused: tuple[tuple[str, str], ...]


def sorted_files(files: Mapping[str, Path], *, mapping: str = "") -> Sorted:
    """Which files are front pages, and which came with which: told by their headers. Never raises for a bad file.

    mapping: by which files are read that are no companions; empty: told by the header.
    """
    given = [_given(name, path, mapping) for name, path in files.items()]
    bad = {one.name: reason for one, reason in given if reason}
    made = matching.sort([one for one, reason in given if not reason])
    return Sorted(made.deliveries, (*bad.items(), *made.left))


def _given(name: str, path: Path, mapping: str) -> tuple[Given, str]:
    try:
        header = _header(path)
    except FileRefused as refused:
        return Given(name), f"{refused.message}{refused.remedy}"
    if mapping and not _fits(header):
        return Given(name, main=mapping_named(mapping).mapping.id), ""
    with suppress(FileRefused):
        found = recognised(path).mapping.id
        if found in FAMILIES or not _fits(header):
            return Given(name, main=found), ""
    return Given(name, fits=_fits(header)), ""


def _header(path: Path) -> frozenset[str]:
    names = workbooks.sheets(path)[0].header if workbooks.is_workbook(path) else examine(path).header
    return frozenset(str(name).casefold() for name in names)


def _fits(header: frozenset[str]) -> dict[str, list[str]]:
    """{front page's mapping: its other sources all of whose columns stand in a header}."""
    found: dict[str, list[str]] = {}
    for name in FAMILIES:
        mapping = packaged()[name].mapping
        for source in mapping.sources.values():
            if source.optional and _has_all(mapping, source, header):
                found.setdefault(name, []).append(source.name)
    return found


def _has_all(mapping, source, header: frozenset[str]) -> bool:
    parts = [part for _kind, of in source.pseudonyms.values() for part in of]
    columns = [c for c in (*parts, *used_columns(mapping, source.name)) if not source.tolerates(c)]
    wanted = [{str(name).casefold() for name in names_of_column(source, column)} for column in columns]
    return bool(wanted) and all(header & names for names in wanted)


def take_in(*, by, now: datetime, files: Mapping[str, Path]) -> Taken:
    """Have the worker load several files, each front page with what came with it. A bad file does not hold up the rest."""
    require(by, Permission.MANAGE_DATA)
    found = sorted_files(files)
    loads, refused = [], list(found.left)
    for delivery in found.deliveries:
        try:
            loads.append(_requested(by, now, delivery, files))
        except FileRefused as error:
            refused.append((delivery.main, f"{error.message}{error.remedy}"))
        except (raw.RawProblem, raw_keys.KeyMissing) as problem:
            refused.append((delivery.main, str(problem)))
    return Taken(tuple(loads), tuple(refused))


def _requested(by, now: datetime, delivery: Delivery, files: Mapping[str, Path]) -> Load:
    if not delivery.beside:
        return _request(by, now, delivery.main, delivery.mapping, files[delivery.main])
    folder = Path(tempfile.mkdtemp(prefix="starting-", dir=files[delivery.main].parent))
    try:
        packed = _packed(delivery, files, folder / "delivery.zip")
        return _request(by, now, f"{Path(delivery.main).stem}.zip", delivery.mapping, packed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _packed(delivery: Delivery, files: Mapping[str, Path], target: Path) -> Path:
    """One archive of a delivery, its files under the names that the mapping looks for."""
    mapping = mapping_named(delivery.mapping).mapping
    parts = {mapping.main: delivery.main, **delivery.beside}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for source, name in sorted(parts.items()):
            archive.write(files[name], mapping.sources[source].file)
    return target


def _request(by, now: datetime, name: str, mapping: str, path: Path) -> Load:
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(CHUNK), b"")
        return datasources.request_load(by=by, now=now, chunks=chunks, file_name=name, mapping=mapping)


@transaction.atomic
def assign(*, by, now: datetime, chosen: Mapping[str, int]) -> int:
    """Names of files become aliases of departments, all or none; returns how many. Raises ValidationError."""
    require(by, Permission.MANAGE_ORGANISATION)
    today = timezone.localdate(now)
    there = {d.id for d in departments(on=today)}
    asked = {one.text for one in history.names(today=today) if not one.known}
    made = 0
    for text, department in chosen.items():
        if text not in asked or department not in there:
            raise ValidationError(_("“%(name)s”已经有人认领，或所选科室已不存在，请刷新后重选。") % {"name": text[:40]})  # fmt: skip
        try:
            organisation.add_alias(by=by, department_id=department, alias=text)
        except NotInOrder as error:
            raise ValidationError(str(error)) from error
        made += 1
    return made


def read_again(*, by, now: datetime) -> int:
    """Have the worker read again the deliveries that set rows aside for names which are known by now; returns how many."""
    require(by, Permission.MANAGE_DATA)
    found = history.waiting_again(history.names(today=timezone.localdate(now)))
    return len(_replayed(by, now, found))


def _replayed(by, now: datetime, found: Iterable[Load]) -> list[Load]:
    feed = Feed.objects.filter(code="files").first()
    done = []
    for load in found:
        receipt = Receipt.objects.filter(load=load, raw__deleted_at=None).first()
        if feed is None or receipt is None:
            raise ValidationError(
                _("%(name)s 的原始文件已过保存期，请重新上传。") % {"name": load.source_name}
            )
        replaying.replay(feed, by=by, now=now, receipt=receipt)
        done.append(load)
    return done
