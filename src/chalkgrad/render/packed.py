"""HTML that only the page's script brings to light, packed: a tenth of its size in the file."""

from __future__ import annotations

import base64
import zlib

LEAST = 2_000  # bytes worth the trouble


def packed(html: str) -> str:
    """An element that web/page/unpack.ts replaces by this HTML; short HTML as it is."""
    plain = html.encode()
    if len(plain) < LEAST:
        return html
    deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    data = base64.b64encode(deflate.compress(plain) + deflate.flush()).decode()
    return f'<script type="text/plain" class="packed" data-size="{len(plain)}">{data}</script>'


def unpacked(html: str) -> str:
    """The page as its script makes it: what is packed in its place."""
    import re

    def one(found: re.Match[str]) -> str:
        return zlib.decompress(base64.b64decode(found[1]), -zlib.MAX_WBITS).decode()

    return re.sub(r'<script type="text/plain" class="packed"[^>]*>([^<]*)</script>', one, html)
