"""What people with bad intentions type."""

from __future__ import annotations

from tests.security.stage import Side

EVIL = "https://evil.example"

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
RIGHT_TO_LEFT = "\u202eesrever\u2066hidden\u2069"


def nasty(side: Side) -> dict[str, str]:
    """Return texts by what each of them tries; they name the server's outsider and its role."""
    outsider, role = side.outsider.id, side.role.id
    return {
        "ping everyone": "@everyone @here hello",
        "ping a role": f"<@&{role}> hello",
        "ping a person": f"<@{outsider}> <@!{outsider}> hello",
        "masked link": f"[the course]({EVIL})",
        "second masked link": f"[a](b) [the course]({EVIL})",
        "masked link in brackets": f"[[the course](<{EVIL}>)]",
        "link out of a link": f"x]({EVIL}) [the course",
        "code": "``` `one` ``two`` ```ansi",
        "markdown": "# big\n-# small\n> quoted\n- list **bold** __under__ ||spoiler|| ~~gone~~",
        "commands and channels": "</group create:1> <#1> <t:0:R> <:a:1> <id:customize>",
        "zero width": ZERO_WIDTH,
        "zero width inside": f"a{ZERO_WIDTH}b",
        "right to left": RIGHT_TO_LEFT,
        "blank": " \n\t ",
        "lines": "one\n\ntwo\r\nthree\u2028four\u2029five",
        "braces": "{} {0} {name!r} %s %d %(name)s ${x} {{7*7}}",
        "quotes": "'; DROP TABLE groups; -- \" ' \\' /* */",
        "like": "%_[^a]\\%",
        "null": "a\x00b\x01c\x1b[31m",
        "lone surrogate": "a\ud800b\udfffc",
        "astral": "𝕏👩\u200d👩\u200d👧🏴" * 20,
        "combining": "e" + "\u0301" * 300,
        "long": "x" * 4000,
        "long words": "word " * 800,
        "long markup": "*_`[" * 1000,
        "long emoji": "🧪" * 2000,
        "reference": "#1",
        "no reference": "#" + "9" * 30,
        "negative reference": "#-1",
        "other digits": "#١",
        "number": "9" * 400,
        "exponent": "1e999999999",
        "path": "../../../../etc/passwd",
        "address of the host": "http://169.254.169.254/latest/meta-data/",
        "script": "javascript:alert(1)",
        "formula": '=HYPERLINK("https://evil.example";"x")',
        "html": "<script>alert(1)</script><img src=x>",
        "date": "9999-12-31 23:59",
        "old date": "0001-01-01",
        "far": "in 99999999999 years",
        "zone": "Etc/../../UTC",
    }


NASTY = [
    "@everyone <@&1> <@123456789012345678>",
    f"[the course]({EVIL})",
    ZERO_WIDTH,
    RIGHT_TO_LEFT,
    "{} {0} %s %(name)s",
    "'; DROP TABLE groups; -- \"",
    "a\x00b",
    "a\ud800b",
    "e" + "\u0301" * 50,
    "👩\u200d👩\u200d👧",
    "*_`[" * 20,
    "#999999999999999999999",
    "9" * 60,
    "1e999999999",
    "9999-12-31 23:59",
    "../../etc/passwd",
]
"""Some of them, for whom no server is at hand."""
