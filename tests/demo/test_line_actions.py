"""What is typed beside the page, and what it does in the town."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from discord.ui import Button, View

from bot.base.errors import InvalidInput
from bot.demo.line_language import HELP
from tests.demo.conftest import Demo

GROUP = '/group create name: "Grokking replication" focus: "arXiv:2201.02177"'


async def test_a_command_is_used_by_who_acts_where_one_looks(demo: Demo) -> None:
    told = await demo.do(GROUP, "as ben", "click Join")

    assert told[0].startswith("  Cohort: 🌱 Grokking replication")
    assert told[1].startswith("  Cohort (only to Olga): Grokking replication is ready")
    assert told[2].startswith("  Cohort (only to Ben): Welcome to Grokking replication")
    card = next(
        one for one in demo.stage.place.history() if "Grokking replication" in str(one.components)
    )
    assert "2 members" in str([component.to_dict() for component in card.components])


async def test_the_page_follows_from_channel_to_channel_and_person_to_person(demo: Demo) -> None:
    preview = demo.town.env._preview
    assert preview is not None
    address = demo.page.url

    await demo.do("say Good morning", "channel grokking-again", "as ben", "say Here too")

    shown = await preview.snapshot()
    assert shown["channel"]["name"] == "grokking-again"
    assert shown["viewerId"] == str(demo.town.people["Ben"].id)
    assert [message["content"] for message in shown["messages"].values()] == ["Here too"]
    assert demo.page.url == address


async def test_a_form_is_opened_filled_in_and_sent(demo: Demo) -> None:
    await demo.do(GROUP, "/checkin schedule cadence: weekly day: friday time: 12:00")
    opened = await demo.do("/checkin post")
    assert "A form is open: did (“What did you do?”)" in opened[0]

    sent = await demo.do('fill did: "Read section 1" next: "Read section 2\\nAsk Ben"')
    assert "@Olga checked in" in sent[0]
    with_text = demo.stage.place.last_message
    assert with_text is not None
    assert "Ask Ben" in str([component.to_dict() for component in with_text.components])
    with pytest.raises(InvalidInput, match="No form is open"):
        await demo.do("fill did: again")


async def test_a_reaction_is_put_and_taken_away_again(demo: Demo) -> None:
    await demo.do(GROUP, '/meeting schedule title: "Section 1" when: "fri 18:00"', "as ben")
    card = next(message for message in demo.stage.place.history() if message.reactions)
    stored = demo.town.env.backend.get_message(card.channel.id, card.id)
    ben = demo.town.people["Ben"].id

    await demo.do("react ❔")
    assert ben in stored.reaction_for("❔").user_ids
    told = await demo.do("react ❔")
    assert ben not in stored.reaction_for("❔").user_ids
    assert told == ["  Ben took ❔ away again."]
    with pytest.raises(InvalidInput, match="There is ✅, ❔ or ❌"):
        await demo.do("react 🎉")


async def test_going_forward_tells_what_the_bot_said_in_order_at_its_instants(demo: Demo) -> None:
    await demo.do(
        GROUP,
        "/checkin schedule cadence: weekly day: friday time: 12:00 timezone: Europe/London",
        '/meeting schedule title: "Section 1" when: "2026-10-29 18:00 Europe/London"',
        "react ✅",
    )
    told = await demo.do("forward 5d")

    spoken = [(_at(line), line) for line in told[:-1]]
    assert [at for at, _ in spoken] == sorted(at for at, _ in spoken)
    assert [line.strip()[:16] for _, line in spoken if "#grokking · ✍️" in line] == [
        "Wed 28 Oct 12:00"  # the prompt, 48 h before the round is due
    ]
    assert [line.strip()[:16] for _, line in spoken if "#grokking › Section 1" in line][:2] == [
        "Wed 28 Oct 18:00",  # a day before the meeting
        "Thu 29 Oct 17:00",  # an hour before
    ]
    assert [line.strip()[:16] for _, line in spoken if "#grokking · 📬" in line] == [
        "Fri 30 Oct 12:00"  # the digest
    ]
    assert told[-1] == "It is Sat 31 Oct 09:00."


async def test_nothing_to_say_is_said_too(demo: Demo) -> None:
    told = await demo.do("forward 1w")
    assert told == ["  The bot had nothing to say meanwhile.", "It is Mon 2 Nov 09:00."]


async def test_direct_messages_are_a_channel_too(demo: Demo) -> None:
    await demo.do("channel dm")
    assert demo.stage.where.endswith("Olga in Olga's direct messages")
    await demo.do("as ben")
    assert demo.stage.where.endswith("Ben in Ben's direct messages")
    with pytest.raises(InvalidInput, match="That is for channels"):
        await demo.do("say Hello?")


async def test_of_several_buttons_with_one_label_the_text_says_which(demo: Demo) -> None:
    view = View(timeout=None)
    for name in ("Yes", "No"):
        view.add_item(Button(label=name, custom_id=name, disabled=name == "No"))
    channel = demo.town.bot.get_channel(demo.stage.place.id)
    await channel.send("Well?", view=view)  # pyright: ignore

    with pytest.raises(InvalidInput, match="“No” is there, but it is switched off"):
        await demo.do("click No")
    with pytest.raises(InvalidInput, match=r"No button “Maybe” can be seen here\. There is “Yes”"):
        await demo.do("click Maybe")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("channel", "Which channel"),
        ("channel nowhere", "Which channel"),
        ("channel mech", "`channel grokking` or `channel grokking-again`"),
        ("as", "`as Olga` or `as Ben`"),
        ("as Nobody", "`as Olga` or `as Ben`"),
        ("click", "as in `click Join`"),
        ("click Join", "There is “Set up”"),
        ("choose A", "There is none here"),
        ("react ✅", "No message here has reactions"),
        ("say", "as in `say Hello"),
        ("fill did: x", "No form is open"),
        ("forward", "`forward 2d`"),
        ("/group", "no command “/group”. Did you mean `/group "),
        ("/group jion", "Did you mean `/group join`"),
        ("/xyzzy", "`/cohort help`"),
        ("/group create name: x", "needs `focus:` too"),
        ("/group create title: x", "`name:`"),
        ("/cohort setup organisers: Nobody", "takes a role, and “Nobody” is not one"),
        ("/checkin schedule cadence: daily day: fri time: 12:00", "`cadence:` takes"),
    ],
)
async def test_a_mistake_is_answered_with_what_to_do(demo: Demo, line: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await demo.do(line)
    assert said in refused.value.sentence


async def test_looking_around(demo: Demo) -> None:
    assert await demo.do("help") == [HELP]
    assert await demo.do("channels") == ["#grokking or #grokking-again"]
    assert await demo.do("threads") == ["There are no threads yet."]


def _at(line: str) -> datetime:
    """Return when a told line happened, as far as the line says."""
    said = f"2026 {line.strip()[:16]} +0000"
    return datetime.strptime(said, "%Y %a %d %b %H:%M %z")


async def test_a_file_of_this_machine_is_attached(demo: Demo, tmp_path: Path) -> None:
    await demo.do(GROUP)
    file = tmp_path / "list.csv"
    file.write_text("title,minutes\nGrokking,40\n")
    told = await demo.do(f'/reading import file: "{file}" title: Course when: "tue 19:00"')
    assert "Grokking" in told[0]
    with pytest.raises(InvalidInput, match="can't read the file"):
        await demo.do(f'/reading import file: "{file}x" title: Course when: "tue 19:00"')


async def test_time_never_runs_back_however_often_it_is_sent_ahead_beside_the_clock(
    demo: Demo,
) -> None:
    """While the demo runs, the clock ticks on beside what is typed."""
    await demo.do(GROUP, "/checkin schedule cadence: weekly day: friday time: 12:00")
    seen = [demo.town.clock.now()]

    async def live() -> None:
        while True:
            await asyncio.sleep(0)
            await demo.town.tick(timedelta(seconds=1))
            seen.append(demo.town.clock.now())

    living = asyncio.create_task(live())
    for _ in range(30):
        before = demo.town.clock.now()
        await demo.do("forward 3h")
        seen.append(demo.town.clock.now())
        assert demo.town.clock.now() - before >= timedelta(hours=3)
    assert not living.done(), "the clock ticks on"
    living.cancel()
    assert seen == sorted(seen)


async def test_next_goes_to_the_next_thing_that_happens(demo: Demo) -> None:
    await demo.do(GROUP, "/checkin schedule cadence: weekly day: friday time: 12:00")
    told = await demo.do("next")
    assert any("#grokking" in line for line in told)
    assert told[-1].startswith("It is ")
