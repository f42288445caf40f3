"""What a guide may name: words on screens, commands with their options, addresses of pages, other guides."""

import argparse
import re
import shlex
from collections.abc import Iterator
from functools import cache

from tests.unit.docs.guides import ROOT, page
from zhikong import cli
from zhikong.hospital.overviews.help.reading import all_spans, plain, walk

ON_SCREEN = re.compile(r"「([^」]+)」")
COMMAND = re.compile(r"^(?:\$ )?(?:sudo )?(?:[\w./-]+=\S+ )*(?:\S*/)?zhikong (.+)$")
INSTALLER = re.compile(r"^(?:\S+=\S+ )*(?:\S*/)?(install\.sh|zhikong-site)\b(.*)$")
PLACEHOLDER = re.compile(r"[\u4e00-\u9fff<]")


def texts(name: str) -> Iterator[str]:
    """Every line of prose of a guide."""
    for block in walk(list(page(name))):
        if block.spans:
            yield plain(block.spans)
        yield block.text if block.kind == "picture" else ""
        for row in block.rows:
            yield from (plain(cell) for cell in row)


def screen_words(name: str) -> set[str]:
    return {word for text in texts(name) for word in ON_SCREEN.findall(text)}


def links(name: str) -> set[str]:
    return {span.to for span in all_spans(list(page(name))) if span.kind == "link"}


def pictures(name: str) -> set[str]:
    return {block.to for block in walk(list(page(name))) if block.kind == "picture"}


def commands(name: str) -> Iterator[str]:
    """The words after ``zhikong`` of every command line, in code blocks and in `code`."""
    for block in walk(list(page(name))):
        lines = block.text.splitlines() if block.kind == "code" and not block.info else ()
        yield from (found[1].split("   #")[0] for line in lines if (found := COMMAND.match(line.strip())))
    for span in all_spans(list(page(name))):
        if span.kind == "code" and (found := COMMAND.match(span.text)):
            yield found[1]


def of_installer(name: str) -> Iterator[str]:
    """What the installer does not know of the lines with its two commands."""
    script = (ROOT / "installer" / "install.sh").read_text("utf-8")
    site = (ROOT / "installer" / "onsite" / "__main__.py").read_text("utf-8")
    for line in _code_lines(name):
        if found := INSTALLER.match(line):
            known = script if found[1] == "install.sh" else site
            words = re.findall(r"--[a-z-]+|(?<= )[a-z]+(?= |$)", found[2].partition("#")[0])
            yield from (word for word in words if f"{word}" not in known)


def _code_lines(name: str) -> Iterator[str]:
    for block in walk(list(page(name))):
        yield from (line.strip() for line in (block.text.splitlines() if block.kind == "code" else ()))
    yield from (span.text for span in all_spans(list(page(name))) if span.kind == "code")


def unknown_in(command: str) -> str | None:
    """What the CLI does not know of a command line, or None."""
    words = shlex.split(command.replace("…", ""), comments=True)
    known = _commands().get(words[0]) if words else None
    if known is None:
        return words[0] if words else "nothing"
    given = [word.partition("=")[0] for word in words[1:] if re.match(r"--?[a-z]", word)]
    return next((word for word in given if word not in known), None)


@cache
def _commands() -> dict[str, set[str]]:
    """Every command of ``zhikong`` with all its options, those of its own commands too."""
    top = cli.parser()
    return {name: _options(parser) for name, parser in _children(top).items()} | {
        option: set() for option in top._option_string_actions
    }


def _children(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found = (a for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    return (
        next(found).choices if any(isinstance(a, argparse._SubParsersAction) for a in parser._actions) else {}
    )


def _options(parser: argparse.ArgumentParser) -> set[str]:
    own = set(parser._option_string_actions)
    for child in _children(parser).values():
        own |= _options(child)
    return own


def addresses(name: str) -> set[str]:
    """Addresses of pages in `code`: /…/ without a placeholder."""
    spans = (span.text for span in all_spans(list(page(name))) if span.kind == "code")
    return {text for text in spans if re.fullmatch(r"/[\w/-]*/", text) and not PLACEHOLDER.search(text)}
