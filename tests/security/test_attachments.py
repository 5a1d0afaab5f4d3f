"""Hostile files, wherever a command takes one: refused with a sentence, whatever is in them."""

from __future__ import annotations

import io
import zipfile

from discord import AppCommandOptionType

from tests.security.stage import (
    Reported,
    Saved,
    confirm,
    defects,
    every_slash,
    example,
    furnish,
    new_server,
    use,
)
from tests.world import World


def bomb() -> bytes:
    """Return a zip that unpacks to a thousand times its size."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("claims.csv", b"0" * 20_000_000)
    return packed.getvalue()


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join(f'*{before}' for _ in range(9))}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)

FILES: dict[str, bytes] = {
    "empty": b"",
    "not text": bytes(range(256)) * 40,
    "utf-16": "statement,metric,reported\na,b,1".encode("utf-16"),
    "nulls": b"statement,metric,reported\n\x00,\x00,\x00\n",
    "zip bomb": bomb(),
    "yaml bomb": LAUGHS.encode(),
    "yaml tag": b"!!python/object/apply:os.system ['true']",
    "deep": b"[" * 100_000,
    "one long line": b"x" * 900_000,
    "many rows": b"statement,metric,reported\n" + b"a,b,1\n" * 100_000,
    "unclosed quote": b'statement,metric,reported\n"a,b,1\n' * 2000,
    "formula": b'statement,metric,reported\n"=HYPERLINK(""https://evil.example"")",m,1\n',
    "masked link": b"statement,metric,reported\n[x](https://evil.example),m,1\n",
}


async def test_a_hostile_file_breaks_nothing(world: World, reported: Reported) -> None:
    side = new_server(world, "first", "quokka")
    await furnish(world, side)
    saved = Saved(world)
    wrong: list[str] = []
    for command in list(every_slash(world)):
        options = [
            parameter.display_name
            for parameter in command.parameters
            if parameter.type is AppCommandOptionType.attachment
        ]
        if not options:
            continue
        saved.restore()
        filled = await example(world, side, command)
        for what, content in FILES.items():
            for name in ("claims.csv", "claims.yaml", "claims.zip", "../../claims.json"):
                saved.restore()
                reported.take()
                given = dict.fromkeys(options, (name, content))
                result = await use(filled, side.insider, **given)
                await confirm(side.insider, result)
                if not result.acknowledged:
                    wrong.append(f"/{command.qualified_name} {what} as {name}: no answer")
                if errors := defects(reported.take()):
                    wrong.append(f"/{command.qualified_name} {what} as {name}: {errors}"[:600])
    saved.close()
    assert not wrong, "\n".join(wrong)
