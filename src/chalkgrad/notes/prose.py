"""An author's Markdown as safe HTML: prose and formulas here, fences and figures put in as finished pieces.

Everything the author wrote goes through one sanitiser as a whole. What is ours (typeset formulas, cards,
frames) is put in afterwards, at marks that carry a random key, so that neither the sanitiser nor the author
can touch it.
"""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Callable, Mapping
from html.parser import HTMLParser

import nh3
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from chalkgrad.errors import EngineError
from chalkgrad.notes.emoji import emoji
from chalkgrad.notes.read import Note, markdown
from chalkgrad.v8 import author_math_html

TAGS = set(
    "p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote div center details summary figure figcaption pre "
    "table caption thead tbody tfoot tr th td "
    "a strong em b i u s del ins sub sup code kbd samp var span small mark abbr cite q".split()
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start", "reversed"},
    "th": {"align", "colspan", "rowspan"},
    "td": {"align", "colspan", "rowspan"},
    "details": {"open"},
    "abbr": {"title"},
}
# As on GitHub these show as text: an open one would swallow all that follows.
RAW = re.compile(
    r"<(?=/?(title|textarea|style|xmp|iframe|noembed|noframes|script|plaintext|template|select|svg|math)\b)",
    re.IGNORECASE,
)
IMAGE = re.compile(r"""<img\b(?:[^>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)


class Draft:
    """A note rendered, except for its fences: `fill` puts them in when they have been run.

    Args:
        note: the note.
        picture: makes the HTML of an image of its address and its alternative text.
        pages: where links to other notes lead, by the address as written.
    """

    def __init__(self, note: Note, picture: Callable[[str, str], str], pages: Mapping[str, str]):
        self.picture, self.pages = picture, pages
        self.key = secrets.token_hex(8)
        self.slots: list[str] = []
        self.fences: dict[int, int] = {}  # slot of each fence, by the fence's index
        self.anchors: dict[str, int] = {}
        self.headings: list[tuple[int, str]] = []  # line and text
        self.formulas_not_set = 0
        renderer = _Renderer(self)
        md = markdown()
        dirty = renderer.render(md.parse(note.markdown), md.options, {})
        self.clean = nh3.clean(
            dirty,
            tags=TAGS,
            attributes=ATTRIBUTES,
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer",
        )

    def slot(self, finished: str) -> str:
        """A mark in the author's HTML that stands for finished HTML of ours."""
        self.slots.append(finished)
        return f"{self.key}n{len(self.slots) - 1}e"

    def fill(self, fences: Mapping[int, str]) -> str:
        """The whole, with the HTML of each fence."""
        for index, finished in fences.items():
            self.slots[self.fences[index]] = finished
        mark = re.compile(f"{self.key}n(\\d+)e")
        whole = re.sub(f"<p>({self.key}n\\d+e)</p>", self._alone, self.clean)
        while mark.search(whole):  # a slot may hold slots: a formula in a link in a frame
            whole = mark.sub(lambda m: self.slots[int(m[1])], whole)
        return whole

    def _alone(self, paragraph: re.Match[str]) -> str:
        """A display formula that is a paragraph of its own needs none around it."""
        content = self.slots[int(paragraph[1][len(self.key) + 1 : -1])]
        return paragraph[1] if content.startswith('<span class="display"') else paragraph[0]

    def math(self, tex: str, display: bool) -> str:
        """A formula of the author's, or its source with a note where KaTeX cannot set it."""
        try:
            done = author_math_html(tex, display)
        except EngineError as error:
            self.formulas_not_set += 1
            why = html.escape(str(error).split(" (in the formula")[0], quote=True)
            source = f"<code>{html.escape(tex)}</code>"
            return f'<span class="no-figure" title="{why}">{source} This formula cannot be set: {why}</span>'
        return f'<span class="display" style="display:block">{done}</span>' if display else done

    def anchor(self, text: str) -> str:
        """An address for a heading, as GitHub makes it; a second one of the same text gets a number."""
        slug = re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-") or "section"
        count = self.anchors.get(slug, 0)
        self.anchors[slug] = count + 1
        return f"{slug}-{count}" if count else slug


class _Renderer(RendererHTML):
    """markdown-it's renderer, with the tokens that are not the sanitiser's business turned into slots."""

    def __init__(self, draft: Draft):
        super().__init__()
        self.draft = draft
        self.seen = -1  # the last fence's index

    def text(self, tokens: list[Token], i: int, options: object, env: object) -> str:  # type: ignore[override]
        return html.escape(emoji(tokens[i].content))

    def fence(self, tokens: list[Token], i: int, options: object, env: object) -> str:  # type: ignore[override]
        self.seen += 1
        mark = self.draft.slot("")
        self.draft.fences[self.seen] = len(self.draft.slots) - 1
        return f"{mark}\n"

    def code_block(self, tokens: list[Token], i: int, options: object, env: object) -> str:  # type: ignore[override]
        return f"<pre><code>{html.escape(tokens[i].content)}</code></pre>\n"

    def math_inline(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        return self.draft.slot(self.draft.math(tokens[i].content, tokens[i].meta["display"]))

    def math_block(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        return self.draft.slot(self.draft.math(tokens[i].content, True)) + "\n"

    def image(self, tokens: list[Token], i: int, options: object, env: object) -> str:  # type: ignore[override]
        token = tokens[i]
        return self.draft.slot(self.draft.picture(str(token.attrs.get("src", "")), token.content))

    def html_inline(self, tokens: list[Token], i: int, options: object, env: object) -> str:  # type: ignore[override]
        return IMAGE.sub(self._raw_image, RAW.sub("&lt;", tokens[i].content))

    html_block = html_inline  # type: ignore[assignment]

    def _raw_image(self, tag: re.Match[str]) -> str:
        attributes = _attributes(tag[0])
        return self.draft.slot(self.draft.picture(attributes.get("src", ""), attributes.get("alt", "")))

    def heading_open(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        text = "".join(
            t.content
            for t in tokens[i + 1].children or ()
            if t.type in ("text", "code_inline", "math_inline")
        )
        anchor = self.draft.anchor(text)
        self.draft.headings.append(((tokens[i].map or [0])[0] + 1, text.strip()))
        return f"<{tokens[i].tag}>" + self.draft.slot(f'<span id="{html.escape(anchor)}"></span>')

    def link_open(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        href = str(tokens[i].attrs.get("href", ""))
        address, hash_, fragment = href.partition("#")
        href = self.draft.pages.get(address, address) + hash_ + fragment
        return f'<a href="{html.escape(href)}">'

    def table_open(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        return self.draft.slot('<div class="scroll">') + "<table>\n"

    def table_close(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        return "</table>" + self.draft.slot("</div>") + "\n"


def _attributes(tag: str) -> dict[str, str]:
    found: dict[str, str] = {}

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.update({name: value or "" for name, value in attrs})

    Reader().feed(tag)
    return found
