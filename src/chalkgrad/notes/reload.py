"""A site served on this machine alone while its author writes, with pages that load anew when they change.

The written pages stay as they are: the script that waits for changes, and the policy that lets it, go in on
the way to the browser. Only names of this machine are answered to, so that no other site can look in through
a name of its own that leads here; and only files of the site are given out, none that is hidden or linked
from elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import threading
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from chalkgrad.errors import NotesError

PORT = 8321  # the first one tried, so that open pages find the next `--watch` again
EVENTS = "/.chalkgrad/events"
KEEP_ALIVE = 15.0  # seconds between two signs of life

# fmt: off
KINDS = {
    ".html":  "text/html; charset=utf-8",
    ".css":   "text/css; charset=utf-8",
    ".js":    "text/javascript; charset=utf-8",
    ".txt":   "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg":   "image/svg+xml",
    ".png":   "image/png",
}
# fmt: on

# A hidden page lets go of its connection: browsers have only six for one address.
SCRIPT = (
    """
(() => {
  const mine = document.currentScript.dataset.print;
  let events = null;
  const follow = () => {
    if (events) events.close();
    events = null;
    if (document.hidden) return;
    events = new EventSource("%s?page=" + encodeURIComponent(location.pathname));
    events.onmessage = (event) => { if (event.data !== mine) location.reload(); };
  };
  document.addEventListener("visibilitychange", follow);
  follow();
})();
""".strip()
    % EVENTS
)


@dataclass
class Site:
    """What is served: a folder, or one file of it; `changed` wakes the pages that wait."""

    folder: Path
    only: str = ""  # the one page there is
    build: int = 0
    news: threading.Condition = field(default_factory=threading.Condition)
    closed: bool = False

    def changed(self, closed: bool = False) -> None:
        with self.news:
            self.build += 1
            self.closed = closed
            self.news.notify_all()

    def wait(self, build: int) -> None:
        """Until there is a later build than this, or for a while."""
        with self.news:
            self.news.wait_for(lambda: self.build != build, KEEP_ALIVE)

    def file(self, address: str) -> Path | None:
        """The file behind an address, if it is one of the site."""
        parts = [part for part in unquote(urlsplit(address).path).split("/") if part]
        if any(part.startswith(".") or re.search(r"[\\\0:]", part) for part in parts):
            return None
        if self.only:
            parts = [self.only] if parts in ([], [self.only]) else ["\0"]
        if "\0" in parts:
            return None
        root = os.path.realpath(self.folder)
        file = os.path.join(root, *(parts or ["index.html"]))
        if os.path.realpath(file) != file or not os.path.isfile(file):
            return None
        return Path(file)

    def print_of(self, address: str) -> str:
        """What tells one content of a page from another."""
        file = self.file(address)
        try:
            info = file.stat() if file else None
        except OSError:
            info = None
        return f"{info.st_size}-{info.st_mtime_ns}-{info.st_ino}" if info else "none"


def serve(site: Site, port: int | None = None) -> ThreadingHTTPServer:
    """Start to serve in a thread of its own.

    Args:
        site: what.
        port: where; none: wherever there is room.

    Raises:
        NotesError: the port is taken.
    """
    handler = type("Handler", (_Handler,), {"site": site})
    server = _bound(handler, port)
    threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    return server


def _bound(handler: type[BaseHTTPRequestHandler], port: int | None) -> ThreadingHTTPServer:
    for number in (PORT, 0) if port is None else (port,):
        try:
            return _Server(("127.0.0.1", number), handler)
        except OSError as error:
            problem = error.strerror
    raise NotesError(f"port {port} cannot be had: {problem}; give another --port")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name == "posix"  # on Windows it would share a port that is taken

    def handle_error(self, *_: object) -> None:
        """A browser that has gone away is nobody's concern."""


class _Handler(BaseHTTPRequestHandler):
    """Answers one browser."""

    site: Site
    protocol_version = "HTTP/1.1"
    server_version = "chalkgrad"
    sys_version = ""
    timeout = 60

    def log_message(self, *_: object) -> None:
        """Say nothing: the terminal tells of builds."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if not self._is_ours():
            self._send(403, b"This address is for this machine only.\n", "text/plain")
        elif self.path.split("?")[0] == EVENTS:
            self._events()
        else:
            self._file()

    def _is_ours(self) -> bool:
        port = self.connection.getsockname()[1]
        return self.headers.get("Host", "") in {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}

    def _file(self) -> None:
        file = self.site.file(self.path)
        if file is None:
            self._send(404, self._waiting(_not_there()), KINDS[".html"])
            return
        content = file.read_bytes()
        if file.suffix == ".html":
            content = self._waiting(content)
        self._send(200, content, KINDS.get(file.suffix.lower(), "application/octet-stream"))

    def _waiting(self, page: bytes) -> bytes:
        """A page with the script that waits for its next content."""
        return with_script(page, self.site.print_of(self.path))

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _events(self) -> None:
        """Tell a page what its content is now, and again whenever the site was built."""
        page = parse_qs(urlsplit(self.path).query).get("page", ["/"])[0]
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        told = -1
        while not self.site.closed:
            build = self.site.build
            fresh = f"data: {self.site.print_of(page)}\n\n" if build != told else ": still here\n\n"
            self.wfile.write(fresh.encode())
            self.wfile.flush()
            told = build
            self.site.wait(told)


def with_script(page: bytes, mark: str) -> bytes:
    """A page with the script that loads it anew, and a policy that lets this script and no other do so."""
    digest = base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()
    text = page.decode("utf-8", "replace")
    head, end, rest = text.partition("</head>")
    head = head.replace("script-src ", f"script-src 'sha256-{digest}' ", 1)
    head = head.replace("default-src 'none';", "default-src 'none'; connect-src 'self';", 1)
    return f'{head}<script data-print="{escape(mark)}">{SCRIPT}</script>\n{end}{rest}'.encode()


def _not_there() -> bytes:
    return (
        b"<!doctype html><html lang=en><head><title>Not there</title></head>"
        b"<body><p>There is no such page. <a href=/>All notes</a></p></body></html>"
    )
