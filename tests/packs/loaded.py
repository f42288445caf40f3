"""The packs that come with the product, read once in each process of the tests. Nobody changes what is here."""

from datetime import UTC, datetime
from functools import cache

from zhikong.engine.definitions import load_catalogue
from zhikong.engine.record_rules import load_rules
from zhikong.foundation.packstore import checking, kinds, shelf
from zhikong.site import discovery
from zhikong.site.commands.check_packs import packaged

TODAY = datetime.now(UTC).date()


@cache
def catalogue(*packs: str):
    """The indicators, code lists and presets of the named packs; of all packs without a name."""
    return load_catalogue([discovery.PACKAGE / "packs" / pack for pack in packs] or packaged())


@cache
def codes():
    """Name -> the ranges of every code list of the packs."""
    return {name: one.ranges for name, one in catalogue().codes.items()}


@cache
def record_rules():
    """(rules, problems) of every pack."""
    return [load_rules(pack, codes()) for pack in packaged()]


def names():
    """pack/folder/id of every file that `checked` judges, without reading any."""
    files = (
        (pack, file)
        for pack in packaged()
        for kind in kinds.all()
        if not checking.ENGINES & set(kind.folders)
        for file in shelf.files(kind, pack)
    )
    return sorted(f"{pack.name}/{file.parent.name}/{file.stem}" for pack, file in files)


@cache
def checked():
    """Name -> every definition of every other kind, read and judged as of today."""
    return {one.name: one for one in checking.check(packaged(), today=TODAY)}
