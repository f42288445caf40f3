"""The commands of ``zhikong``: one module each with NAME, HELP, ``configure`` and ``run``."""

import argparse
from importlib import import_module

NAMES = (
    "demo",
    "init",
    "serve",
    "alive",
    "reload",
    "worker",
    "mllp",
    "migrate",
    "load",
    "feed",
    "compute",
    "explain",
    "report",
    "check_packs",
    "simulate",
    "verify_audit",
    "backup",
    "restore",
    "training",
    "doctor",
    "chart",
    "measure",
    "check_records",
    "read",
    "guide",
    "import",
    "starting",
    "trial",
)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Give every command its words. The modules import what they need only when they run."""
    for name in NAMES:
        module = import_module(f"{__name__}.{name}")
        parser = commands.add_parser(name.replace("_", "-"), help=module.HELP, description=module.HELP)
        module.configure(parser)
        parser.set_defaults(run=module.run)
