"""Every column that may hold a person's id is known to the export and to forgetting."""

from __future__ import annotations

from data.across.person_rows import person_columns
from data.schema import metadata

PEOPLE = {
    "added_by",
    "asked_by",
    "changed_by",
    "closed_by",
    "created_by",
    "facilitator_id",
    "fixed_by",
    "formed_by",
    "lead_id",
    "nominated_by",
    "occurrence",  # of a deadline that is about one person
    "other_user_id",
    "owner_id",
    "reviewer_id",
    "runner_id",
    "set_by",
    "user_id",
    "witness_id",
}


def test_what_is_taken_for_a_person_is_one() -> None:
    """A column that fails here: is it a person's? Then name it above, else in ``NOT_PEOPLE``."""
    found = {column.name for table in metadata.tables.values() for column in person_columns(table)}
    assert found <= PEOPLE | {name for name in found if name.endswith("_by")}
    assert found >= PEOPLE


def test_no_id_of_something_else_hides_behind_a_name_that_sounds_like_a_persons() -> None:
    for table in metadata.tables.values():
        for column in table.columns:
            if column.name.endswith(("user_id", "_by")):
                assert column in person_columns(table), f"{table.name}.{column.name}"
