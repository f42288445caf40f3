"""Runs what an installation needs: the embedded PostgreSQL, the web server and the worker.

``start`` and ``prepare`` are what the rest of the product and the tests use.
"""

from zhikong.site.supervisor.cluster import ServerFailed
from zhikong.site.supervisor.roles import SetupRefused, prepare
from zhikong.site.supervisor.server import Server, embedded_server, ensure_database, start

__all__ = ["Server", "ServerFailed", "SetupRefused", "embedded_server", "ensure_database", "prepare", "start"]
