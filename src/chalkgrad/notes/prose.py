"""An author's Markdown as safe HTML: prose and formulas here, fences and figures put in as finished pieces.

Everything the author wrote goes through one sanitiser as a whole. What is ours (typeset formulas, cards,
frames) is put in afterwards, at marks that carry a random key, so that neither the sanitiser nor the author
can touch it.
"""

from __future__ import annotations

import html
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from html.parser import HTMLParser
from typing import NamedTuple

import nh3
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from chalkgrad.errors import EngineError
from chalkgrad.notes.authors import folded, names_in
from chalkgrad.notes.emoji import emoji
from chalkgrad.notes.footnotes import Footnotes
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


class Heading(NamedTuple):
    """A heading: its place, its rank, its words as text and as finished HTML, its address in the page."""

    line: int
    level: int
    text: str
    html: str
    anchor: str


class Formula(NamedTuple):
    """A formula in the prose: its line, its source, its slot."""

    line: int
    tex: str
    slot: int


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
        self.anchors: dict[str, int] = dict.fromkeys(names_in(note), 1)
        self.headings: list[Heading] = []
        self.lines: dict[int, int] = {}  # line of the file → the slot where it begins on the page
        self.formulas: list[Formula] = []
        self.frames: dict[int, list[int]] = {}  # line → slots in frames of figures that are not here
        self.formulas_not_set = 0
        renderer = _Renderer(self)
        md = markdown()
        dirty = renderer.render(folded(md.parse(note.markdown)), md.options, {})
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

    def fill(self, fences: Mapping[int, str], notes: Iterable[tuple[int, str]] = ()) -> str:
        """The whole, with the HTML of each fence, and with finished HTML at the lines of the file."""
        for index, finished in fences.items():
            self.slots[self.fences[index]] = finished
        for line, finished in notes:
            self.slots[self._slot_at(line)] += finished
        mark = re.compile(f"{self.key}n(\\d+)e")
        whole = re.sub(f"<p>((?:{self.key}n\\d+e)?)({self.key}n\\d+e)</p>", self._alone, self.clean)
        while mark.search(whole):  # a slot may hold slots: a formula in a link in a frame
            whole = mark.sub(lambda m: self.slots[int(m[1])], whole)
        return whole

    def _alone(self, paragraph: re.Match[str]) -> str:
        """A display formula that is a paragraph of its own needs none around it."""
        content = self.slots[int(paragraph[2][len(self.key) + 1 : -1])]
        return paragraph[1] + paragraph[2] if '<span class="display"' in content[:40] else paragraph[0]

    def _slot_at(self, line: int) -> int:
        """The slot of a line, or of the nearest one above it that has one; else of the first."""
        before = [here for here in self.lines if here <= line]
        if not self.lines:
            self.lines[1] = len(self.slots)
            self.clean = self.slot("") + self.clean
        return self.lines[max(before) if before else min(self.lines)]

    def wave(self, line: int, tex: str) -> None:
        """A wavy line under the formulas of a line that say this."""
        for formula in self.formulas:
            height = formula.tex.count("\n")
            if formula.line <= line <= formula.line + height + 2 and tex in formula.tex:
                self.slots[formula.slot] = f'<span class="waved">{self.slots[formula.slot]}</span>'

    def frame(self, line: int, finished: str) -> str:
        """What the picture maker gave; a frame gets a slot of its own, for a tag."""
        if not finished.startswith('<span class="no-figure"'):
            return self.slot(finished)
        opening, _, rest = finished.partition(">")
        tag = self.slot("")
        self.frames.setdefault(line, []).append(len(self.slots) - 1)
        return self.slot(f"{opening}>{tag}{rest}")

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


