"""Whether the tests notice when money or access is broken: each module, broken in N ways.

A mutant is a module with one operator, comparison or number changed. It is imported in the place
of the module, in a process of its own, and the module's own tests are run on it: a mutant that
they pass has survived. Some survivors are no mistakes (`max(0, x)` as `max(1, x)` where x is never
0), so what is asked for is a share. Usage: python -m bench.mutants [--only MODULE] [--every N]
"""

import argparse
import ast
import copy
import importlib.abc
import os
import resource
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from math import ceil
from pathlib import Path
from types import CodeType, ModuleType

import pytest
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings

from bench.aims import Aim, told

ROOT = Path(__file__).parent.parent
LEAST_NOTICED = 0.85
UNBOUNDED = resource.RLIM_INFINITY
LONGER = 5
TESTS = {
    "data.domain.money": ["tests/data/domain/test_money.py"],
    "data.domain.rating": ["tests/data/domain/test_rating.py"],
    "data.domain.rate_lookup": ["tests/data/domain/test_rate_lookup.py"],
    "data.domain.invoicing": ["tests/data/domain/test_invoicing.py"],
    "data.domain.included_minutes": ["tests/data/domain/test_included_minutes.py"],
    "data.domain.coverage": ["tests/data/domain/test_coverage.py"],
    "data.domain.charges": ["tests/data/domain/test_charges.py"],
    "data.domain.balances": ["tests/data/domain/test_balances.py"],
    "data.domain.periods": ["tests/data/domain/test_periods.py"],
    "ingest.rate": ["tests/ingest/test_rate.py"],
    "ingest.rate_table": ["tests/ingest/test_rate.py"],
    "ingest.match": ["tests/ingest/test_match.py"],
    "ingest.times": ["tests/ingest/test_times.py", "tests/ingest/test_golden.py"],
    "ingest.local_time": ["tests/ingest/test_local_time.py"],
    "ingest.usage": ["tests/ingest/test_usage.py", "tests/ingest/test_reprocess.py"],
    "data.store.writes.ledger": [
        "tests/data/exchange/test_ledger.py",
        "tests/data/exchange/test_xero.py",
    ],
    "data.store.writes.payments": ["tests/data/store/test_payments.py"],
    "data.store.writes.invoices": ["tests/data/test_bill_run.py", "tests/data/test_plan_runs.py"],
    "data.passwords": ["tests/data/test_passwords.py"],
    "data.store.writes.sessions": ["tests/app/test_session.py", "tests/data/store/test_people.py"],
    "data.store.writes.tokens": ["tests/data/store/test_people.py", "tests/app/test_api.py"],
    "data.store.writes.users": [
        "tests/data/store/test_people.py",
        "tests/callbacks/test_account.py",
    ],
    "callbacks.gate": [
        "tests/app/test_gate.py",
        "tests/app/test_other_sites.py",
        "tests/app/test_answers.py",
        "tests/app/test_login.py",
        "tests/app/test_changes.py",
        "tests/app/test_kiosk.py",
    ],
    "callbacks.login": [
        "tests/app/test_login.py",
        "tests/app/test_kiosk.py",
        "tests/callbacks/test_sign_on.py",
    ],
    "callbacks.proof": [
        "tests/app/test_login.py",
        "tests/attack/test_logins.py",
        "tests/app/test_changes.py",
        "tests/callbacks/test_account.py",
    ],
    "callbacks.rights": [
        "tests/app/test_gate.py",
        "tests/app/test_changes.py",
        "tests/callbacks/test_masking_by_role.py",
    ],
    "callbacks.visitors": [
        "tests/app/test_session.py",
        "tests/app/test_kiosk.py",
        "tests/app/test_changes.py",
    ],
}
"""Every module that reckons money, keeps it in the books, says whose a call is and when it was, or
who may; and the tests that must notice."""
STORELESS = (
    "data.domain.",
    "data.passwords",
    "ingest.rate",
    "ingest.match",
    "ingest.times",
    "ingest.local_time",
)
"""Modules whose tests need nothing of conftest.py, which takes seconds to load."""
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
RENAMED = {"min": "max", "max": "min", "any": "all", "minimum": "maximum", "maximum": "minimum"}


@dataclass(frozen=True)
class Mutant:
    """One module with one change.

    Attributes:
        module: Its name.
        line: Where it was changed.
        change: What was, and what is.
        code: What is run instead.
    """

    module: str
    line: int
    change: str
    code: CodeType


def unchanged(module: str) -> Mutant:
    """Return a module as it is: its tests must pass on it, or nothing is shown."""
    path = _file_of(module)
    return Mutant(module, 0, "", compile(path.read_text("utf-8"), str(path), "exec"))


def _file_of(module: str) -> Path:
    return ROOT / f"{module.replace('.', '/')}.py"


