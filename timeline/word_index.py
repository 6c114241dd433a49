"""The index behind search: full text on SQLite (FTS5) and PostgreSQL (tsvector), kept by the database itself.

It holds `Entry.words`, once for each release, and changes in the transaction that writes or deletes the entry:
what is withdrawn is not found from that moment on, and no code path can forget it. On SQLite triggers keep
it; a purge also merges it, since FTS5 drops the words of deleted rows only then.
"""

from django.db import connections
from django.db.models.expressions import RawSQL

# --- SQLite -----------------------------------------------------------------------------------

TABLE = """
CREATE VIRTUAL TABLE timeline_words USING fts5(
    titles, rest, content='', tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co M*'"
)
"""
# The first line of `words` is that of the titles, which weigh more.
SPLIT = """
{0}.release_id,
substr({0}.words, 1, instr({0}.words, char(10)) - 1),
substr({0}.words, instr({0}.words, char(10)) + 1)
"""
ADD = f"INSERT INTO timeline_words(rowid, titles, rest) SELECT {SPLIT.format('new')} WHERE new.words <> '';"
REMOVE = (
    "INSERT INTO timeline_words(timeline_words, rowid, titles, rest) "
    f"SELECT 'delete', {SPLIT.format('old')} WHERE old.words <> '';"
)
TRIGGERS = {
    "timeline_words_added": f"AFTER INSERT ON publishing_entry BEGIN {ADD} END",
    "timeline_words_removed": f"AFTER DELETE ON publishing_entry BEGIN {REMOVE} END",
    "timeline_words_changed": f"AFTER UPDATE OF words ON publishing_entry BEGIN {REMOVE} {ADD} END",
    "timeline_words_purged": (
        "AFTER UPDATE OF document ON publishing_release WHEN old.document IS NOT NULL AND new.document IS NULL "
        "BEGIN INSERT INTO timeline_words(timeline_words) VALUES ('optimize'); END"
    ),
}
ROWS = SPLIT.format("publishing_entry")
FILL = f"INSERT INTO timeline_words(rowid, titles, rest) SELECT {ROWS} FROM publishing_entry WHERE words <> ''"  # noqa: S608
FOUND_BY_SQLITE = "SELECT rowid FROM timeline_words WHERE timeline_words MATCH %s"

# --- PostgreSQL -------------------------------------------------------------------------------

VECTOR = (
    "(setweight(to_tsvector('simple', split_part(words, E'\\n', 1)), 'A') || "
    "to_tsvector('simple', substr(words, strpos(words, E'\\n') + 1)))"
)
INDEX = f"CREATE INDEX IF NOT EXISTS timeline_words ON publishing_entry USING gin ({VECTOR}) WHERE words <> ''"
FOUND_BY_POSTGRESQL = (
    f"SELECT release_id FROM publishing_entry WHERE words <> '' AND {VECTOR} @@ to_tsquery('simple', %s)"  # noqa: S608
)

# --- Both -------------------------------------------------------------------------------------


def ensure(using="default", **kwargs):
    """Makes the index where it is missing; runs after every migration.

    Django changes a table on SQLite by writing it anew, which drops its triggers without a word: then the
    index is filled anew too.
    """
    connection = connections[using]
    if "publishing_entry" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(INDEX)
        elif triggers(cursor) != TRIGGERS.keys():
            make(cursor)


def triggers(cursor):
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'timeline_words%'")
    return {name for (name,) in cursor.fetchall()}


def make(cursor):
    for name in TRIGGERS:
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
    cursor.execute("DROP TABLE IF EXISTS timeline_words")
    cursor.execute(TABLE)
    for name, text in TRIGGERS.items():
        cursor.execute(f"CREATE TRIGGER {name} {text}")
    cursor.execute(FILL)


def releases_with(clauses, *, using="default"):
    """The numbers of the releases that meet every clause, as a subquery.

    A clause is a set of alternatives, each a tuple of words that follow each other; the last may end in “*”,
    which any ending may take the place of. Words are letters and digits alone (`publishing.stems`).
    """
    if connections[using].vendor == "postgresql":
        return RawSQL(FOUND_BY_POSTGRESQL, [in_postgresql(clauses)])  # noqa: S611 - a parameter
    return RawSQL(FOUND_BY_SQLITE, [in_sqlite(clauses)])  # noqa: S611


def in_sqlite(clauses):
    def said(words):
        text = f'"{" ".join(words)}"'
        return f'{text[:-2]}"*' if text.endswith('*"') else text

    return " AND ".join(f"({' OR '.join(map(said, sorted(clause)))})" for clause in clauses)


def in_postgresql(clauses):
    def said(words):
        return " <-> ".join(f"'{word[:-1]}':*" if word.endswith("*") else f"'{word}'" for word in words)

    return " & ".join(f"({' | '.join(f'({said(words)})' for words in sorted(clause))})" for clause in clauses)