class _Renderer(Footnotes, RendererHTML):
    """markdown-it's renderer, with the tokens that are not the sanitiser's business turned into slots."""

    def __init__(self, draft: Draft):
        super().__init__()
        self.draft = draft
        self.seen = -1  # the last fence's index
        self.line = 1  # of the file

    def render(self, tokens: Sequence[Token], options: object, env: object) -> str:
        done = []
        for i, token in enumerate(tokens):
            if token.map:
                self.line = token.map[0] + 1
            if token.type == "inline":
                plain = tokens[i - 1].type == "paragraph_open"
                done.append(self.mark() if plain else "")
                done.append(self.renderInline(token.children or [], options, env))  # type: ignore[arg-type]
            elif token.type in self.rules:
                done.append(self.rules[token.type](tokens, i, options, env))
            else:
                done.append(self.renderToken(tokens, i, options, env))  # type: ignore[arg-type]
        return "".join(done)

    def mark(self) -> str:
        """A slot where a line of the file begins, for what is to be said about it."""
        mark = self.draft.slot("")
        self.draft.lines.setdefault(self.line, len(self.draft.slots) - 1)
        return mark

    def softbreak(self, tokens: list[Token], i: int, options: object, env: object) -> str:  # type: ignore[override]
        self.line += 1
        return "\n" + self.mark()

    def hardbreak(self, tokens: list[Token], i: int, options: object, env: object) -> str:  # type: ignore[override]
        self.line += 1
        return "<br>\n" + self.mark()

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
        return self._math(tokens[i].content, tokens[i].meta["display"])

    def math_block(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        return self.mark() + self._math(tokens[i].content, True) + "\n"

    def _math(self, tex: str, display: bool) -> str:
        mark = self.draft.slot(self.draft.math(tex, display))
        self.draft.formulas.append(Formula(self.line, tex, len(self.draft.slots) - 1))
        self.line += tex.count("\n")
        return mark

    def image(self, tokens: list[Token], i: int, options: object, env: object) -> str:  # type: ignore[override]
        token = tokens[i]
        finished = self.draft.picture(str(token.attrs.get("src", "")), token.content)
        return self.draft.frame(self.line, finished)

    def html_inline(self, tokens: list[Token], i: int, options: object, env: object) -> str:  # type: ignore[override]
        done = IMAGE.sub(self._raw_image, RAW.sub("&lt;", tokens[i].content))
        self.line += tokens[i].content.count("\n")
        return done

    html_block = html_inline  # type: ignore[assignment]

    def _raw_image(self, tag: re.Match[str]) -> str:
        attributes = _attributes(tag[0])
        finished = self.draft.picture(attributes.get("src", ""), attributes.get("alt", ""))
        before = tag.string.count("\n", 0, tag.start())
        return self.draft.frame(self.line + before, finished)

    def answer_open(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        return self.draft.slot('<details class="answer"><summary>Answer</summary>') + "\n"

    def answer_close(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        return self.draft.slot("</details>") + "\n"

    def heading_open(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        words = [t for t in tokens[i + 1].children or () if t.type in ("text", "code_inline", "math_inline")]
        text = "".join(t.content for t in words)
        anchor = self.draft.anchor(text)
        drawn = "".join(self._word(t) for t in words).strip()
        tag = tokens[i].tag
        self.draft.headings.append(Heading(self.line, int(tag[1:]), emoji(text).strip(), drawn, anchor))
        return self.mark() + f"<{tag}>" + self.draft.slot(f'<span id="{html.escape(anchor)}"></span>')

    def _word(self, token: Token) -> str:
        if token.type == "math_inline":
            return self.draft.math(token.content, False)
        return html.escape(emoji(token.content))

    def link_open(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        href = str(tokens[i].attrs.get("href", ""))
        address, hash_, fragment = href.partition("#")
        href = self.draft.pages.get(address, address) + hash_ + fragment
        return f'<a href="{html.escape(href)}">'

    def td_open(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        """A cell with its column's side as an attribute, for the sanitiser takes away what is style."""
        side = str(tokens[i].attrs.get("style", "")).removeprefix("text-align:")
        align = f' align="{side}"' if side in ("left", "center", "right") else ""
        return f"<{tokens[i].tag}{align}>"

    th_open = td_open

    def table_open(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        return self.mark() + self.draft.slot('<div class="scroll">') + "<table>\n"

    def table_close(self, tokens: list[Token], i: int, options: object, env: object) -> str:
        return "</table>" + self.draft.slot("</div>") + "\n"


def _attributes(tag: str) -> dict[str, str]:
    found: dict[str, str] = {}

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.update({name: value or "" for name, value in attrs})

    Reader().feed(tag)
    return found
