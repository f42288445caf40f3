"""A demo hospital started as a newcomer starts it, and a browser to work in.

``$ZHIKONG_JOURNEY_URL`` names a server that already runs the demo (while writing tests); otherwise the command of
``make run`` is started once in a data folder of its own. Each page is looked at in one of four variants (light or
dark, 1440 or 390 pixels), which rotates by commit; ``ZHIKONG_TEST_ALL=1`` looks at all four.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

from tests.journeys.person import Person

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "Zhikong-demo-2026"
START_SECONDS = 600
VARIANTS = [(theme, width) for theme in ("light", "dark") for width in (1440, 390)]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def chosen_variants():
    if os.environ.get("ZHIKONG_TEST_ALL"):
        return VARIANTS
    found = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return [VARIANTS[int(found.stdout.strip() or "0", 16) % len(VARIANTS)]]


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(url):
    try:
        with urllib.request.urlopen(f"{url}/account/login/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture(scope="session")
def demo(testrun_uid):
    """The address of a running demo hospital."""
    given = os.environ.get("ZHIKONG_JOURNEY_URL")
    if given:
        yield given
        return
    home, port = tempfile.mkdtemp(prefix="zhikong-journeys-"), _free_port()
    environment = _environment(home, port)
    _load_once(home, testrun_uid)
    log = Path(home) / "demo.log"
    with log.open("wb") as output:
        running = subprocess.Popen(
            [sys.executable, "-m", "zhikong", "demo"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        _wait(running, f"http://127.0.0.1:{port}", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(timeout=60)
        shutil.rmtree(home, ignore_errors=True)


def _environment(home, port):
    Path(home).chmod(0o755)  # as root, the database server runs under another account and must get in
    hidden = {"DATABASE_URL", "ZHIKONG_TEST_DATABASE_URL", "ZHIKONG_ROLE"}
    environment = {k: v for k, v in os.environ.items() if k not in hidden}
    return environment | {"ZHIKONG_HOME": str(home), "ZHIKONG_PORT": str(port)}


def _load_once(home, run):
    """The demo is loaded by the first process of a run; every process has a copy of its own to work in."""
    shared = Path(tempfile.gettempdir()) / f"zhikong-journeys-{run}"
    shared.mkdir(exist_ok=True, mode=0o755)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the others wait here, idle
        loaded = shared / "loaded"
        if loaded.exists():
            loaded.rename(shared / "taken")
            subprocess.run(["cp", "-a", f"{shared}/taken/.", home], check=True)
            shutil.rmtree(shared / "taken")
            return
        command = [sys.executable, "-m", "zhikong", "demo", "--load-only"]
        done = subprocess.run(
            command, cwd=ROOT, env=_environment(home, _free_port()), capture_output=True, check=False
        )
        assert done.returncode == 0, (done.stdout + done.stderr).decode()[-4000:]
        if _processes() > 1:
            subprocess.run(["cp", "-a", home, loaded], check=True)


def _processes():
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def _wait(running, url, log):
    deadline = time.monotonic() + START_SECONDS
    while not _answers(url):
        assert running.poll() is None, log.read_text("utf-8")[-4000:]
        assert time.monotonic() < deadline, log.read_text("utf-8")[-4000:]
        time.sleep(0.5)


@pytest.fixture(scope="session")
def chromium():
    """Chromium under Playwright. A machine without it skips; CI does not."""
    if CHROMIUM is None:
        message = "Chromium is missing: apt-get install chromium"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def sign_in(demo, chromium):
    """sign_in("zhikong") → a Person on the home page of that account; width and theme as wished."""
    contexts = []

    def enter(account, *, width=1440, theme="light"):
        context = chromium.new_context(
            base_url=demo,
            viewport={"width": width, "height": 900 if width > 500 else 844},
            locale="zh-CN",
            color_scheme=theme,
            has_touch=width < 500,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/account/login/")
        page.get_by_label("用户名").fill(account)
        page.get_by_label("密码", exact=False).first.fill(PASSWORD)
        page.get_by_role("button", name="登录", exact=True).click()
        page.wait_for_url(lambda url: "login" not in url)
        return Person(page)

    yield enter
    for context in contexts:
        context.close()
