"""Brings the database's tables and the static files to the state of the code."""

import hashlib
from pathlib import Path

from zhikong.site import discovery, home
from zhikong.site.progress import Progress


def migrate() -> None:
    """All migrations on the owner's connection; policies, grants and triggers follow by themselves."""
    from django.core.management import call_command

    call_command("migrate", database="owner", interactive=False, verbosity=0)


def collect_static(progress: Progress) -> None:
    """Charts' script bundle and hashed static files; skipped when nothing changed since the last time."""
    mark = home.folder() / "static" / ".source"
    state = _state()
    if mark.exists() and mark.read_text(encoding="ascii") == state:
        return
    _build_bundle(progress)
    from django.core.management import call_command

    progress.note("压缩静态文件")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    mark.write_text(_state(), encoding="ascii")


def _build_bundle(progress: Progress) -> None:
    from zhikong.web.charts import bundle, fonts
    from zhikong.web.charts.render import check

    progress.note("生成图表脚本，检查中文字体")
    bundle.build()
    try:
        check()
    except fonts.FontMissing as error:
        raise home.Explained(str(error)) from error


def _state() -> str:
    """Names, sizes and times of all static sources, and the versions of the libraries that make more."""
    from importlib.metadata import version

    digest = hashlib.sha256()
    for library in ("django", "django-allauth", "django-htmx", "vl-convert-python", "whitenoise"):
        digest.update(f"{library} {version(library)}\n".encode())
    for file in _sources():
        found = file.stat()
        digest.update(f"{file.relative_to(discovery.PACKAGE)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _sources() -> list[Path]:
    generated = discovery.PACKAGE / "web" / "static" / "generated"
    files = (
        file for folder in discovery.PACKAGE.glob("**/static") for file in folder.rglob("*") if file.is_file()
    )
    return sorted(file for file in files if generated not in file.parents)
