import pytest

from callbacks.upload import plain_name
from data.domain.errors import Refused


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Master.csv", "Master.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\cdr.csv", "cdr.csv"),
        (".htaccess", "htaccess"),
        ("a\nb\0c.csv", "a_b_c.csv"),
        ("x" * 300, "x" * 120),
    ],
)
def test_an_uploaded_name_stays_in_the_inbox(given, kept):
    assert plain_name(given) == kept


@pytest.mark.parametrize("given", ["", "..", "/", "  "])
def test_an_uploaded_file_needs_a_name(given):
    with pytest.raises(Refused):
        plain_name(given)
