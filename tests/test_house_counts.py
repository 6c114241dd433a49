"""How large the parts of the house may grow, and that a name means one thing: what a program can count of it."""

import ast
from collections import defaultdict
from pathlib import Path

import pytest

from tests.test_house import BELOW, HOUSE

MAX_MODULES_IN_A_FOLDER = 15
MAX_LINES_IN_A_MODULE = 350
# Files that Django looks for by name, and those that its documentation gives a name: every room may have one.
DJANGO_FILES = {
    "__init__", "admin", "apps", "forms", "models", "signals", "tasks", "translation", "urls", "views",
}  # fmt: skip
DJANGO_NAMES = {"Command", "Migration"}


def product_modules():
    """Every module of the rooms but migrations, as a path inside the house."""
    for room in BELOW:
        for path in sorted((HOUSE / room).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(HOUSE)


def folders():
    tests = (path.relative_to(HOUSE) for path in sorted((HOUSE / "tests").rglob("*.py")))
    found = defaultdict(list)
    for path in [*product_modules(), *tests]:
        found[path.parent].append(path.stem)
    return found


def test_no_folder_holds_more_than_fifteen_modules():
    sizes = {str(folder): len([name for name in names if name != "__init__"]) for folder, names in folders().items()}
    assert not {folder: size for folder, size in sizes.items() if size > MAX_MODULES_IN_A_FOLDER}


def test_no_module_is_longer_than_350_lines():
    lengths = {str(path): len((HOUSE / path).read_text().splitlines()) for path in product_modules()}
    assert not {path: length for path, length in lengths.items() if length > MAX_LINES_IN_A_MODULE}


def test_no_name_stands_in_more_than_two_modules():
    found = defaultdict(list)
    for path in product_modules():
        for node in ast.parse((HOUSE / path).read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name not in DJANGO_NAMES:
                found[node.name].append(str(path))
    assert not {name: paths for name, paths in found.items() if len(paths) > 2}


def test_no_file_name_stands_in_more_than_two_rooms():
    rooms = defaultdict(set)
    for path in product_modules():
        if "management" not in path.parts and path.stem not in DJANGO_FILES:
            rooms[path.stem].add(path.parts[0])
    assert not {name: sorted(found) for name, found in rooms.items() if len(found) > 2}


def chambers():
    """The folders inside rooms that hold more than what Django looks for there."""
    return [
        folder
        for folder in folders()
        if folder.parts[0] in BELOW and not {"management", "templatetags", "formats"} & set(folder.parts)
    ]


@pytest.mark.parametrize("folder", chambers(), ids=str)
def test_a_room_says_what_lives_in_it_and_what_does_not(folder: Path):
    words = ast.get_docstring(ast.parse((HOUSE / folder / "__init__.py").read_text())) or ""
    assert "Not here: " in words
