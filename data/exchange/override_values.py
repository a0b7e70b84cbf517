"""Override values as another system writes them: an expression of whole words is its words."""

import re

from data.exchange.tables import CellRefused

WRAPPED = re.compile(r"\^?(?:\((?:\?:)?(?P<inside>[^()]*)\)|(?P<bare>[^()]*?))\$?")
LITERAL = re.compile(r"[^\\^$*+?{}\[\]()|]+")


def override_values(written: str) -> tuple[str, ...]:
    """Return the values that an override stands for; none for an empty one.

    Calls' values are compared whole. `SMS` is one value, `SMS|MMS` and `^(SMS|MMS)$` are two.

    Raises:
        CellRefused: It is an expression that could stand for any number of values.

    **Source:** CDR2Cloud manual, "Rate Table - Override": the override value is a regular
    expression there.
    """
    if not written:
        return ()
    match = WRAPPED.fullmatch(written)
    inside = (match["inside"] or match["bare"] or "") if match else ""
    words = tuple(dict.fromkeys(word.strip() for word in inside.split("|")))
    if not all(LITERAL.fullmatch(word) for word in words):
        raise CellRefused(
            f"override value {written!r} is an expression for more than whole words; name the "
            "values that it stands for, as SMS|MMS"
        )
    return words
