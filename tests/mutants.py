"""Makes one small change at a time to the core and asks whether the nearest tests notice: `python -m tests.mutants`.

`python -m tests.mutants [part of a module's path ...] [--each N] [--minutes N]` tries N changes a module (20), chosen
by a seed that is printed, in copies of the tree, two at once. It prints the share that was noticed for each module and
whatever lived. Exit 1 where that share is below 85 % without those that `mutants.txt` lists with a reason.
Not here: whether the code is right, which the tests say.
"""

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

HOUSE = Path(__file__).resolve().parent.parent
GOAL = 85  # per cent
SECONDS = 240  # for the tests of one change; one that runs for longer was noticed
REASONS = {
    line.partition(" | ")[0].strip()
    for line in (HOUSE / "tests/mutants.txt").read_text().splitlines()
    if line and not line.startswith("#")
}
DECISIONS = [f"publishing/workflow/test_{name}.py" for name in ("second_conditions", "performing", "publishing")]
WORKFLOW = (*DECISIONS, "publishing/workflow")
# Module or chamber -> its nearest tests, the nearest first: the first that fails is enough.
NEAREST = {
    "publishing/workflow/approvals.py": ("publishing/workflow/test_ended_approvals.py", *WORKFLOW),
    "publishing/workflow": WORKFLOW,
    "publishing/lookup.py": ("publishing/workflow/test_withdrawal.py", *WORKFLOW),
    "publishing/models.py": WORKFLOW,
    "stories/models.py": (*DECISIONS, "desk/transitions/test_checklist.py", "publishing/test_surfaces.py"),
    "situations/spreadsheet_import.py": ("situations",),
    "newsletter/subscribers": ("newsletter/subscribers",),
    "newsletter/delivery": ("newsletter/delivery/test_middle_of_a_run.py", "newsletter/delivery"),
    "newsletter/composition/digests.py": ("newsletter/composition",),
    "audit": ("audit", "operations/test_backup.py"),
    "operations/backup": ("operations/test_restore_report.py", "operations/test_backup.py"),
    "staff/login": ("staff/test_second_guards.py", "staff/test_accounts.py", "staff"),
    "staff/lockdown.py": ("staff/test_sessions.py", "staff"),
    "timeline/serving": ("timeline/serving",),
}
LEFT_OUT = {"__init__.py", "admin.py", "cli.py", "apps.py"}


# --- One change -------------------------------------------------------------------------------

COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
HELD = {"select_for_update", "hold", "exclude", "filter"}


@dataclass(frozen=True)
class Mutant:
    """A module with one thing changed; `name` says where and what, so that it can be listed with a reason."""

    path: str
    name: str
    source: str


