"""A refused command comes back as a form that holds everything that was given."""

from __future__ import annotations

from tests.world import World, text

AGAIN = "Correct it and send it again"


async def test_what_was_given_is_in_the_form_and_the_command_runs_again(world: World) -> None:
    refused = await world.organiser.slash(
        world.channel, "group create", name="Readers", focus="the ARENA course", timezone="Lndon"
    )
    assert "London" in text(refused), "what to do"
    form = await world.organiser.click(refused.response, label=AGAIN)
    for given in ("Readers", "the ARENA course", "Lndon"):
        assert given in text(form)
    made = await world.organiser.submit_modal(
        form, {"name": "Readers", "focus": "the ARENA course", "timezone": "Europe/London"}
    )
    assert "Readers" in text(made)
    assert not made.ephemeral, "as if it had been typed so"


async def test_a_second_mistake_keeps_everything_too(world: World) -> None:
    refused = await world.organiser.slash(
        world.channel, "group create", name="Readers", focus="a paper", timezone="Lndon"
    )
    form = await world.organiser.click(refused.response, label=AGAIN)
    again = await world.organiser.submit_modal(
        form, {"name": "Readers of papers", "focus": "a paper", "timezone": "Pris"}
    )
    form = await world.organiser.click(again.response, label=AGAIN)
    assert "Readers of papers" in text(form)
    assert "Pris" in text(form)


async def test_numbers_choices_and_picked_things_come_back_as_they_were(world: World) -> None:
    await world.group()
    refused = await world.alice.slash(
        world.channel, "meeting schedule", title="Toy models", when="tue 25:00", minutes=90,
        repeat="weekly",
    )  # fmt: skip
    form = await world.alice.click(refused.response, label=AGAIN)
    assert "90" in text(form)
    wrong = await world.alice.submit_modal(
        form,
        {"title": "Toy models", "when": "tue 19:00", "minutes": "an hour", "repeat": ["weekly"]},
    )
    assert "`minutes` takes a whole number" in text(wrong)
    form = await world.alice.click(wrong.response, label="Open it again")
    made = await world.alice.submit_modal(
        form, {"title": "Toy models", "when": "tue 19:00", "minutes": "90", "repeat": ["weekly"]}
    )
    assert "Toy models" in text(made)


async def test_no_id_is_shown_for_what_was_picked_from_a_list(world: World) -> None:
    await world.group()
    elsewhere = world.guild.create_text_channel("elsewhere")
    await world.group("Other group", elsewhere)
    refused = await world.alice.slash(elsewhere, "group pause", until="someday soon", group="#1")
    form = await world.alice.click(refused.response, label=AGAIN)
    assert "#1" not in text(form)
    assert "Mech Interp" in text(form)
    paused = await world.alice.submit_modal(form, {"until": "in 2 weeks", "group": "Mech Interp"})
    assert "Mech Interp" in text(paused)


async def test_more_than_five_options_take_a_button_for_each_five(world: World) -> None:
    await world.group()
    refused = await world.alice.slash(
        world.channel, "meeting schedule", title="Toy models", when="tue 25:00", minutes=90,
        repeat="weekly", where="https://example.org/room", capacity=4, until="2027-03-01",
    )  # fmt: skip
    form = await world.alice.click(
        refused.response, label="Correct title, when, minutes, where, capacity"
    )
    made = await world.alice.submit_modal(
        form,
        {"title": "Toy models", "when": "tue 19:00", "minutes": "90",
         "where": "https://example.org/room", "capacity": "4"},
    )  # fmt: skip
    assert "Toy models" in text(made)


async def test_a_command_to_which_nothing_was_given_offers_no_form(world: World) -> None:
    refused = await world.alice.slash(world.channel, "checkin status")
    assert refused.response is not None
    assert AGAIN not in text(refused)
