"""Where the CPU of people's actions goes: the share of each layer.

The bot samples itself (``sampled.py``). A sample counts for the layer of the innermost frame that
has one; what the kernel does for threads that wait for each other is counted as waiting.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from tests.benchmarks.commands import ROUNDS, WARM_UP, Action, act, time_each
from tests.benchmarks.figure import Figure
from tests.benchmarks.sampled import WAITING
from tests.benchmarks.watched import watched

LAYERS = {
    "store": ("/data/", "/sqlalchemy/", "/aiosqlite/", "/sqlite3/"),
    "log": ("/structlog/", "/logging/", "/bot/ops/logs"),
    "requests": (
        "/discord/http",
        "/discord/webhook/",
        "/aiohttp/client",
        "/aiohttp/tracing",
        "/bot/jobs/rate_limit",
    ),
    "cards": (
        "/cards.py",
        "/views.py",
        "/bot/jobs/fitting",
        "/bot/jobs/delivery",
        "/bot/ui/",
        "/bot/base/when",
        "/bot/base/wording",
        "/discord/ui/",
        "/discord/embeds",
        "/discord/components",
    ),
    "gateway": ("/discord/gateway", "/discord/state", "/discord/shard"),
    "commands": ("/discord/app_commands/", "/discord/interactions", "/discord/client"),
    "features": ("/cogs/", "/bot/"),
    "alarm": ("/apscheduler/",),
    "loop": ("/asyncio/", "/discord/", "/aiohttp/", "/yarl/", "/multidict/"),
}
"""The files of each layer, which claim a frame in this order."""


async def measure() -> list[Figure]:
    """Measure once: shares need fewer rounds than sums."""
    figures: list[Figure] = []
    async with watched("tests.benchmarks.sampled") as its:

        async def measured(
            actions: Mapping[str, Action], rounds: int = ROUNDS, *, warm_up: int = WARM_UP
        ) -> None:
            await its.noted()
            costs = await time_each(its.bot, actions, rounds, warm_up)
            collecting, seen = _samples(await its.noted())
            name = " and ".join(actions)
            cpu = sum(cost.cpu for cost in costs.values())
            turns = rounds + warm_up
            figures.append(Figure(f"{name}, CPU", cpu, "ms"))
            figures.append(Figure(f"{name}, garbage", collecting / turns * 1000, "ms"))
            for layer, share in shares(seen).items():
                figures.append(Figure(f"{name}, {layer}", cpu * share, "ms"))

        await act(its.wire, its.channel, its.people, measured)
    return figures


def _samples(noted: str) -> tuple[float, Counter[str]]:
    """Return the seconds of collecting, and the stacks."""
    collecting, *lines = noted.splitlines()
    seen: Counter[str] = Counter()
    for line in lines:
        stack, _, count = line.rpartition(" ")
        seen[stack] += int(count)
    return float(collecting), seen


def shares(seen: Counter[str]) -> dict[str, float]:
    """Return the share of each layer, the largest first."""
    found: Counter[str] = Counter()
    for stack, count in seen.items():
        found[_layer(stack)] += count
    return {layer: count / found.total() for layer, count in found.most_common()}


def _layer(stack: str) -> str:
    frames = stack.split(";")
    if any(one in frames[-1] for one in WAITING):
        return "waiting"
    for frame in reversed(frames):
        for layer, files in LAYERS.items():
            if any(one in frame for one in files):
                return layer
    return "rest"
