"""Brings the catalogs up to date with the words of the screens, and compiles them. Run by `make messages`.

New words get an empty translation and none is guessed from a similar one; a test names what is missing.
"""

import os
import tempfile
from pathlib import Path

import django
from django.core.management import call_command
from django.core.management.commands.makemessages import Command

PACKAGE = Path(__file__).resolve().parents[2]


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhikong.site.settings"
    os.environ["ZHIKONG_ROLE"] = "command"
    with tempfile.TemporaryDirectory() as home:  # settings want a data folder; nothing of it is read
        os.environ["ZHIKONG_HOME"] = home
        django.setup()
        os.chdir(PACKAGE)
        collect = Command()
        collect.msgmerge_options = [*Command.msgmerge_options, "--no-fuzzy-matching"]
        call_command(collect, locale=["zh_Hant", "en"], no_location=True, no_wrap=True, no_obsolete=True)
        call_command("compilemessages")


if __name__ == "__main__":
    main()
