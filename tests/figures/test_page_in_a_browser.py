"""The page in a browser: it shows its pictures, runs nothing, asks for nothing."""

from __future__ import annotations

import http.server
import subprocess
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

import fiducial as fd
from fiducial.picture import png
from fiducial.report import Code, Page, Picture, Section, Text

pytestmark = pytest.mark.browser

RED = np.zeros((64, 64, 3), np.uint8)
RED[...] = (200, 30, 40)


@pytest.fixture
def requests() -> Iterator[tuple[str, list[str]]]:
    """Give the address of a server on this machine, and what it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def screenshot(chromium: str, page: Path, out: Path, size: tuple[int, int]) -> np.ndarray:
    from PIL import Image

    command = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--virtual-time-budget=2000",
        f"--user-data-dir={out.parent / 'profile'}",
        f"--screenshot={out}",
        f"--window-size={size[0]},{size[1]}",
        page.as_uri(),
    ]
    subprocess.run(command, capture_output=True, timeout=120, check=True)
    return np.asarray(Image.open(BytesIO(out.read_bytes())).convert("RGB"))


def test_pictures_are_shown_and_fit(chromium: str, tmp_path: Path) -> None:
    page = Page("Picture", sections=[Section("One", [Picture(png(RED), "a red square")])])
    where = page.save(tmp_path / "page.html")
    for width in (500, 1300):
        shown = screenshot(chromium, where, tmp_path / f"{width}.png", (width, 700))
        red = np.all(np.abs(shown.astype(int) - RED[0, 0]) <= 30, axis=-1)
        # 64 x 64 less the rounded corners and the line around.
        assert 3600 < np.count_nonzero(red) <= 4096


def test_text_that_slipped_through_would_not_run(
    chromium: str, tmp_path: Path, requests: tuple[str, list[str]]
) -> None:
    address, asked = requests
    attack = (
        f"<script src='{address}/script.js'></script><img src='{address}/image.png'>"
        f"<script>fetch('{address}/fetch')</script><link rel=stylesheet href='{address}/s.css'>"
        f"<iframe src='{address}/frame'></iframe><style>body{{background:#c81e28}}</style>"
        f"<img src=x onerror=\"fetch('{address}/error')\"><meta http-equiv=refresh "
        f"content='0;url={address}/refresh'>"
    )
    page = Page(attack, attack, sections=[Section(attack, [Text(attack), Code(attack)])])
    where = page.save(tmp_path / "page.html")
    screenshot(chromium, where, tmp_path / "escaped.png", (800, 900))
    assert asked == []

    class Raw:
        def html(self) -> str:
            # Without the refresh, which is no request of the page but a way out of it.
            return attack.split("<meta")[0]

    page = Page("Raw", sections=[Section("One", [Raw()])])
    where = page.save(tmp_path / "raw.html")
    shown = screenshot(chromium, where, tmp_path / "raw.png", (800, 600))
    assert asked == []
    red = np.all(np.abs(shown.astype(int) - (200, 30, 40)) <= 30, axis=-1)
    assert not red.any()


def test_the_server_would_see_a_request(
    chromium: str, tmp_path: Path, requests: tuple[str, list[str]]
) -> None:
    address, asked = requests
    bare = tmp_path / "bare.html"
    bare.write_text(f"<!doctype html><img src='{address}/image.png'>")
    screenshot(chromium, bare, tmp_path / "bare.png", (300, 300))
    assert "/image.png" in asked


def test_nothing_is_wider_than_a_phone(chromium: str, tmp_path: Path) -> None:
    scan = fd.phantoms.abdomen_ct(fd.Grid.from_spacing((8, 30, 40), 9.0, origin=(-175, -130, -30)))
    wide = fd.show([scan.image] * 4, titles=["one", "two", "three", "four"])
    blocks = [Text("word " * 60 + "x" * 300), Picture(wide, "four"), Code("y" * 400)]
    page = Page("Phone", sections=[Section("One", blocks)])
    where = page.save(tmp_path / "page.html")
    # What the browser lays out is wider than its window only if something sticks out: then a
    # column beyond the margin would hold more than the paper.
    shown = screenshot(chromium, where, tmp_path / "phone.png", (500, 1200)).astype(int)
    margin = shown[:, -12:]
    assert np.abs(margin - margin[0, 0]).max() <= 4
