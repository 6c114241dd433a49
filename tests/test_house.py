"""The rules of the house that a program can check: who imports whom, and how long things grow."""

import ast
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent

# Each room with the rooms right below it; what stands below those may be imported too.
BELOW = {
    "ohrm": {"operations", "demo"},
    "operations": {"updates", "stories", "newsletter"},
    "demo": {"updates", "stories", "newsletter"},
    "updates": {"situations"},
    "stories": {"situations"},
    "situations": {"desk"},
    "desk": {"publishing"},
    "newsletter": {"timeline"},
    "timeline": {"publishing"},
    "publishing": {"staff"},
    "staff": {"audit"},
    "audit": set(),
}
# The same within a room: each chamber with the chambers right below it. Of the root of their room they may import
# what they share (`SHARED`); what else stands there (urls, admin, template tags) is above them.
CHAMBERS = {
    "timeline": {
        "mirror": {"syndication"},
        "syndication": {"pages"},
        "pages": {"sharing"},
        "sharing": {"serving"},
        "serving": {"search"},
        "search": set(),
    },
    "newsletter": {
        "delivery": {"composition"},
        "composition": {"subscribers"},
        "subscribers": {"mail"},
        "mail": set(),
    },
    "publishing": {
        "workflow": {"spreadsheets", "screening", "media"},
        "spreadsheets": {"text", "media"},
        "screening": {"text"},
        "media": {"text"},
        "text": set(),
    },
    "desk": {
        "reviewing": {"transitions"},
        "versions": {"transitions"},
        "transitions": {"translating"},
        "translating": {"item_form"},
        "item_form": set(),
    },
    "operations": {
        "privacy": {"backup"},
        "backup": set(),
    },
    "staff": {
        "login": set(),
    },
}
SHARED = {
    "timeline": {"models", "signals"},
    "newsletter": {"models", "queue", "signals"},
    "publishing": {
        "addresses", "batches", "document", "fields", "item_log", "models", "publication", "signals", "translations",
    },
    "desk": {
        "item_pages", "lists", "models", "preview", "preview_pages", "publication_status", "signals",
        "translated_admin",
    },
    "operations": {"models", "signals"},
    "staff": {"emails", "form_recovery", "lockdown", "middleware", "models", "signals"},
}  # fmt: skip
NO_CHAMBERS = {"management", "migrations", "templatetags"}  # folders that Django looks for
NAME_OF_A_MODEL = re.compile(rf"({'|'.join(BELOW)})\.[A-Z]\w*")
BY_NAME = {"import_module", "__import__", "import_string"}


def reach(room, below=BELOW):
    """The room, or the chamber of a room, itself and everything below it."""
    return {room}.union(*(reach(lower, below) for lower in below[room]))


def modules():
    """Every module of every room as (path inside the house, syntax tree)."""
    for room in BELOW:
        for path in sorted((HOUSE / room).rglob("*.py")):
            yield path.relative_to(HOUSE), ast.parse(path.read_text(encoding="utf-8"))


