"""A report as one page that any browser shows, and that needs nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape

_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.55 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { line-height: 1.2 } h2 { margin-top: 2.2rem; border-bottom: 1px solid #8886 }
h2 { break-after: avoid }
table { border-collapse: collapse; display: block; overflow-x: auto; font-size: .92em }
th, td { border: 1px solid #8886; padding: .3rem .55rem; text-align: left; vertical-align: top }
th { background: #8882 } tbody tr:nth-child(even) { background: #8881 }
li { overflow-wrap: anywhere } td { overflow-wrap: break-word }
code { background: #8882; padding: .1em .3em }
img { max-width: 100%; height: auto } hr { border: 0; border-top: 2px solid #8886; margin: 2rem 0 }
@media print { body { margin: 0; max-width: none; font-size: 11pt } hr { break-after: page } }
"""

_IMAGE = re.compile(r'<img src="[^"]*"')


def page(markdown: str, title: str, picture: bytes | None) -> str:
    """Return a report's Markdown as a page, with its plot in it.

    No tag in the Markdown is taken for one, and the page's policy lets a browser load nothing at
    all: no script, no font, no picture but the one in it, no style but ours, which is named by its
    hash (Content Security Policy Level 3, W3C).
    """
    from markdown_it import MarkdownIt

    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    drawn = "" if picture is None else base64.b64encode(picture).decode()
    body = _IMAGE.sub(f'<img src="data:image/png;base64,{drawn}"' if drawn else "<img", body)
    body = body.replace('<a href="', '<a rel="noopener noreferrer" href="')
    style = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; img-src data:; style-src 'sha256-{style}'; base-uri 'none'; "
        "form-action 'none'"
    )
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escape(title)}</title>
<style>{_STYLE}</style>
{body}</html>
"""
