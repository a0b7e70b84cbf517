"""No float ever touches money: held over the code itself."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import BigInteger

from data.store.schema import metadata

ROOT = Path(__file__).parents[2]
MONEY_ONLY = (
    "data/domain/money.py",
    "data/domain/rating.py",
    "data/domain/invoicing.py",
    "data/domain/included_minutes.py",
    "data/domain/bill_runs.py",
    "data/domain/books.py",
    "data/domain/balances.py",
    "data/domain/coverage.py",
    "data/exchange/cells.py",
    "data/exchange/decks.py",
    "data/exchange/cdr2cloud_rates.py",
    "data/exchange/rates.py",
    "data/exchange/ledger.py",
    "data/bill_run.py",
    "data/store/writes/invoices.py",
    "data/store/writes/payments.py",
    "data/store/writes/recordings.py",
    "data/store/writes/accounts.py",
    "data/store/writes/ledger.py",
    "data/store/queries/invoices.py",
    "data/store/queries/billable.py",
)
"""Modules in which every number is money, a count or a length: no float has any business here."""
MONEY_NAMES = ("_micros", "_ppm")


def product_files():
    folders = ("data", "ingest", "callbacks", "layouts")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def is_float(node):
    return (isinstance(node, ast.Constant) and isinstance(node.value, float)) or (
        isinstance(node, ast.Name) and node.id == "float"
    )


def names_money(node):
    names = {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}
    names |= {child.attr for child in ast.walk(node) if isinstance(child, ast.Attribute)}
    return any(name.endswith(MONEY_NAMES) for name in names)


def is_decimal(node):
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "Decimal"


def faults(tree):
    """Return where money is divided truly, multiplied by a float, or made one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            sides = (node.left, node.right)
            inexact = isinstance(node.op, ast.Div) or any(map(is_float, sides))
            if inexact and any(map(names_money, sides)) and not any(map(is_decimal, sides)):
                yield node.lineno, ast.unparse(node)
        elif (isinstance(node, ast.Call) and is_float(node.func) and names_money(node)) or (
            isinstance(node, ast.AnnAssign)
            and names_money(node.target)
            and any(map(is_float, ast.walk(node.annotation)))
        ):
            yield node.lineno, ast.unparse(node)


@pytest.mark.parametrize("name", MONEY_ONLY)
def test_modules_of_money_know_no_float_and_no_true_division(name):
    tree = ast.parse((ROOT / name).read_text())

    found = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if is_float(node)
        or (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Div)
            and not is_decimal(node.left)
        )
    ]

    assert found == []


def test_money_is_never_divided_truly_or_made_a_float_anywhere():
    found = {
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in product_files()
        for line, text in faults(ast.parse(path.read_text()))
    }

    assert found == set()


@pytest.mark.parametrize(
    "line",
    [
        "total_micros / 2",
        "invoice.total_micros * 0.5",
        "float(total_micros)",
        "total_micros: float = 0",
        "rate_ppm / PPM",
    ],
)
def test_the_check_finds_what_it_is_for(line):
    assert list(faults(ast.parse(line)))


def test_every_column_of_money_is_an_integer_of_64_bits():
    columns = [
        column
        for table in metadata.tables.values()
        for column in table.columns
        if column.name.endswith("_micros")
    ]

    assert len(columns) > 20
    assert [column for column in columns if not isinstance(column.type, BigInteger)] == []
