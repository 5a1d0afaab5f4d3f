"""What the tests of security share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.security.stage import Reported, listening
from tests.world import World


@pytest.fixture
def reported(world: World) -> Iterator[Reported]:
    """Everything that went wrong, whether a person was told of it or not."""
    with listening(world) as heard:
        yield heard
