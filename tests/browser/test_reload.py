"""A page under `--watch` in a real browser: it loads itself anew when it has changed, and not before."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from chalkgrad.notes.reload import Site, serve
from chalkgrad.render.page import page_html

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def test_a_page_loads_itself_anew_when_it_has_changed(tmp_path: Path):
    from playwright.sync_api import sync_playwright

    (tmp_path / "a.html").write_text(page_html("A", "<p id=p>one</p>"))
    site, said = Site(tmp_path), []
    server = serve(site, 0)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.on("console", lambda message: said.append(message.text))
        with page.expect_response(lambda answer: "events" in answer.url):
            page.goto(f"http://127.0.0.1:{server.server_address[1]}/a.html")
        page.evaluate("window.mark = 1")
        site.changed()  # another page has changed
        page.wait_for_timeout(200)
        assert page.evaluate("window.mark") == 1
        (tmp_path / "a.html").write_text(page_html("A", "<p id=p>two, and more</p>"))
        site.changed()
        page.wait_for_function(
            "document.getElementById('p')?.textContent === 'two, and more'", timeout=10_000
        )
        assert page.evaluate("window.mark") is None
        browser.close()
    site.changed(closed=True)
    server.shutdown()
    server.server_close()
    assert [text for text in said if "favicon" not in text and "404" not in text] == []