def imported(node, path):
    """The full names of the modules that one import statement of the module at `path` asks for."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not node.level:
        return [node.module]
    package = ".".join(path.parts[: len(path.parts) - node.level])
    return [f"{package}.{node.module}" if node.module else package]


def imported_paths(node, path):
    """The same with the names that are taken from there, since `from . import x` may mean the module x."""
    names = [f".{alias.name}" for alias in node.names] if isinstance(node, ast.ImportFrom) else [""]
    return [name + tail for name in imported(node, path) for tail in names]


def statements(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def upward(path, tree):
    """Imports of rooms that the room of `path` stands below or beside."""
    allowed = reach(path.parts[0])
    names = [(node.lineno, name) for node in statements(tree) for name in imported(node, path)]
    return [
        f"{path}:{line} imports {name}"
        for line, name in names
        if name.split(".")[0] in {*BELOW, "tests", "benchmarks"} - allowed
    ]


def upward_in_the_room(path, tree):
    """Imports of chambers that the chamber of `path` stands below or beside, and of the root of its room."""
    room, chamber = path.parts[0], path.parts[1]
    chambers = CHAMBERS.get(room, {})
    if chamber not in chambers:
        return []
    allowed = reach(chamber, chambers)
    names = [(node.lineno, name.split(".")) for node in statements(tree) for name in imported_paths(node, path)]
    return [
        f"{path}:{line} imports {'.'.join(name)}"
        for line, name in names
        if name[0] == room and name[1:2] and name[1] not in allowed | SHARED[room]
    ]


def by_name(path, tree):
    """The same edges in disguise: models of other rooms named in a string, and modules loaded by a name.

    A room may load its own modules so, by a name that stands in the source; apps.py has no other way.
    """
    foreign = BELOW.keys() - reach(path.parts[0])
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in BY_NAME:
            name = getattr(node.args[0], "value", None) if node.args else None
            if not isinstance(name, str) or name.split(".")[0] in foreign:
                yield f"{path}:{node.lineno} loads a module by its name"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            match = NAME_OF_A_MODEL.fullmatch(node.value)
            if match and match[1] in foreign:
                yield f"{path}:{node.lineno} names {node.value}"


def hidden(path, tree):
    """Imports that are not plain statements at the top level of the module."""
    return [
        f"{path}:{node.lineno} imports inside a block or function" for node in statements(tree) if node not in tree.body
    ]


def type_checking(path, tree):
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute | ast.alias)]
    return [
        f"{path}:{node.lineno} uses TYPE_CHECKING"
        for node in names
        if "TYPE_CHECKING" in {getattr(node, field, None) for field in ("id", "attr", "name")}
    ]


def code_in_a_migration(path, tree):
    """What a migration names of ours besides the classes of fields: an edit of that would change the past."""
    if "migrations" not in path.parts:
        return
    for node in statements(tree):
        ours = {name for name in imported(node, path) if name.split(".")[0] in BELOW}
        if ours - {f"{room}.fields" for room in BELOW} or (ours and isinstance(node, ast.ImportFrom)):
            yield f"{path}:{node.lineno} imports {', '.join(ours)}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield f"{path}:{node.lineno} runs code of its own"
        elif isinstance(node, ast.Attribute) and re.fullmatch(r"\w+\.fields\.[a-z_]\w*", ast.unparse(node)):
            yield f"{path}:{node.lineno} names {ast.unparse(node)}"


RULES = [upward, upward_in_the_room, by_name, hidden, type_checking, code_in_a_migration]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule):
    faults = [fault for path, tree in modules() for fault in rule(path, tree)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("rule", "module", "source"),
    [
        (upward, "timeline/pages/views.py", "from updates.models import Update"),
        (upward, "newsletter/composition/edition_entries.py", "import situations.models"),
        (upward, "updates/admin.py", "from timeline import filters"),
        (upward, "updates/admin.py", "from stories.models import SurvivorStory"),
        (upward, "staff/models.py", "from ohrm import settings"),
        (upward, "timeline/pages/views.py", "def view():\n    from stories import models"),
        (upward_in_the_room, "newsletter/subscribers/views.py", "from newsletter.composition import edition_mail"),
        (upward_in_the_room, "newsletter/mail/results.py", "from newsletter import delivery"),
        (upward_in_the_room, "newsletter/composition/admin.py", "from ..delivery.tasks import run_every_minute"),
        (upward_in_the_room, "newsletter/composition/admin.py", "import newsletter.delivery"),
        (upward_in_the_room, "timeline/search/filters.py", "from timeline.pages import listing"),
        (upward_in_the_room, "timeline/search/filters.py", "from timeline import serving"),
        (upward_in_the_room, "timeline/search/filters.py", "from ..pages.listing import Listing"),
        (upward_in_the_room, "timeline/sharing/citations.py", "import timeline.syndication.records"),
        (upward_in_the_room, "timeline/pages/views.py", "from timeline.templatetags.timeline import frame"),
        (upward_in_the_room, "publishing/media/files.py", "from publishing.workflow import entries"),
        (upward_in_the_room, "publishing/text/cleaning.py", "from publishing import screening"),
        (upward_in_the_room, "desk/translating/board.py", "from desk.transitions import buttons"),
        (upward_in_the_room, "desk/versions/pages.py", "from desk.admin import PublicationAdmin"),
        (by_name, "publishing/models.py", "ForeignKey('situations.Situation')"),
        (by_name, "timeline/pages/views.py", "importlib.import_module(name)"),
        (by_name, "timeline/pages/views.py", "import_string('updates.models.Update')"),
        (hidden, "updates/models.py", "def f():\n    import json"),
        (hidden, "updates/models.py", "try:\n    import json\nexcept ImportError:\n    json = None"),
        (type_checking, "audit/chain.py", "from typing import TYPE_CHECKING"),
        (type_checking, "audit/chain.py", "import typing\nif typing.TYPE_CHECKING: pass"),
        (code_in_a_migration, "updates/migrations/0002_url.py", "import publishing.text.cleaning"),
        (code_in_a_migration, "updates/migrations/0002_url.py", "from publishing.models import Entry"),
        (code_in_a_migration, "updates/migrations/0002_url.py", "import audit.fields\nx = audit.fields.get_default"),
        (code_in_a_migration, "updates/migrations/0002_url.py", "def fill(apps, schema_editor): pass"),
    ],
)
def test_a_breach_is_found(rule, module, source):
    assert list(rule(Path(module), ast.parse(source)))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("newsletter/composition/edition_entries.py", "from publishing.models import Entry\nfrom staff import roles"),
        ("updates/models.py", "from .kinds import Kind"),
        (
            "newsletter/delivery/tasks.py",
            "from newsletter.subscribers import links\nfrom newsletter.models import Edition",
        ),
        ("newsletter/admin.py", "from newsletter.delivery import sending"),
        ("timeline/mirror/build.py", "from timeline.search import filters\nfrom . import content"),
        ("timeline/pages/views.py", "from timeline import search\nfrom ..serving.caching import cache_public_page"),
        ("timeline/mirror/content.py", "from timeline.signals import mirror_rows_requested"),
        ("timeline/urls.py", "from .pages import views"),
        ("updates/migrations/0002_url.py", "import publishing.fields\nurl = publishing.fields.WebAddressField()"),
        ("staff/apps.py", "import_string('staff.roles.install_roles')"),
        ("audit/management/commands/verify_audit.py", "from ...chain import verify"),
        ("ohrm/urls.py", "from updates import admin\nimport newsletter.subscribers.views"),
    ],
)
def test_an_import_downwards_is_no_breach(module, source):
    assert not [fault for rule in RULES for fault in rule(Path(module), ast.parse(source))]


def test_no_models_module_is_longer_than_350_lines():
    lengths = {path: len(path.read_text().splitlines()) for path in HOUSE.glob("*/models.py")}
    assert not {str(path): length for path, length in lengths.items() if length > 350}


def test_no_function_is_longer_than_40_lines():
    functions = [
        (f"{path}:{node.lineno} {node.name}", node.end_lineno - node.lineno + 1)
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and "migrations" not in path.parts
    ]
    assert not [name for name, length in functions if length > 40]


# --- Templates ---------------------------------------------------------------------------------

TEMPLATES = HOUSE / "templates"
# Looked for by these names by Django and allauth themselves.
OVERRIDES = re.compile(
    r"(account|mfa)/(?!.*base)|admin/[^/]+\.html|admin/\w+/\w+/(change_form|change_list|delete_confirmation)\.html"
)


def templates():
    """Name -> source of every template, those of text and style included."""
    paths = [path for path in TEMPLATES.rglob("*") if path.is_file()]
    return {str(path.relative_to(TEMPLATES)): path.read_text(encoding="utf-8") for path in paths}


def named_in_strings():
    """Every string of the rooms; of one that is put together, its fixed parts around a wildcard."""
    for _path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
            elif isinstance(node, ast.JoinedStr):
                yield "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)


def test_no_template_trusts_a_text_by_itself():
    pages = {name: source for name, source in templates().items() if name.endswith(".html")}
    assert not [name for name, source in pages.items() if re.search(r"\|\s*safe\b|autoescape off", source)]


def test_no_line_of_a_template_is_longer_than_160_characters():
    lines = [
        (name, number, len(line))
        for name, source in templates().items()
        for number, line in enumerate(source.splitlines(), start=1)
    ]
    assert not [(name, number) for name, number, length in lines if length > 160]


def test_every_template_is_used():
    sources = templates()
    by_templates = set(re.findall(r"""{%\s*(?:include|extends)\s+"([^"]+)\"""", "".join(sources.values())))
    by_modules = {name for name in named_in_strings() if re.fullmatch(r"\w[^ ]*\.(html|txt|css)", name)}
    assert not [
        name
        for name in sources
        if name not in by_templates
        and not OVERRIDES.match(name)
        and not any(fnmatch(name, pattern) for pattern in by_modules)
    ]


@pytest.mark.parametrize("room", CHAMBERS)
def test_every_chamber_of_a_room_has_its_place(room):
    assert CHAMBERS[room].keys() == {path.parent.name for path in (HOUSE / room).glob("*/*.py")} - NO_CHAMBERS


# --- Documents ---------------------------------------------------------------------------------


def test_every_decision_stands_in_the_index_and_every_link_of_it_leads_somewhere():
    folder = HOUSE / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[^)]+)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(path.name for path in folder.glob("0*.md"))


def test_every_link_between_documents_leads_somewhere():
    pages = [*HOUSE.glob("*.md"), *(HOUSE / "docs").rglob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())]
    assert not [(page.name, link) for page, link in links if not (page.parent / link).exists()]
