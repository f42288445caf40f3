"""Brings the database's tables and the static files to the state of the code."""

import hashlib
from pathlib import Path

from zhikong.site import discovery, home
from zhikong.site.progress import Progress


def migrate() -> None:
    """All migrations on the owner's connection; policies, grants and triggers follow by themselves."""
    from django.core.management import call_command

    from zhikong.site.model_states import drawn_when_needed

    with drawn_when_needed():
        call_command("migrate", database="owner", interactive=False, verbosity=0)
    _check_raw_key()


def _check_raw_key() -> None:
    """The key of raw input is made now or is the one that sealed what is kept; otherwise nothing starts."""
    from zhikong.foundation.access.scope import job_scope, scoped
    from zhikong.foundation.facts import raw, raw_keys
    from zhikong.foundation.organisation.queries import institution_ids

    for number in institution_ids().values():
        with scoped(job_scope(number, job="start")):
            try:
                raw.check_key()
            except raw_keys.KeyMissing as error:
                raise home.Explained(str(error)) from error


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
