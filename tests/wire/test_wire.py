"""The stand-in, proved with a plain discord.py client: what a bot sees is what Discord shows."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import discord
import pytest
from discord import app_commands

from .models import ChannelKind, Intent, MessageFlag, Permission
from .people import NoAnswer, NotOffered
from .plain_client import PlainClient
from .server import WireDiscord

MINUTE = timedelta(minutes=1)


# Login and what is cached


async def test_a_client_logs_in_and_caches_the_server(
    wire: WireDiscord, client: PlainClient
) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    wire.world.add_person("Ada", guild)
    thread = wire.world.create_thread(channel, "open", wire.world.bot)
    asleep = wire.world.create_thread(channel, "asleep", wire.world.bot)
    wire.world.update_thread(asleep, archived=True)

    seen = await client.connected()

    assert client.user is not None
    assert client.user.id == client.application_id == wire.world.bot.id
    assert (seen.id, seen.name, seen.member_count) == (guild.id, "Study hall", 3)
    assert [c.name for c in seen.text_channels] == ["general"]
    assert [t.id for t in seen.threads] == [thread.id]
    assert [m.id for m in seen.members] == [wire.world.bot.id]
    allowed = seen.text_channels[0].permissions_for(seen.me)
    assert allowed.send_messages
    assert allowed.pin_messages
    assert not allowed.administrator
    assert wire.requests.violations() == []


async def test_a_wrong_token_is_refused(wire: WireDiscord, client: PlainClient) -> None:
    wire.world.add_guild("Study hall")
    answer = wire.world.faults.add("GET", "/users/@me", code=40001)
    with pytest.raises(discord.LoginFailure):
        await client.connected()
    assert answer.hits == 1


async def test_a_privileged_intent_has_to_be_granted(
    wire: WireDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.world.add_guild("Study hall")
    client = PlainClient(wire, monkeypatch, intents=discord.Intents.all())
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await client.connected()
    await client.close()


async def test_content_is_hidden_without_the_intent_but_not_from_who_is_mentioned(
    wire: WireDiscord, client: PlainClient
) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    ada = wire.world.add_person("Ada", guild)
    await client.connected()

    wire.say(ada, channel, "a secret")
    assert (await client.hears("message")).content == ""
    wire.say(ada, channel, f"hello {wire.world.bot.mention}")
    assert (await client.hears("message")).content == f"hello {wire.world.bot.mention}"
    wire.say(ada, wire.world.conversation(ada), "in private")
    assert (await client.hears("message")).content == "in private"


async def test_with_the_intent_everything_is_read_and_everybody_known(
    wire: WireDiscord, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.world.application.privileged_intents = (
        Intent.MESSAGE_CONTENT | Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES
    )
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    ada = wire.world.add_person("Ada", guild)
    client = PlainClient(wire, monkeypatch, intents=discord.Intents.all())
    seen = await client.connected()
    assert seen.get_member(ada.id) is not None
    wire.say(ada, channel, "no secret")
    assert (await client.hears("message")).content == "no secret"
    await client.close()


async def test_members_are_found_by_name_without_the_intent(
    wire: WireDiscord, client: PlainClient
) -> None:
    guild = wire.world.add_guild("Study hall")
    ada = wire.world.add_person("Ada", guild)
    seen = await client.connected()
    assert [m.id for m in await seen.query_members("ad", limit=5)] == [ada.id]
    assert (await seen.fetch_member(ada.id)).name == "ada"
    with pytest.raises(discord.NotFound):
        await seen.fetch_member(wire.world.add_person("Ben").id)


async def test_a_server_comes_and_goes(wire: WireDiscord, client: PlainClient) -> None:
    wire.world.add_guild("Study hall")
    await client.connected()
    other = wire.world.add_guild("Another")
    assert (await client.hears("guild_join")).id == other.id
    wire.world.remove_bot(other)
    assert (await client.hears("guild_remove")).id == other.id
    with pytest.raises(discord.NotFound):
        await client.fetch_guild(other.id)


# Messages


async def test_a_nonce_returns_the_first_message_for_five_minutes(
    wire: WireDiscord, client: PlainClient
) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    other = wire.world.add_channel(guild, "other")
    place = (await client.connected()).text_channels[0]

    first = await place.send("due now", nonce="deadline-1")
    wire.world.advance(4 * MINUTE)
    again = await place.send("due now", nonce="deadline-1")
    elsewhere = await client.get_partial_messageable(other.id).send("due", nonce="deadline-1")
    assert again.id == elsewhere.id == first.id
    assert len(channel.messages) == 1
    assert other.messages == {}

    wire.world.advance(2 * MINUTE)
    later = await place.send("due now", nonce="deadline-1")
    assert later.id != first.id
    assert len(channel.messages) == 2


async def test_a_deleted_message_is_not_sent_again_by_its_nonce(
    wire: WireDiscord, client: PlainClient
) -> None:
    wire.world.add_channel(wire.world.add_guild("Study hall"), "general")
    place = (await client.connected()).text_channels[0]
    message = await place.send("due now", nonce="deadline-1")
    await message.delete()
    with pytest.raises(discord.NotFound) as refusal:
        await place.send("due now", nonce="deadline-1")
    assert refusal.value.code == 10008


async def test_messages_are_edited_listed_answered_and_deleted(
    wire: WireDiscord, client: PlainClient
) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    ada = wire.world.add_person("Ada", guild)
    place = (await client.connected()).text_channels[0]
    question = wire.say(ada, channel, "when?")
    wire.limits.unlimited()

    message = await place.send(embed=discord.Embed(title="Meeting", description="at seven"))
    await message.edit(content="moved", embed=None)
    reply = await place.send("at eight", reference=place.get_partial_message(question.id))

    listed = [m async for m in place.history(limit=10, oldest_first=True)]
    assert [m.id for m in listed] == [question.id, message.id, reply.id]
    assert listed[1].content == "moved"
    assert listed[1].edited_at is not None
    assert channel.messages[reply.id].reference is question
    assert channel.messages[reply.id].mentions == [ada]
    await message.delete()
    assert message.id not in channel.messages
    with pytest.raises(discord.NotFound):
        await place.fetch_message(message.id)
    with pytest.raises(discord.Forbidden) as refusal:
        await (await place.fetch_message(question.id)).edit(content="never")
    assert refusal.value.code == 50005
    assert wire.requests.violations() == []


async def test_mentions_notify_only_whom_the_sender_allows(
    wire: WireDiscord, client: PlainClient
) -> None:
    guild = wire.world.add_guild("Study hall", bot_permissions=Permission.ADMINISTRATOR)
    channel = wire.world.add_channel(guild, "general")
    ada = wire.world.add_person("Ada", guild)
    role = wire.world.add_role(guild, "readers")
    place = (await client.connected()).text_channels[0]
    text = f"{ada.mention} <@&{role.id}> @everyone"

    loud = channel.messages[(await place.send(text)).id]
    assert loud.mentions == [ada]
    assert loud.notified_roles == [role.id]
    assert loud.notified_everyone
    none = discord.AllowedMentions.none()
    quiet = channel.messages[(await place.send(text, allowed_mentions=none)).id]
    assert quiet.mentions == quiet.notified_roles == []
    assert not quiet.notified_everyone
    one = discord.AllowedMentions(everyone=False, roles=False, users=[discord.Object(ada.id)])
    some = channel.messages[(await place.send(text, allowed_mentions=one)).id]
    assert some.mentions == [ada]
    assert some.notified_roles == []


async def test_a_file_is_uploaded_kept_and_fetched(wire: WireDiscord, client: PlainClient) -> None:
    channel = wire.world.add_channel(wire.world.add_guild("Study hall"), "general")
    place = (await client.connected()).text_channels[0]
    picture = discord.Embed(title="Heatmap").set_image(url="attachment://map.png")

    sent = await place.send(
        "the year", embed=picture, file=discord.File(io.BytesIO(b"\x89PNG"), "map.png")
    )

    stored = channel.messages[sent.id].attachments[0]
    assert (stored.filename, stored.content) == ("map.png", b"\x89PNG")
    assert sent.embeds[0].image.url == stored.url
    assert await sent.attachments[0].read() == b"\x89PNG"
    await sent.edit(attachments=[discord.File(io.BytesIO(b"new"), "new.txt")])
    assert [a.content for a in channel.messages[sent.id].attachments] == [b"new"]
    assert wire.requests.violations() == []


async def test_pins_are_kept_in_order_and_the_channel_says_so(
    wire: WireDiscord, client: PlainClient
) -> None:
    channel = wire.world.add_channel(wire.world.add_guild("Study hall"), "general")
    place = (await client.connected()).text_channels[0]
    wire.limits.unlimited()
    first, second = await place.send("one"), await place.send("two")
    await first.pin()
    await second.pin()
    assert [m.id async for m in place.pins()] == [second.id, first.id]
    await client.hears("guild_channel_pins_update")
    await first.unpin()
    assert [m.id async for m in place.pins()] == [second.id]
    assert [int(m.kind) for m in channel.messages.values()] == [0, 0, 6, 6]


async def test_direct_messages_can_be_closed(wire: WireDiscord, client: PlainClient) -> None:
    guild = wire.world.add_guild("Study hall")
    ada, ben = wire.world.add_person("Ada", guild), wire.world.add_person("Ben", guild)
    ben.accepts_messages = False
    await client.connected()

    await (await client.fetch_user(ada.id)).send("a nudge")
    assert [m.text for m in wire.world.conversation(ada).messages.values()] == ["a nudge"]
    with pytest.raises(discord.Forbidden) as refusal:
        await (await client.fetch_user(ben.id)).send("a nudge")
    assert refusal.value.code == 50007


async def test_a_missing_permission_is_refused(wire: WireDiscord, client: PlainClient) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    place = (await client.connected()).text_channels[0]

    wire.world.set_overwrite(channel, wire.world.bot, deny=Permission.SEND_MESSAGES)
    with pytest.raises(discord.Forbidden) as refusal:
        await place.send("no")
    assert refusal.value.code == 50013
    wire.world.set_overwrite(channel, wire.world.bot, deny=Permission.VIEW_CHANNEL)
    with pytest.raises(discord.Forbidden) as refusal:
        await place.send("no")
    assert refusal.value.code == 50001
    wire.world.delete_channel(channel)
    with pytest.raises(discord.NotFound) as gone:
        await place.send("no")
    assert gone.value.code == 10003


# Commands, buttons, forms


async def test_a_command_is_synced_given_and_answered(
    wire: WireDiscord, client: PlainClient
) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    ada, ben = wire.world.add_person("Ada", guild), wire.world.add_person("Ben", guild)
    group = app_commands.Group(name="group", description="Groups")

    @group.command(description="Create one")
    @app_commands.choices(pace=[app_commands.Choice(name="Weekly", value="weekly")])
    async def create(
        interaction: discord.Interaction,
        name: str,
        lead: discord.Member,
        channel: discord.TextChannel,
        pace: str = "none",
        size: app_commands.Range[int, 1, 9] = 6,
    ) -> None:
        assert interaction.permissions.send_messages
        told = f"{name} {lead.id == ben.id} {channel.name} {pace} {size} {interaction.user.name}"
        await interaction.response.send_message(told, ephemeral=True)

    client.tree.add_command(group)
    await client.connected()

    async def give(**options: Any) -> str:
        answer = await wire.interact_slash(ada, channel, "group create", **options)
        assert answer.ephemeral
        assert answer.seconds is not None
        assert answer.seconds < 1
        return answer.text

    assert await give(name="Grok", lead=ben, channel=channel) == "Grok True general none 6 ada"
    assert "weekly 2" in await give(name="Grok", lead=ben, channel=channel, pace="weekly", size=2)
    assert channel.messages == {}
    for wrong in (
        {"name": "Grok", "lead": ben},
        {"name": "Grok", "lead": ben, "channel": channel, "pace": "daily"},
        {"name": "Grok", "lead": ben, "channel": channel, "size": 10},
        {"name": "Grok", "lead": ben, "channel": channel, "colour": "red"},
    ):
        with pytest.raises(NotOffered):
            await give(**wrong)
    with pytest.raises(NotOffered):
        await wire.interact_slash(ada, channel, "group destroy")
    assert wire.requests.violations() == []


async def test_a_command_is_offered_only_to_who_may_give_it(
    wire: WireDiscord, client: PlainClient
) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    ada, ben = wire.world.add_person("Ada", guild), wire.world.add_person("Ben", guild)
    wire.world.add_role(guild, "organisers", Permission.MANAGE_GUILD, ben)

    @client.tree.command(description="Set up")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def setup(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("done")

    await client.connected()
    with pytest.raises(NotOffered):
        await wire.interact_slash(ada, channel, "setup")
    with pytest.raises(NotOffered):
        await wire.interact_slash(ben, wire.world.conversation(ben), "setup")
    assert (await wire.interact_slash(ben, channel, "setup")).text == "done"
    assert [m.text for m in channel.messages.values()] == ["done"]


async def test_a_deferred_answer_is_waited_for(wire: WireDiscord, client: PlainClient) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    ada = wire.world.add_person("Ada", guild)

    @client.tree.command(description="Export")
    async def export(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(content="here it is")
        await interaction.followup.send("and more", file=discord.File(io.BytesIO(b"x"), "a.zip"))

    await client.connected()
    answer = await wire.interact_slash(ada, channel, "export")
    assert answer.message is not None
    assert answer.message.text == "here it is"
    assert answer.ephemeral
    await wire.world.until(lambda: answer.followups)
    assert answer.followups[0].attachments[0].content == b"x"
    assert wire.requests.violations() == []


async def test_completions_and_message_menus(wire: WireDiscord, client: PlainClient) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    ada = wire.world.add_person("Ada", guild)

    @client.tree.command(description="Show")
    async def show(interaction: discord.Interaction, meeting: str) -> None:
        await interaction.response.send_message(meeting)

    @show.autocomplete("meeting")
    async def complete(
        interaction: discord.Interaction, typed: str
    ) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{typed}!", value="7")]

    @client.tree.context_menu(name="Log as check-in")
    async def log(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"logged: {message.content}", ephemeral=True)

    await client.connected()
    choices = await wire.autocomplete(ada, channel, "show", "meeting", "gro")
    assert choices == [{"name": "gro!", "value": "7"}]
    words = wire.say(ada, channel, "I read chapter two")
    answer = await wire.message_menu(ada, words, "Log as check-in")
    assert answer.text == "logged: I read chapter two"


class Join(discord.ui.DynamicItem[discord.ui.Button[discord.ui.View]], template=r"join:(\d+)"):
    def __init__(self, group: int) -> None:
        super().__init__(discord.ui.Button(label="Join", custom_id=f"join:{group}"))
        self.group = group

    @classmethod
    async def from_custom_id(cls, interaction: object, item: object, match: object) -> Join:
        return cls(int(match[1]))  # pyright: ignore

    async def callback(self, interaction: discord.Interaction) -> None:
        await interaction.response.edit_message(content=f"joined {self.group}", view=None)


async def test_a_button_is_clicked_and_its_message_changes(
    wire: WireDiscord, client: PlainClient
) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    ada = wire.world.add_person("Ada", guild)
    client.add_dynamic_items(Join)
    place = (await client.connected()).text_channels[0]
    view = discord.ui.View(timeout=None).add_item(Join(7))
    message = channel.messages[(await place.send("the group", view=view)).id]

    with pytest.raises(NotOffered):
        await wire.click(ada, message, "join:8")
    answer = await wire.click(ada, message, label="Join")
    assert answer.message is message
    assert message.text == "joined 7"
    assert message.components == []
    assert (await client.hears("message_edit")).id == message.id
    assert wire.requests.violations() == []


async def test_the_components_of_a_layout_are_used(wire: WireDiscord, client: PlainClient) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    ada = wire.world.add_person("Ada", guild)

    class Board(discord.ui.LayoutView):
        def __init__(self) -> None:
            super().__init__(timeout=None)
            take = discord.ui.Button["Board"](label="Take it", custom_id="take")
            take.callback = self.taken
            state = discord.ui.Select["Board"](
                custom_id="state",
                options=[discord.SelectOption(label="Doing"), discord.SelectOption(label="Done")],
            )
            state.callback = self.moved
            who = discord.ui.UserSelect["Board"](custom_id="who")
            who.callback = self.assigned
            section = discord.ui.Section("Train the model", accessory=take)
            self.add_item(discord.ui.Container(section, discord.ui.ActionRow(state)))
            self.add_item(discord.ui.ActionRow(who))

        async def taken(self, interaction: discord.Interaction) -> None:
            await interaction.response.send_message("taken", ephemeral=True)

        async def moved(self, interaction: discord.Interaction) -> None:
            assert interaction.data is not None
            told = str(interaction.data.get("values"))
            await interaction.response.send_message(told, ephemeral=True)

        async def assigned(self, interaction: discord.Interaction) -> None:
            await interaction.response.defer()
            await interaction.followup.send("assigned", ephemeral=True)

    place = (await client.connected()).text_channels[0]
    message = channel.messages[(await place.send(view=Board())).id]

    assert MessageFlag.COMPONENTS_V2 in message.flags
    assert "Train the model" in message.text
    assert (await wire.click(ada, message, "take")).text == "taken"
    assert (await wire.select(ada, message, "state", "Done")).text == "['Done']"
    answer = await wire.select(ada, message, "who", ada)
    await wire.world.until(lambda: answer.followups)
    with pytest.raises(NotOffered):
        await wire.select(ada, message, "state", "Lost")
    assert wire.requests.violations() == []


async def test_a_form_is_filled_in_and_sent(wire: WireDiscord, client: PlainClient) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    ada = wire.world.add_person("Ada", guild)

    class Form(discord.ui.Modal, title="Check in"):
        did = discord.ui.Label(
            text="What did you do?",
            component=discord.ui.TextInput(custom_id="did", default="a draft"),
        )
        kept = discord.ui.Label(
            text="What was kept?",
            component=discord.ui.Select(
                custom_id="kept",
                required=False,
                min_values=0,
                options=[discord.SelectOption(label="Read", value="1")],
            ),
        )

        async def on_submit(self, interaction: discord.Interaction) -> None:
            text, menu = self.did.component, self.kept.component
            assert isinstance(text, discord.ui.TextInput)
            assert isinstance(menu, discord.ui.Select)
            await interaction.response.send_message(f"{text.value} {menu.values}")

    @client.tree.command(description="Check in")
    async def post(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Form())

    await client.connected()
    form = await wire.interact_slash(ada, channel, "post")
    with pytest.raises(NotOffered):
        await wire.submit_modal(form, {"did": ""})
    with pytest.raises(NotOffered):
        await wire.submit_modal(form, {"nowhere": "x"})
    answer = await wire.submit_modal(form, {"kept": ["Read"]})
    assert answer.text == "a draft ['1']"
    again = await wire.interact_slash(ada, channel, "post")
    assert (await wire.submit_modal(again, {"What did you do?": "read"})).text == "read []"
    assert wire.requests.violations() == []


async def test_an_interaction_has_to_be_answered_once_and_in_time(
    wire: WireDiscord, client: PlainClient
) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    ada = wire.world.add_person("Ada", guild)
    held: list[discord.Interaction] = []

    @client.tree.command(description="Late")
    async def late(interaction: discord.Interaction) -> None:
        held.append(interaction)
        wire.world.changed()

    await client.connected()
    with pytest.raises(NoAnswer):
        await wire.interact_slash(ada, channel, "late", within=0.1)
    wire.world.advance(timedelta(seconds=4))
    with pytest.raises(discord.NotFound) as refusal:
        await held[0].response.send_message("too late")
    assert refusal.value.code == 10062

    with pytest.raises(NoAnswer):
        await wire.interact_slash(ada, channel, "late", within=0.1)
    await held[1].response.send_message("in time")
    held[1].response._response_type = None
    with pytest.raises(discord.HTTPException) as twice:
        await held[1].response.send_message("again")
    assert twice.value.code == 40060

    wire.world.advance(16 * MINUTE)
    with pytest.raises(discord.HTTPException) as expired:
        await held[1].edit_original_response(content="much later")
    assert (expired.value.status, expired.value.code) == (401, 50027)


# Reactions


async def test_reactions_are_told_listed_and_taken_back(
    wire: WireDiscord, client: PlainClient
) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    ada, ben = wire.world.add_person("Ada", guild), wire.world.add_person("Ben", guild)
    place = (await client.connected()).text_channels[0]
    wire.limits.unlimited()
    card = await place.send("Meeting")
    message = channel.messages[card.id]
    await card.add_reaction("✅")
    await card.add_reaction("❔")
    await client.hears("raw_reaction_add")
    await client.hears("raw_reaction_add")

    wire.react(ada, message, "✅")
    wire.react(ben, message, "✅")
    added = await client.hears("raw_reaction_add")
    assert (added.user_id, str(added.emoji), added.member.id) == (ada.id, "✅", ada.id)
    fetched = await place.fetch_message(card.id)
    assert [(str(r.emoji), r.count, r.me) for r in fetched.reactions] == [
        ("✅", 3, True),
        ("❔", 1, True),
    ]
    going = {user.id async for user in fetched.reactions[0].users(limit=None)}
    assert going == {wire.world.bot.id, ada.id, ben.id}

    wire.unreact(ada, message, "✅")
    removed = await client.hears("raw_reaction_remove")
    assert (removed.user_id, removed.member) == (ada.id, None)
    await card.remove_reaction("✅", discord.Object(ben.id))
    assert list(message.reactions["✅"]) == [wire.world.bot.id]
    await card.clear_reactions()
    assert message.reactions == {}


async def test_a_message_takes_twenty_different_reactions(
    wire: WireDiscord, client: PlainClient
) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    ada = wire.world.add_person("Ada", guild)
    place = (await client.connected()).text_channels[0]
    message = wire.say(ada, channel, "vote")
    for number in range(20):
        wire.react(ada, message, chr(0x1F600 + number))
    with pytest.raises(discord.HTTPException) as refusal:
        await place.get_partial_message(message.id).add_reaction("✅")
    assert refusal.value.code == 30010


# Threads, forums, events


async def test_a_thread_is_opened_archived_and_woken(
    wire: WireDiscord, client: PlainClient
) -> None:
    guild = wire.world.add_guild("Study hall")
    channel = wire.world.add_channel(guild, "general")
    ada = wire.world.add_person("Ada", guild)
    place = (await client.connected()).text_channels[0]
    wire.limits.unlimited()
    card = await place.send("Meeting")

    thread = await card.create_thread(name="Discussion", auto_archive_duration=1440)
    assert thread.id == card.id
    assert (await client.hears("thread_create")).id == thread.id
    with pytest.raises(discord.HTTPException) as twice:
        await card.create_thread(name="Another")
    assert twice.value.code == 160004
    await thread.add_user(discord.Object(ada.id))
    note = await thread.send("notes")
    await thread.edit(archived=True, locked=True)
    assert guild.threads[thread.id].archived
    with pytest.raises(discord.HTTPException) as archived:
        await note.edit(content="changed")
    assert archived.value.code == 50083
    with pytest.raises(discord.HTTPException) as refused:
        await note.add_reaction("✅")
    assert refused.value.code == 50083
    await thread.send("it wakes up")
    assert not guild.threads[thread.id].archived

    wire.world.advance(timedelta(days=2))
    assert guild.threads[thread.id].archived
    assert channel.messages[card.id].thread is guild.threads[thread.id]
    fetched = await client.fetch_channel(thread.id)
    assert isinstance(fetched, discord.Thread)
    assert fetched.archived
    assert [t.id async for t in place.archived_threads()] == [thread.id]
    assert wire.requests.violations() == []


async def test_only_so_many_threads_can_be_active(wire: WireDiscord, client: PlainClient) -> None:
    guild = wire.world.add_guild("Study hall")
    wire.world.add_channel(guild, "general")
    guild.active_threads_allowed = 1
    place = (await client.connected()).text_channels[0]
    private = await place.create_thread(name="Pod")
    assert guild.threads[private.id].kind is ChannelKind.PRIVATE_THREAD
    with pytest.raises(discord.HTTPException) as refusal:
        await place.create_thread(name="One too many", type=discord.ChannelType.public_thread)
    assert (refusal.value.status, refusal.value.code) == (400, 160006)


async def test_a_forum_post_has_a_card_and_tags(wire: WireDiscord, client: PlainClient) -> None:
    guild = wire.world.add_guild("Study hall")
    forum = wire.world.add_channel(guild, "boards", ChannelKind.FORUM, tags=["active", "done"])
    seen = (await client.connected()).forums[0]
    assert [tag.name for tag in seen.available_tags] == ["active", "done"]

    post = await seen.create_thread(
        name="Grokking",
        content="the board",
        applied_tags=[seen.available_tags[0]],
        file=discord.File(io.BytesIO(b"x"), "plot.png"),
    )
    thread = guild.threads[post.thread.id]
    assert post.message.id == thread.id
    assert thread.applied_tags == [forum.tags[0].id]
    assert thread.messages[thread.id].attachments[0].filename == "plot.png"
    await post.thread.edit(applied_tags=[seen.available_tags[1]])
    assert thread.applied_tags == [forum.tags[1].id]
    with pytest.raises(discord.HTTPException):
        await post.thread.edit(applied_tags=[discord.Object(5)])  # pyright: ignore
    assert wire.requests.violations() == []


async def test_a_scheduled_event_is_made_moved_and_ended(
    wire: WireDiscord, client: PlainClient
) -> None:
    guild = wire.world.add_guild("Study hall")
    seen = await client.connected()
    starts = wire.world.clock.now() + timedelta(days=1)
    wanted = {
        "name": "Meeting",
        "entity_type": discord.EntityType.external,
        "privacy_level": discord.PrivacyLevel.guild_only,
        "location": "room 5",
        "end_time": starts + timedelta(hours=1),
    }
    event = await seen.create_scheduled_event(start_time=starts, **wanted)
    assert (await client.hears("scheduled_event_create")).name == "Meeting"
    await event.edit(name="Moved")
    assert guild.events[event.id].fields["name"] == "Moved"
    assert [e.id for e in await seen.fetch_scheduled_events()] == [event.id]
    await event.delete()
    with pytest.raises(discord.NotFound):
        await seen.fetch_scheduled_event(event.id)
    with pytest.raises(discord.HTTPException) as refusal:
        await seen.create_scheduled_event(start_time=starts - timedelta(days=2), **wanted)
    assert refusal.value.code == 50035
    assert wire.requests.violations() == []
