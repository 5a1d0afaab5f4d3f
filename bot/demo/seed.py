"""The story of the demo's server so far, told by what its people did: nothing is put into rows.

The exception is what arXiv knows of the papers, since the demo asks nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import cycle

import discord
from simcord.actors import MemberActor
from simcord.builders import ChannelHandle

from bot import papers
from bot.demo import controls, seed_programme
from bot.demo.simulated_server import Town

TODAY = datetime(2026, 11, 4, 17, 0, tzinfo=UTC)
"""When the demo begins: a Wednesday, five hours into a round."""

GROKKING = "https://arxiv.org/abs/2201.02177"
PROGRESS = "https://arxiv.org/abs/2301.05217"
CIRCUITS = "https://transformer-circuits.pub/2021/framework/index.html"

FIRST_NAMES = [
    "Ada",
    "Aiko",
    "Amir",
    "Ana",
    "Bola",
    "Chen",
    "Dara",
    "Deniz",
    "Elif",
    "Emeka",
    "Fatou",
    "Goran",
    "Hana",
    "Ines",
    "Ivo",
    "Jamal",
    "Jana",
    "Kofi",
    "Lea",
    "Lior",
    "Luz",
    "Mai",
    "Marek",
    "Mina",
    "Nadia",
    "Noor",
    "Omar",
    "Petra",
    "Priya",
    "Quinn",
    "Rafa",
    "Rosa",
    "Sami",
    "Selma",
    "Tariq",
    "Teo",
    "Uma",
    "Vera",
    "Wanjiru",
    "Yuki",
    "Zoe",
]


def settle(town: Town) -> tuple[MemberActor, ChannelHandle]:
    """Open the channels and let the people move in; returns who and where one begins as."""
    organisers = town.guild.create_role(
        "Organisers", permissions=discord.Permissions(manage_guild=True), color=0xE0A33E
    )
    town.move_in("Olga", organisers)
    town.move_in("Amara", town.guild.create_role("Replications", color=0x4F9D8F))
    town.move_in("Ben", town.guild.create_role("Beginners", color=0x7A9E4F))
    town.move_in("Chiara", town.guild.create_role("Facilitators", color=0x9B7FD1))
    town.channel("mech-interp", "ARENA chapter 1, a section a week")
    town.channel("grokking", "From the paper to our own curves")
    town.channel("announcements", "What concerns everybody")
    return town.people["Amara"], town.channels["grokking"]


async def play(town: Town, people: int) -> None:
    """Tell the story until :data:`TODAY`; ``people`` more join the groups."""
    await _describe_papers(town)
    await _found_the_groups(town)
    crowd = await _crowd(town, people)
    await _say_who_they_are(town, crowd)
    await seed_programme.begin(town, crowd)
    await _open_the_board(town)
    await _write_down_the_claims(town)
    await seed_programme.meet(town, crowd, "What is a circuit?", 10, 28)
    await _first_round(town)
    await _plan_the_meetings(town, crowd)
    await _work_on_the_board(town)
    await seed_programme.meet(town, crowd, "Transformers as circuits", 11, 4)
    await seed_programme.hand_in(town)
    await _second_round(town)
    await town.until(TODAY)


async def _describe_papers(town: Town) -> None:
    now = town.clock.now()
    for url, title, authors, year in (
        (
            GROKKING,
            "Grokking: Generalization Beyond Overfitting on Small Algorithmic Datasets",
            ("Alethea Power", "Yuri Burda", "Harri Edwards", "Igor Babuschkin", "Vedant Misra"),
            2022,
        ),
        (
            PROGRESS,
            "Progress measures for grokking via mechanistic interpretability",
            ("Neel Nanda", "Lawrence Chan", "Tom Lieberum", "Jess Smith", "Jacob Steinhardt"),
            2023,
        ),
        (
            CIRCUITS,
            "A Mathematical Framework for Transformer Circuits",
            ("Nelson Elhage", "Neel Nanda", "Catherine Olsson"),
            2021,
        ),
    ):
        found = papers.find(url)
        assert found is not None  # noqa: S101 - they are arXiv's and the web's own addresses
        async with town.bot.store.transaction() as tx:
            paper = await tx.papers.add(key=found.key, url=found.url, title=title, now=now)
            await tx.papers.describe(paper.id, now, title=title, authors=authors, year=year)


async def _found_the_groups(town: Town) -> None:
    olga, amara, ben, chiara = town.people.values()
    mech_interp, grokking, announcements = town.channels.values()
    organisers = town.guild.roles["Organisers"]
    await olga.slash(
        announcements,
        "cohort setup",
        timezone="Europe/London",
        organisers=organisers,
        announcements=announcements,
    )
    await olga.slash(
        mech_interp,
        "group create",
        name="Mech Interp beginners",
        focus="ARENA chapter 1: transformers and interpretability, a section a week",
    )
    await olga.slash(
        grokking,
        "group create",
        name="Grokking replication",
        focus="arXiv:2201.02177, Power et al. 2022: replicate it, then try to break it",
        timezone="Europe/Rome",
    )
    for person in (amara, chiara, ben):
        await person.slash(grokking, "group join")
    for person in (ben, chiara):
        await person.slash(mech_interp, "group join")
    await olga.slash(grokking, "checkin schedule", cadence="weekly", day="friday", time="12:00")
    await town.until(_utc(10, 26, 9, 30))
    await ben.send(
        mech_interp, "Hello! I have done chapter 0 and keep getting stuck at attention heads."
    )
    await chiara.send(mech_interp, "Welcome, Ben. Same here, let's read it aloud together.")


async def _crowd(town: Town, people: int) -> list[MemberActor]:
    """Add more people: a third to each group, and the last third to both."""
    groups = (town.channels["mech-interp"], town.channels["grokking"])
    crowd: list[MemberActor] = []
    for number in range(people):
        again, which = divmod(number, len(FIRST_NAMES))
        name = FIRST_NAMES[which] + (f" {chr(ord('A') + again % 26)}." if again else "")
        user = town.env.create_user(f"{name.casefold().rstrip('.')}{number}", global_name=name)
        crowd.append(town.guild.add_member(user))
        for index, group in enumerate(groups):
            if number % 3 in (index, 2):
                await crowd[-1].slash(group, "group join")
    return crowd


async def _say_who_they_are(town: Town, crowd: Sequence[MemberActor]) -> None:
    """Fill in the profiles of the first four, and of every fifth of the others."""
    _, amara, ben, chiara = town.people.values()
    elsewhere = town.channels["announcements"]
    zones = cycle(
        ("Europe/London", "Europe/Paris", "Africa/Lagos", "Asia/Kolkata", "America/New_York")
    )
    free = cycle(("weekday evenings", "sat morning, wed evening", "tue and thu evenings"))
    known = cycle(("mech interp, pytorch", "evals, red teaming", "pytorch, cuda", "rlhf, evals"))
    for number, who in enumerate((amara, ben, chiara, *crowd[::5])):
        form = await who.slash(elsewhere, "profile set")
        shown = await who.submit_modal(
            form,
            {
                "timezone": next(zones),
                "level": [str(number * 3 % 4 + 1)],
                "interests": next(known),
                "free": next(free),
            },
        )
        card = shown.response
        assert card is not None  # noqa: S101 - a form is answered with the profile
        await who.select(card, ["server"], custom_id="profile:audience")
        open_to = ["pair", "pod", *(["mentoring"] if number % 3 else ["mentored"])]
        await who.select(card, open_to, custom_id="profile:open")


async def _open_the_board(town: Town) -> None:
    _, amara, ben, chiara = town.people.values()
    grokking = town.channels["grokking"]
    await town.until(_utc(10, 26, 13, 40))
    await amara.slash(
        grokking,
        "project propose",
        paper=GROKKING,
        title="Grokking on one GPU",
        summary="Train the paper's two-layer transformer on modular arithmetic, and see whether "
        "validation accuracy jumps long after training accuracy has reached 100 %.",
        skills="PyTorch, plotting, patience",
        capacity=5,
    )
    board = _board(town)
    await town.until(_utc(10, 26, 14, 5))
    for person in (ben, chiara):
        await person.slash(board, "project join")
    await town.until(_utc(10, 26, 14, 20))
    for task in (
        {"title": "Read the paper, write down every number in it", "owner": chiara},
        {"title": "Modular division, p = 97, 50 % of the data", "owner": amara},
        {"title": "Reproduce Figure 1, three seeds", "owner": amara, "due": "2026-11-08"},
        {"title": "Sweep weight decay from 0 to 1", "owner": ben, "due": "2026-11-11"},
        {"title": "Check that no pair is in both halves of the data"},
        {"title": "Data against steps: Figure 1, centre", "notes": "Needs the sweep first."},
    ):
        await amara.slash(board, "task add", **task)
    for title, due in (
        ("Our curves beside Figure 1", "2026-11-11 21:00"),
        ("Write-up to the others", "2026-11-27"),
    ):
        await amara.slash(board, "deadline add", title=title, due=due)


async def _write_down_the_claims(town: Town) -> None:
    amara, chiara = town.people["Amara"], town.people["Chiara"]
    board = _board(town)
    await town.until(_utc(10, 27, 19, 15))
    await amara.slash(board, "project status", state="active")
    for claim in (
        {
            "statement": "On division mod 97, validation accuracy becomes close to perfect",
            "metric": "validation accuracy",
            "reported": "100%",
            "better": "higher",
            "tolerance": "1%",
            "headline": True,
        },
        {
            "statement": "Training accuracy is close to perfect within a thousand steps",
            "metric": "steps to 99 % training accuracy",
            "reported": "1000",
            "better": "lower",
            "tolerance": "40%",
        },
        {
            "statement": "Validation accuracy takes close to a million steps to get there",
            "metric": "steps to 99 % validation accuracy",
            "reported": "1.0e6",
            "better": "lower",
            "tolerance": "50%",
        },
    ):
        await chiara.slash(board, "claim add", where="Figure 1, left", **claim)
    await _move(chiara, board, "Read the paper, write down every number in it", "done")


async def _first_round(town: Town) -> None:
    olga, amara, ben, chiara = town.people.values()
    grokking = town.channels["grokking"]
    await town.until(_utc(10, 29, 18, 20))
    await amara.slash(
        grokking,
        "checkin post",
        did="Wrote the data set (all 97 × 96 divisions, shuffled once, half for training) and the "
        "two-layer transformer from appendix A.1. It trains, and overfits within 800 steps.",
        next="Let one seed run to 100 000 steps\nPlot train and validation on a log axis",
    )
    await town.until(_utc(10, 29, 20, 10))
    await ben.slash(
        grokking,
        "checkin post",
        did="Read sections 1 and 2 of the paper twice. I think I get the set-up now.",
        next="Write a training loop without copying one",
        blocked="I do not see why weight decay should help after the loss is already zero.",
    )
    await town.until(_utc(10, 30, 8, 5))
    await chiara.slash(
        grokking,
        "checkin post",
        did="Listed all 14 numbers that the paper reports, with where each one stands.",
        next="Find a reading for Thursday that explains the circuits",
    )
    await town.until(_utc(10, 30, 19, 40))
    await olga.slash(
        grokking,
        "checkin post",
        did="Late, sorry: asked two other groups for GPU hours. We have 40 until Christmas.",
        next="Share the login with Amara",
    )


async def _plan_the_meetings(town: Town, crowd: Sequence[MemberActor]) -> None:
    olga, amara, ben, chiara = town.people.values()
    mech_interp, grokking, _ = town.channels.values()
    await town.until(_utc(10, 31, 10, 15))
    await olga.slash(
        mech_interp,
        "meeting schedule",
        title="ARENA evening",
        when="tue 19:00",
        paper=CIRCUITS,
        minutes=90,
        where="Voice channel, cameras optional",
        facilitator=olga,
        repeat="weekly",
    )
    others = list(zip(crowd[::2], cycle("✅✅❔❌")))
    await _answer(mech_interp, (olga, "✅"), (ben, "✅"), (chiara, "❔"), *others)
    await town.until(_utc(11, 2, 9, 30))
    await olga.slash(
        mech_interp, "checkin schedule", cadence="fortnightly", day="sunday", time="18:00"
    )
    await chiara.slash(
        grokking,
        "meeting schedule",
        title="Why does it grok? Nanda et al., sections 1 to 4",
        when="2026-11-05 19:00",
        paper=PROGRESS,
        facilitator=chiara,
        capacity=12,
    )
    await _answer(grokking, (amara, "✅"), (chiara, "✅"), (ben, "❔"), *others)


async def _work_on_the_board(town: Town) -> None:
    _, amara, ben, _ = town.people.values()
    board = _board(town)
    await town.until(_utc(11, 3, 20, 10))
    await _move(amara, board, "Modular division, p = 97, 50 % of the data", "done")
    await _move(amara, board, "Reproduce Figure 1, three seeds", "review")
    await _move(ben, board, "Sweep weight decay from 0 to 1", "doing")
    await _move(amara, board, "Data against steps: Figure 1, centre", "blocked")
    for claim, value, notes in (
        (
            "On division mod 97, validation accuracy becomes close to perfect",
            "99.8%, 99.6%, 41.3%",
            "Seed 2 has not grokked yet; it goes on to a million steps.",
        ),
        (
            "Training accuracy is close to perfect within a thousand steps",
            "780, 810, 760",
            "All three seeds, batches of 512.",
        ),
    ):
        await amara.slash(
            board,
            "result log",
            claim=claim,
            value=value,
            notes=notes,
            evidence="https://example.org/grokking/runs",
            hours="2.5",
            hardware="1 × RTX 3060",
            code="own",
        )
    await town.until(_utc(11, 3, 20, 20))
    await amara.send(
        board,
        "Seed 0 groks at about 38 000 steps, seed 1 at 52 000. Seed 2 had not by 100 000. "
        "Would somebody who is not me look at the split?",
    )
    await town.until(_utc(11, 3, 20, 45))
    await ben.send(board, "I can, tomorrow evening. With weight decay 0 nothing happens at all.")
    await town.until(_utc(11, 4, 8, 40))
    form = await ben.click(_with_button(board, "Confirm"), label="Confirm")
    await ben.submit_modal(form, {"reason": "I ran seed 0 on my laptop: 99 % after 790 steps."})


async def _second_round(town: Town) -> None:
    _, amara, _, chiara = town.people.values()
    grokking = town.channels["grokking"]
    await town.until(_utc(11, 4, 14, 5))
    form = await amara.click(_with_button(grokking, "Check in"), label="Check in")
    kept = controls.field(form.modal or {}, "kept")
    await amara.submit_modal(
        form,
        {
            "did": "Three seeds to 100 000 steps: two of them grok, one does not yet. The plots "
            "are in the board's thread.",
            "next": "Run seed 2 to a million steps\nAsk somebody to check the split",
            "blocked": "A million steps take 9 hours on my GPU. Could somebody lend me a night?",
            "kept": list((kept.choices or {}).values()),
        },
    )
    await town.until(_utc(11, 4, 16, 30))
    await chiara.slash(
        grokking,
        "checkin post",
        did="Chose Nanda et al. for tomorrow and wrote five questions to start from.",
        next="Facilitate, and keep it under an hour",
    )


async def _answer(channel: ChannelHandle, *answers: tuple[MemberActor, str]) -> None:
    """React as several people to the latest message in ``channel`` that takes answers."""
    card = [message for message in channel.history() if message.reactions][-1]
    for person, emoji in answers:
        await person.react(card, emoji)


def _with_button(channel: ChannelHandle, label: str) -> discord.Message:
    """Return the latest message in ``channel`` with a button of this label."""
    message, _ = controls.find(label, channel.history()[::-1], controls.buttons, "button")
    return message


async def _move(person: MemberActor, board: ChannelHandle, task: str, state: str) -> None:
    await person.slash(board, "task move", task=task, state=state)


def _board(town: Town) -> ChannelHandle:
    """Return the board's thread: the first of its channel."""
    return min(town.channels["grokking"].threads, key=lambda thread: thread.id)


def _utc(month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)
