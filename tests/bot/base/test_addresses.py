"""Addresses that would give a password away, in texts and in the cells of files."""

from __future__ import annotations

import pytest

from bot.base import addresses
from bot.base.errors import InvalidInput


def test_a_link_beside_somebody_s_address_is_no_password() -> None:
    addresses.check_file("title,link,by\nGrokking,https://a.example,ann@b.example\n")


def test_a_cell_with_a_password_is_refused() -> None:
    with pytest.raises(InvalidInput):
        addresses.check_file("title,link\nGrokking,https://ann:secret@a.example\n")
