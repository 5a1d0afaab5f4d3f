"""The buttons on a question about a silent project."""

from __future__ import annotations

from typing import Any

from discord import ui

from cogs.boards.projects.views import PauseButton, UpdateButton
from data.boards.projects import Project


def silence_buttons(project: Project) -> list[ui.Item[Any]]:
    """Return the buttons on a question about a silent board."""
    return [UpdateButton(project.id), PauseButton(project.id)]