def mutants(module: str) -> list[Mutant]:
    """Return every mutant of a module, by line."""
    path = _file_of(module)
    tree = ast.parse(path.read_text("utf-8"))
    found = []
    for number, node in enumerate(_reckoning(tree)):
        for place, _ in enumerate(_changes(node)):
            changed = copy.deepcopy(tree)
            target = list(_reckoning(changed))[number]
            before, line = ast.unparse(target), getattr(target, "lineno", 0)
            _changes(target)[place]()
            after = ast.unparse(target)
            code = compile(ast.fix_missing_locations(changed), str(path), "exec")
            found.append(Mutant(module, line, f"{before} -> {after}", code))
    return found


def _reckoning(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions inside functions: what is reckoned, not what is declared."""
    found: dict[ast.expr, None] = {}  # those of a function within a function once
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for statement in function.body:
                found |= {node: None for node in ast.walk(statement) if isinstance(node, ast.expr)}
    yield from found


def _changes(node: ast.expr) -> list["Change"]:
    """Return the ways in which an expression can be changed in its place."""
    changes: list[Change] = []
    if isinstance(node, (ast.BinOp, ast.BoolOp)) and type(node.op) in SWAPPED:
        changes.append(Change(node, "op", SWAPPED[type(node.op)]()))
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPPED:
        changes.append(Change(node, "ops", [SWAPPED[type(node.ops[0])](), *node.ops[1:]]))
    if isinstance(node, ast.Constant) and type(node.value) is int:
        changes.append(Change(node, "value", node.value + 1))
    if isinstance(node, ast.Name) and node.id in RENAMED:
        changes.append(Change(node, "id", RENAMED[node.id]))
    if isinstance(node, ast.Attribute) and node.attr in RENAMED:
        changes.append(Change(node, "attr", RENAMED[node.attr]))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        changes.append(Change(node, "op", ast.UAdd()))
    return changes


@dataclass(frozen=True)
class Change:
    """One change of an expression: calling it makes it."""

    node: ast.expr
    name: str
    value: object

    def __call__(self) -> None:
        """Make the change."""
        setattr(self.node, self.name, self.value)


class _InItsPlace(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports a mutant where its module is asked for."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Answer for the one module."""
        if fullname != self.mutant.module:
            return None
        spec = ModuleSpec(fullname, self, origin=str(_file_of(fullname)))
        spec.has_location = True  # some look for their files beside themselves
        return spec

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed code."""
        exec(self.mutant.code, module.__dict__)  # noqa: S102 (our own source, changed above)


def noticed(mutant: Mutant, most_cpu_s: int = UNBOUNDED) -> bool:
    """Tell whether a mutant's tests fail, in a process of their own.

    One that takes much longer than the module as it is will not end by itself: that is noticed.
    """
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (most_cpu_s, most_cpu_s))
        os._exit(_tried(mutant))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) != 0


def most_cpu_s(module: str) -> int:
    """Return how long a mutant of a module may take, its tests being passed by the module itself.

    Raises:
        SystemExit: They are not.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    if noticed(unchanged(module)):
        raise SystemExit(f"{module} as it is fails its tests: {TESTS[module]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return LONGER * (1 + ceil(after.ru_utime - before.ru_utime))


def _tried(mutant: Mutant) -> int:
    """Run a mutant's tests in this process; return pytest's exit code."""
    sys.meta_path.insert(0, _InItsPlace(mutant))
    options = ["-x", "-q", "--assert=plain", "--rootdir", str(ROOT)]
    options += ["--noconftest"] if mutant.module.startswith(STORELESS) else []
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        try:
            return int(
                pytest.main([*options, *(str(ROOT / test) for test in TESTS[mutant.module])])
            )
        except BaseException:  # noqa: BLE001 (whatever it does, it was noticed)
            return 1


def settled() -> None:
    """Have properties look at the same examples for every mutant, however slow the machine."""
    os.environ["CI"] = "true"  # for conftest.py, which then does the same
    only = (Phase.explicit, Phase.generate)  # the smallest example of a mistake is of no use here
    hypothesis_settings.register_profile(
        "mutants", deadline=None, derandomize=True, database=None, phases=only
    )
    hypothesis_settings.load_profile("mutants")


def main(modules: Sequence[str], every: int) -> bool:
    """Try the mutants of some modules; print the survivors, and return whether few survived."""
    settled()
    shares, total, killed = [], 0, 0
    for module in modules:
        bound = most_cpu_s(module)
        chosen = mutants(module)[::every]
        survivors = [mutant for mutant in chosen if not noticed(mutant, bound)]
        for mutant in survivors:
            print(f"survived: {module}, line {mutant.line}: {mutant.change}", flush=True)
        share = 1 - len(survivors) / len(chosen)
        shares.append(f"{module} {len(chosen) - len(survivors)} of {len(chosen)} ({share:.0%})")
        total, killed = total + len(chosen), killed + len(chosen) - len(survivors)
    print("\n".join(shares))
    missed = 100 * (1 - killed / total)
    most = 100 * (1 - LEAST_NOTICED)
    return told("Mutants", [Aim(f"of {total} mutants survived", missed, round(most, 1), "%")])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=sorted(TESTS), help="the mutants of one module")
    parser.add_argument("--every", type=int, default=1, help="of so many mutants try one")
    given = parser.parse_args()
    sys.exit(not main([given.only] if given.only else list(TESTS), given.every))