def list_changes(node):
    """(what it is called, a function that does it to the node) for everything that may be changed about a node."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in COMPARED:
        other = COMPARED[type(node.ops[0])]
        yield f"{ast.unparse(node)} -> {other.__name__}", lambda n: n.ops.__setitem__(0, other())
    if isinstance(node, ast.BoolOp):
        other = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{ast.unparse(node)} -> {other.__name__}", lambda n: setattr(n, "op", other())
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        value = node.value + 1 if not isinstance(node.value, bool) else not node.value
        yield f"{node.value} -> {value}", lambda n: setattr(n, "value", value)
    if isinstance(node, ast.If | ast.IfExp):
        yield f"if {ast.unparse(node.test)} -> if not", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
    if isinstance(node, ast.FunctionDef | ast.With):
        yield from list_lost_statements(node)
    if is_narrowing(node):
        yield f"{ast.unparse(node)[-60:]} lost", lambda n: None


def list_lost_statements(node):
    for number, one in enumerate(node.body):
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
            yield f"{ast.unparse(one)[:60]} lost", lambda n, at=number: n.body.__setitem__(at, ast.Pass())
    for number, one in enumerate(getattr(node, "decorator_list", [])):
        if "atomic" in ast.unparse(one):
            yield f"@{ast.unparse(one)} lost", lambda n, at=number: n.decorator_list.pop(at)


def is_narrowing(node):
    is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    return is_call and node.func.attr in HELD and not (node.func.attr == "filter" and not node.args + node.keywords)


def find_mutants(path):
    source = (HOUSE / path).read_text()
    for number, (where, node) in enumerate(walk(ast.parse(source))):
        for what, change in list_changes(node):
            yield Mutant(path, f"{path} {where}: {what}", build_source(source, number, change, what))


def walk(tree):
    """(name of the function, node) in an order that is the same for the same source."""
    for top in tree.body:
        name = getattr(top, "name", "")
        if isinstance(top, ast.FunctionDef | ast.ClassDef):
            for node in ast.walk(top):
                yield name, node


def build_source(source, number, change, what):
    tree = ast.parse(source)
    node = next(node for place, (_name, node) in enumerate(walk(tree)) if place == number)
    if what.endswith(" lost") and isinstance(node, ast.Call):
        replace_node(tree, node, node.func.value)
    else:
        change(node)
    return ast.unparse(ast.fix_missing_locations(tree))


def replace_node(tree, old, new):
    class Replacer(ast.NodeTransformer):
        def visit_Call(self, node):
            return copy.deepcopy(new) if node is old else self.generic_visit(node)

    Replacer().visit(tree)


# --- Whether it is noticed --------------------------------------------------------------------


def make_copy(place):
    """The tracked files of the house, as they stand."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, check=True).stdout
    for name in filter(None, files.decode().split("\0")):
        if (HOUSE / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(HOUSE / name, place / name)
    return place


def run_tests(place, folders):
    """Whether the tests pass in a copy."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    command += ["--no-migrations", "-m", "not browser and not server", "--tb=no"]
    command = command if "operations" not in folders[0] else [one for one in command if one != "--no-migrations"]
    command += [f"tests/{folder}" for folder in folders]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "DATABASE_URL": os.environ.get("DATABASE_URL", "")}
    options = {"cwd": place, "env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return subprocess.run(command, timeout=SECONDS, **options).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def is_noticed(mutant, copies, *, until):
    """None where the time is over."""
    if time.monotonic() > until:
        return None
    place = copies.get()
    try:
        (place / mutant.path).write_text(mutant.source)
        return not run_tests(place, find_nearest(mutant.path))
    finally:
        shutil.copy2(HOUSE / mutant.path, place / mutant.path)
        copies.put(place)


def find_nearest(path):
    return next(tests for part, tests in NEAREST.items() if path.startswith(part))


# --- All of them ------------------------------------------------------------------------------


def list_modules(wanted):
    paths = []
    for part in NEAREST:
        found = [HOUSE / part] if part.endswith(".py") else sorted((HOUSE / part).glob("*.py"))
        paths += [str(path.relative_to(HOUSE)) for path in found if path.name not in LEFT_OUT]
    paths = list(dict.fromkeys(paths))
    return [path for path in paths if not wanted or any(word in path for word in wanted)]


def report(path, tried):
    """Prints what became of one module's mutants; returns (noticed, lived without a reason)."""
    lived = [mutant.name for mutant, noticed in tried if noticed is False]
    left = [name for name in lived if name not in REASONS]
    noticed = sum(noticed is True for _mutant, noticed in tried)
    share = f"{100 * noticed / (noticed + len(left)):.0f} %" if noticed + len(left) else "nothing tried"
    print(f"{path}: {share} ({noticed} noticed, {len(left)} lived, {len(lived) - len(left)} with a reason)", flush=True)
    for name in left:
        print(f"    {name}", flush=True)
    return noticed, len(left)


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("wanted", nargs="*")
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))  # noqa: S311 - no secret
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args(arguments)


def main(arguments):
    wishes = parse_arguments(arguments)
    print(f"Seed {wishes.seed}.", flush=True)
    until, totals = time.monotonic() + 60 * wishes.minutes, []
    with tempfile.TemporaryDirectory(prefix="ohrm-mutants-") as folder, ThreadPoolExecutor(wishes.workers) as pool:
        copies = Queue()
        for number in range(wishes.workers):
            copies.put(make_copy(Path(folder) / str(number)))
        for path in list_modules(wishes.wanted):
            mutants = list(find_mutants(path))
            chosen = random.Random(wishes.seed).sample(mutants, min(wishes.each, len(mutants)))  # noqa: S311
            tried = list(pool.map(lambda one: (one, is_noticed(one, copies, until=until)), chosen))
            totals.append(report(path, tried))
    noticed, lived = (sum(column) for column in zip(*totals, strict=True))
    share = 100 * noticed / max(1, noticed + lived)
    print(f"All: {share:.0f} % of {noticed + lived} noticed.")
    return 0 if share >= GOAL else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
