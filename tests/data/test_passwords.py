"""What a new password must be: its bounds, and the reason that is given."""

import pytest

from data.domain.people import LONGEST_PASSWORD, SHORTEST_PASSWORD
from data.passwords import password_problem

WORDS = "grey heron flute kettle orange "


@pytest.mark.parametrize("length", [SHORTEST_PASSWORD, LONGEST_PASSWORD])
def test_the_shortest_and_the_longest_are_taken_and_one_character_beyond_is_not(length):
    text = WORDS * 5
    beyond = length - 1 if length == SHORTEST_PASSWORD else length + 1

    assert password_problem(text[:length]) is None
    assert "characters" in str(password_problem(text[:beyond]))


def test_a_password_that_is_just_hard_enough_is_taken():
    assert password_problem("correct horse") is None


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        pytest.param("password1234", "This is a very common password. Use", id="known"),
        pytest.param("viewer@example", "It is easy to guess. Use", id="its owner's address"),
    ],
)
def test_a_password_that_is_guessed_is_refused_and_told_why(password, reason):
    assert reason in str(password_problem(password, ["viewer@example.com"]))
