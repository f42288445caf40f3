"""Every icon that a template or a menu names exists; a page with a wrong name still works."""

import re
from pathlib import Path

import lucide
import pytest

import zhikong
from zhikong.web.templatetags.components import icon

SOURCES = [*Path(zhikong.__file__).parent.rglob("*.html"), *Path(zhikong.__file__).parent.rglob("panel.py")]
IN_TEMPLATE = re.compile(r"""{%-? icon "([a-z0-9-]+)"|icon="([a-z0-9-]+)\"""")


def names():
    for source in SOURCES:
        for first, second in IN_TEMPLATE.findall(source.read_text(encoding="utf-8")):
            yield first or second


@pytest.mark.parametrize("name", sorted(set(names())))
def test_the_icon_exists(name):
    assert lucide._load_icon(name) is not None


def test_menu_icons_exist():
    from zhikong.site.panels import panels

    icons = [entry.icon for panel in panels() for entry in panel.menu]
    assert icons
    for name in icons:
        assert lucide._load_icon(name) is not None, name


def test_a_wrong_name_draws_a_circle():
    assert "<circle" in icon("no-such-icon")
