"""`--watch`: what is built again and when, what is served and to whom, pages that load themselves anew."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalkgrad.errors import NotesError
from chalkgrad.notes.built import Built
from chalkgrad.notes.limits import Limits
from chalkgrad.notes.reload import EVENTS, Site, serve, with_script
from chalkgrad.notes.watch import Reporter, Watch
from chalkgrad.render.page import page_html

# ----- what is served -----


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(page_html("Index", "<p>all</p>", "files"))
    (folder / "a.html").write_text(page_html("A", "<p>a</p>", "files"))
    (folder / "assets" / "chalkgrad.css").write_text("p{}")
    (folder / ".chalkgrad-cache").write_text("{}")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("secret")
    (tmp_path / "secret.html").write_text("secret")
    (folder / "link.html").symlink_to(tmp_path / "secret.html")
    (folder / "up").symlink_to(tmp_path)
    return folder


@pytest.fixture
def port(site: Path) -> Iterator[int]:
    served = Site(site)
    server = serve(served, 0)
    yield server.server_address[1]
    served.changed(closed=True)
    server.shutdown()
    server.server_close()


def get(
    port: int, address: str, host: str | None = None, method: str = "GET"
) -> tuple[int, str, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, address, skip_host=True)
    if host != "":
        connection.putheader("Host", host or f"127.0.0.1:{port}")
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body, {k.lower(): v for k, v in answer.getheaders()}


def test_pages_are_served_with_the_script_and_stay_as_they_are_on_disk(site: Path, port: int):
    before = (site / "a.html").read_text()
    for address, word in (("/", "all"), ("/index.html", "all"), ("/a.html?only=f", "<p>a</p>")):
        status, page, headers = get(port, address)
        assert (status, headers["cache-control"]) == (200, "no-store")
        assert word in page and page.count("EventSource") == 1
    assert (site / "a.html").read_text() == before and "EventSource" not in before
    assert get(port, "/assets/chalkgrad.css")[::2][1]["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    "address",
    [
        "/../secret.html", "/%2e%2e/secret.html", "/..%2fsecret.html", "/a/../../secret.html", "//etc/passwd",
        "/.chalkgrad-cache", "/.git/config", "/%2egit/config", "/link.html", "/up/secret.html", "/assets",
        "/assets/", "/a.html%00.css", "/a.html/", "/%5c..%5csecret.html", "/nothing.html", "/C:/a.html",
    ],
)  # fmt: skip
def test_nothing_but_the_sites_own_files_is_given_out(port: int, address: str):
    status, body, _ = get(port, address)
    assert status == 404 or (address == "/a.html/" and "<p>a</p>" in body)
    assert "secret" not in body and "root:" not in body


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost.evil:{port}", ""]
)
def test_other_names_for_this_machine_are_refused(port: int, host: str):
    status, body, _ = get(port, "/", host.format(port=port))
    assert (status, "all" in body) == (403, False)


def test_localhost_is_this_machine_and_nothing_can_be_written(port: int):
    assert get(port, "/", f"localhost:{port}")[0] == 200
    assert get(port, "/", method="HEAD")[:2] == (200, "")
    assert {get(port, "/", method=method)[0] for method in ("POST", "PUT", "DELETE", "OPTIONS")} == {501}


def test_the_policy_lets_in_our_script_and_no_other():
    page = with_script(page_html("A", "x", "files").encode(), '1"><script>alert(1)</script>').decode()
    policy = page.partition('http-equiv="Content-Security-Policy" content="')[2].partition('"')[0]
    assert policy.count("sha256-") == 2
    assert "connect-src 'self'" in policy and "unsafe-inline" not in policy.partition("style-src")[0]
    assert "<script>alert" not in page


def test_a_page_is_told_when_it_changes(site: Path):
    served = Site(site)
    server = serve(served, 0)
    try:
        connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)
        connection.request("GET", f"{EVENTS}?page=/a.html")
        answer = connection.getresponse()
        first = answer.readline()
        assert first.startswith(b"data: ") and answer.readline() == b"\n"
        served.changed()  # a build that left this page alone
        assert answer.readline() == first and answer.readline() == b"\n"
        (site / "a.html").write_text("another")
        served.changed()
        assert answer.readline() not in (first, b"")
        connection.close()
    finally:
        served.changed(closed=True)
        server.shutdown()
        server.server_close()


def test_a_port_that_is_taken_is_named(port: int, site: Path):
    with pytest.raises(NotesError, match=rf"port {port} cannot be had: .*; give another --port"):
        serve(Site(site), port)
    other = serve(Site(site))
    assert other.server_address[0] == "127.0.0.1"
    other.shutdown()
    other.server_close()


# ----- what is built again -----


class Seen:
    """Runs a watch in a thread, and waits for what it says."""

    def __init__(self, notes: Path, out: Path):
        self.said: list[object] = []
        self.news = threading.Condition()
        report = Reporter(self.say, lambda *what: self.say(what), self.say, lambda work: work(None))
        self.watch = Watch((notes,), out, Limits(seconds=20.0), report, Site(out))
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        try:
            self.watch.run()
        except KeyboardInterrupt:
            self.say("ended")

    def say(self, what: object) -> None:
        with self.news:
            self.said.append(what)
            self.news.notify_all()

    def wait(self, count: int) -> object:
        """The next thing said, which is the `count`-th."""
        with self.news:
            assert self.news.wait_for(lambda: len(self.said) >= count, 60), self.said
            return self.said[count - 1]

    def end(self) -> None:
        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        self.watch._look = stop  # type: ignore[method-assign]


def built(said: object) -> tuple[Built, list[str]]:
    assert isinstance(said, tuple), said
    return said[0], [Path(change).name for change in said[2]]


def test_a_watch_follows_notes_pictures_and_modules(tmp_path: Path):
    notes, out = tmp_path / "notes", tmp_path / "site"
    notes.mkdir()
    (notes / "a.md").write_text("# A\n\n```\nfrom helper import value\nprint(value)\n```\n")
    (notes / "b.md").write_text("# B\n\n![p](p.png)\n")
    (notes / "helper.py").write_text("value = 'one'\n")
    seen = Seen(notes, out)
    assert built(seen.wait(1))[0].pages == 2

    (notes / "helper.py").write_text("value = 'twice'\n")
    again, changes = built(seen.wait(2))
    assert (again.unchanged, changes) == (1, ["helper.py"])
    assert "twice" in (out / "a.html").read_text()

    (notes / "c.md").write_text("# C\n\n```\nwhile True: pass\n1 +\n```\n")
    again, changes = built(seen.wait(3))
    assert (again.pages, changes) == (3, ["c.md"])

    (notes / "p.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"0" * 20)
    assert built(seen.wait(4))[1] == ["p.png"]
    assert "data:image/png" in (out / "b.html").read_text()

    (notes / "c.md").rename(notes / "d.md")
    again, changes = built(seen.wait(5))
    assert (again.pages, sorted(changes)) == (3, ["c.md", "d.md"])
    assert (out / "d.html").exists() and not (out / "c.html").exists()

    for name in "abd":
        (notes / f"{name}.md").unlink()
    assert "no .md" in str(seen.wait(6))  # said, the site stays, and the watch goes on
    assert (out / "a.html").exists()
    (notes / "e.md").write_text("# E\n")
    assert built(seen.wait(7))[0].pages == 1
    seen.end()
    assert seen.wait(8) == "ended"


@pytest.mark.skipif(os.name != "posix", reason="Ctrl-C is sent as a signal")
def test_the_command_serves_and_ends_cleanly(tmp_path: Path):
    (tmp_path / "a.md").write_text("# A\n")
    home = str(Path(page_html.__globals__["__file__"]).parents[2])
    command = [sys.executable, "-u", "-W", "error", "-m", "chalkgrad", "build", "a.md", "--watch"]
    running = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": home},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout is not None and running.stderr is not None
    address = running.stdout.readline().decode().split()[0]
    assert running.stdout.readline().startswith(b"1 page")
    host, _, port = address.removeprefix("http://").rstrip("/").partition(":")
    assert host == "127.0.0.1"
    assert get(int(port), "/a.html")[0] == 200
    time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    out, errors = running.communicate(timeout=30)
    assert (running.returncode, errors) == (0, b"")
    assert out.strip() == b"no longer watched"
    assert {path.name for path in tmp_path.iterdir()} == {"a.md", "site"}
