"""What must not be in the code at all."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("app.py", "callbacks", "layouts", "data", "ingest")
SECRET = {"password", "secret", "token", "signature", "digest", "session_id", "token_hash"}
SOURCES = [
    path
    for room in ROOMS
    for path in ([ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"))
]


def names(node):
    return {
        part.id if isinstance(part, ast.Name) else part.attr
        for part in ast.walk(node)
        if isinstance(part, ast.Name | ast.Attribute)
    }


def compared_secrets(source):
    """Comparisons that end at the first byte that differs, of what nobody may guess."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare)
        and any(isinstance(operator, ast.Eq | ast.NotEq) for operator in node.ops)
        and names(node) & SECRET
        and "c" not in names(node)  # a column of a statement: the store compares hashes
        and not names(node) & {"len", "shown"}  # which state a page shows is no secret
    ]


def dangerous_calls(source):
    bad = {"eval", "exec", "compile", "__import__", "pickle", "marshal", "shelve"}
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if (
            isinstance(node, ast.Call)
            and (names(node.func) & bad)
            and not (isinstance(node.func, ast.Attribute) and node.func.attr == "compile")
        )
        or (
            isinstance(node, ast.Import | ast.ImportFrom)
            and {alias.name for alias in node.names} & bad
        )
    ]


def test_w22_no_secret_is_compared_byte_by_byte(figure):
    found = [hit for path in SOURCES for hit in compared_secrets(path.read_text())]

    figure("W22", "comparisons of secrets", len(SOURCES), found)


def test_nothing_is_evaluated_or_unpickled(figure):
    own = ROOT / "ingest"  # its processes speak to each other, and nobody else to them
    found = [
        (path.name, hit)
        for path in SOURCES
        for hit in dangerous_calls(path.read_text())
        if not (path.is_relative_to(own) and "pickle" in hit)
    ]

    figure("X1", "evaluated or unpickled content", len(SOURCES), found)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("token == given", 1),
        ("if self.secret != given: pass", 1),
        ("hmac.compare_digest(token, given)", 0),
        ("tokens.c.token_hash == token_hash", 0),
    ],
)
def test_the_lint_finds_what_it_looks_for(source, found):
    assert len(compared_secrets(source)) == found


def test_the_other_lint_finds_what_it_looks_for():
    assert dangerous_calls("eval(text)")
    assert dangerous_calls("import pickle")
    assert not dangerous_calls("re.compile(pattern)")
