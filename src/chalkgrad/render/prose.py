"""What stands between the cards: code fences, their output, findings. Helpers return finished HTML."""

from __future__ import annotations

from functools import cache
from html import escape
from typing import Any


def highlight(source: str) -> str:
    """Python source with Pygments' short class names, to which the style gives weight and grey."""
    from pygments import highlight as paint

    return paint(source, *_painter()).rstrip("\n")


@cache
def _painter() -> tuple[Any, Any]:
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return PythonLexer(stripnl=False), HtmlFormatter(nowrap=True)


def fence_html(code_html: str, where: str = "", output_html: str = "", stopped: str = "") -> str:
    """A fence as the author wrote it, with what it printed or drew and, if it failed, why.

    Args:
        code_html: finished, for example from `highlight`.
        where: "line 88", "line 200, under The Chain Rule".
        output_html: finished HTML; text output goes through `output_html`.
        stopped: finished HTML from `stopped_html`.
    """
    caption = f"<figcaption>{escape(where)}</figcaption>" if where else ""
    return (
        f'<figure class="fence">{caption}<pre><code>{code_html}</code></pre>{output_html}{stopped}</figure>\n'
    )


def output_html(text: str) -> str:
    """What a fence printed."""
    return f'<pre class="output" tabindex="0" aria-label="Output">{escape(text)}</pre>'


def stopped_html(error: str, cure: str = "") -> str:
    """The callout under a fence that raised: "This fence stopped: NameError: …"."""
    hint = f'<span class="cure">{escape(cure)}</span>' if cure else ""
    return f'<div class="stopped" role="note"><b>This fence stopped:</b> {escape(error)}{hint}</div>'


def finding_html(
    code: str, message_html: str, severity: str = "error", cure_html: str = "", span: bool = False
) -> str:
    """A finding in the free column beside the prose that it is about; put it before that prose.

    Args:
        code: "CG201".
        message_html: finished HTML.
        severity: "error" gives a solid tag, anything else an outlined one.
        cure_html: finished HTML: what to write instead.
        span: for a place inside a paragraph.
    """
    kind, tag = ("error", "tag") if severity == "error" else ("soft", "tag soft")
    cure = f'<span class="cure">{cure_html}</span>' if cure_html else ""
    label = f'<span class="{tag}">{escape(code)}</span>'
    element, end = ("span", "") if span else ("div", "\n")
    words = f'<span class="words">{message_html}</span>'
    return f'<{element} class="finding {kind}" role="note">{label}{words}{cure}</{element}>{end}'
