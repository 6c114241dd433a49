"""The index behind search: full text on SQLite (FTS5) and PostgreSQL (tsvector), kept by the database itself.

It holds `Entry.words`, once for each release, and changes in the transaction that writes or deletes the entry:
what is withdrawn is not found from that moment on, and no code path can forget it. Triggers keep it; on SQLite a
purge also merges it, since FTS5 drops the words of deleted rows only then.

Everything is found newest first, by date and then by release, so that a page costs what it shows. What the words
mean, and how they are ranked, is the matter of `matching.py`; how they are said to a database, of `fulltext_syntax.py`.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import connections
from django.db.models.expressions import RawSQL

from .fulltext_syntax import render_fts5_query, render_tsquery

# --- SQLite -----------------------------------------------------------------------------------

CREATE_FTS_TABLE = """
CREATE VIRTUAL TABLE timeline_words USING fts5(
    marks, titles, leads, bodies, content='', tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co M*'"
)
"""
# The row number is the day and the release: rows come in the order of lists without being sorted.
RELEASE_BITS = 40
# Words are letters, digits and spaces alone, so that the lines are a list in JSON but for its quotes.
WORDS_AS_JSON = """'["' || replace({0}.words, char(10), '","') || '"]'"""
ROWID_SQL = f"(CAST(julianday({{0}}.date) - 1721424.5 AS INTEGER) << {RELEASE_BITS}) | {{0}}.release_id"
ROW_VALUES_SQL = ", ".join([ROWID_SQL, *(f"json_extract({WORDS_AS_JSON}, '$[{number}]')" for number in range(4))])
FTS_COLUMNS = "rowid, marks, titles, leads, bodies"
INSERT_ROW = f"INSERT INTO timeline_words({FTS_COLUMNS}) SELECT {ROW_VALUES_SQL.format('new')} WHERE new.words <> '';"
DELETE_ROW = (
    f"INSERT INTO timeline_words(timeline_words, {FTS_COLUMNS}) "
    f"SELECT 'delete', {ROW_VALUES_SQL.format('old')} WHERE old.words <> '';"
)
SQLITE_TRIGGERS = {
    "timeline_words_added": f"AFTER INSERT ON publishing_entry BEGIN {INSERT_ROW} END",
    "timeline_words_removed": f"AFTER DELETE ON publishing_entry BEGIN {DELETE_ROW} END",
    "timeline_words_changed": (
        f"AFTER UPDATE OF words, date, release_id ON publishing_entry BEGIN {DELETE_ROW} {INSERT_ROW} END"
    ),
    "timeline_words_purged": (
        "AFTER UPDATE OF document ON publishing_release WHEN old.document IS NOT NULL AND new.document IS NULL "
        "BEGIN INSERT INTO timeline_words(timeline_words) VALUES ('optimize'); END"
    ),
}
SQLITE_TRIGGERS = {name: f"CREATE TRIGGER {name} {text}" for name, text in SQLITE_TRIGGERS.items()}
ENTRY_VALUES_SQL = ROW_VALUES_SQL.format("publishing_entry")
FILL_FTS_TABLE = (
    f"INSERT INTO timeline_words({FTS_COLUMNS}) SELECT {ENTRY_VALUES_SQL} FROM publishing_entry WHERE words <> ''"  # noqa: S608
)

# --- PostgreSQL -------------------------------------------------------------------------------

# Vectors lie beside the rows, which stay narrow: a word that stands everywhere is found without reading them.
# Each word is kept as it is, and again under the sign of the titles and of what leads, since a sign is looked up
# where a weight would have to be read from every vector. No parser of the database takes part.
POSTGRESQL_SCHEMA = r"""
DROP INDEX IF EXISTS timeline_words;
DROP TABLE IF EXISTS timeline_vectors;
CREATE TABLE timeline_vectors (release_id bigint PRIMARY KEY, date date NOT NULL, vector tsvector NOT NULL)
    WITH (toast_tuple_target = 128);
ALTER TABLE timeline_vectors ALTER vector SET STORAGE EXTERNAL;
CREATE INDEX timeline_vectors_words ON timeline_vectors USING gin (vector);

CREATE OR REPLACE FUNCTION timeline_vector(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE AS $$
    WITH lines AS (SELECT string_to_array(words, E'\n') AS line),
    texts(sign, said) AS (
        SELECT U&'\E001', line[2] FROM lines
        UNION ALL SELECT U&'\E002', concat_ws(' ', line[2], line[3]) FROM lines
        UNION ALL SELECT '', concat_ws(' ', line[2], line[3], line[4]) FROM lines
    ),
    placed AS (
        SELECT quote_literal(sign || word) || ':' || least(place, 16383) AS lexeme
        FROM texts, regexp_split_to_table(btrim(said), ' +') WITH ORDINALITY AS one(word, place) WHERE word <> ''
        UNION ALL
        SELECT quote_literal(mark) FROM lines, unnest(string_to_array(line[1], ' ')) AS mark WHERE mark <> ''
    )
    SELECT coalesce(string_agg(lexeme, ' '), '')::tsvector FROM placed
$$;

CREATE OR REPLACE FUNCTION timeline_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        TRUNCATE timeline_vectors;
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.words <> '' THEN
        DELETE FROM timeline_vectors WHERE release_id = OLD.release_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.words <> '' THEN
        INSERT INTO timeline_vectors VALUES (NEW.release_id, NEW.date, timeline_vector(NEW.words));
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER timeline_keep AFTER INSERT OR DELETE OR UPDATE OF words, date, release_id
    ON publishing_entry FOR EACH ROW EXECUTE FUNCTION timeline_keep();
CREATE OR REPLACE TRIGGER timeline_keep_none AFTER TRUNCATE
    ON publishing_entry FOR EACH STATEMENT EXECUTE FUNCTION timeline_keep();

-- Without the index every vector would be read, which the planner does not know to be dear.
CREATE OR REPLACE FUNCTION timeline_found(asked tsquery, before_date date, before_release bigint, most integer)
    RETURNS TABLE (release_id bigint, date date) LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    SELECT release_id, date FROM timeline_vectors
    WHERE vector @@ asked AND (before_date IS NULL OR (date, release_id) < (before_date, before_release))
    ORDER BY date DESC, release_id DESC LIMIT most
$$;
CREATE OR REPLACE FUNCTION timeline_holding(asked tsquery, most integer)
    RETURNS TABLE (release_id bigint) LANGUAGE sql STABLE SET enable_seqscan = off AS $$
    SELECT release_id FROM timeline_vectors WHERE vector @@ asked LIMIT most
$$;

INSERT INTO timeline_vectors SELECT release_id, date, timeline_vector(words) FROM publishing_entry WHERE words <> '';
"""
POSTGRESQL_SCHEMA_HASH = hashlib.sha256(POSTGRESQL_SCHEMA.encode()).hexdigest()[:32]

# --- Making it --------------------------------------------------------------------------------


def ensure_search_index(using="default", **kwargs):
    """Makes the index where it is missing or was made by other code; runs after every migration.

    Django changes a table on SQLite by writing it anew, which drops its triggers without a word: then the
    index is filled anew too.
    """
    connection = connections[using]
    if "publishing_entry" not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            ensure_postgresql_index(cursor)
        elif get_sqlite_triggers(cursor) != SQLITE_TRIGGERS:
            create_sqlite_index(cursor)


def get_sqlite_triggers(cursor):
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'timeline_words%'")
    return dict(cursor.fetchall())


def create_sqlite_index(cursor):
    for name in get_sqlite_triggers(cursor):
        cursor.execute(f"DROP TRIGGER {name}")
    cursor.execute("DROP TABLE IF EXISTS timeline_words")
    cursor.execute(CREATE_FTS_TABLE)
    for text in SQLITE_TRIGGERS.values():
        cursor.execute(text)
    cursor.execute(FILL_FTS_TABLE)


def ensure_postgresql_index(cursor):
    cursor.execute("SELECT obj_description(to_regclass('timeline_vectors'))")
    if cursor.fetchone()[0] != POSTGRESQL_SCHEMA_HASH:
        cursor.execute(POSTGRESQL_SCHEMA)
        cursor.execute(f"COMMENT ON TABLE timeline_vectors IS '{POSTGRESQL_SCHEMA_HASH}'")


# --- Looking it up ----------------------------------------------------------------------------

RELEASE_FROM_ROWID = f"rowid & {2**RELEASE_BITS - 1}"
MATCHING_RELEASES_SQL = "SELECT release_id FROM timeline_holding(%s::tsquery, NULL)"


@dataclass(frozen=True)
class Hit:
    """A release that was found, and in which of the tiers asked for."""

    tier: int
    date: dt.date
    release: int


def get_matching_releases(asked, *, using="default"):
    """The numbers of all releases that meet what was asked (`fulltext_syntax`), as a subquery."""
    if connections[using].vendor == "postgresql":
        return RawSQL(MATCHING_RELEASES_SQL, [render_tsquery(asked)])  # noqa: S611 - a parameter
    found = f"SELECT {RELEASE_FROM_ROWID} FROM timeline_words WHERE timeline_words MATCH %s"  # noqa: S608
    return RawSQL(found, [render_fts5_query(asked)])  # noqa: S611


def count_matching_releases(questions, *, most, using="default"):
    """For each thing asked how many such releases there are, in one query; they are not counted beyond `most`."""
    found, said = "timeline_words WHERE timeline_words MATCH %s LIMIT %s", render_fts5_query
    if connections[using].vendor == "postgresql":
        found, said = "timeline_holding(%s::tsquery, %s)", render_tsquery
    arms = [
        f"SELECT {place:d}, count(*) FROM (SELECT 1 FROM {found}) AS found{place:d}"  # noqa: S608
        for place in range(len(questions))
    ]
    parameters = [parameter for asked in questions for parameter in (said(asked), most)]
    counted = dict(fetch_rows(using, " UNION ALL ".join(arms), parameters)) if arms else {}
    return [counted[place] for place in range(len(questions))]


def find_hits(tiers, *, after=None, most, using="default"):
    """The first `Hit`s: all of the first tier, then all of the second and so on, the newest first in each.

    `tiers` maps numbers to what is asked; one release must not meet two of them. `after` is the last hit that
    was seen already.
    """
    arm = build_postgresql_arm if connections[using].vendor == "postgresql" else build_sqlite_arm
    wanted = {tier: asked for tier, asked in tiers.items() if after is None or tier >= after.tier}
    arms = [arm(tier, asked, after if after and tier == after.tier else None, most) for tier, asked in wanted.items()]
    if not arms:
        return []
    text = " UNION ALL ".join(text for text, _parameters in arms)
    return [
        build_hit(*row) for row in fetch_rows(using, f"{text} LIMIT {most:d}", sum((own for _text, own in arms), []))
    ]


def build_postgresql_arm(tier, asked, after, most):
    place = [after.date, after.release] if after else [None, None]
    text = f"SELECT {tier:d}, date, release_id FROM timeline_found(%s::tsquery, %s::date, %s::bigint, %s)"  # noqa: S608
    return text, [render_tsquery(asked), *place, most]


def build_sqlite_arm(tier, asked, after, most):
    below = "AND rowid < %s" if after else ""
    found = f"SELECT rowid FROM timeline_words WHERE timeline_words MATCH %s {below} ORDER BY rowid DESC LIMIT %s"  # noqa: S608
    place = [after.date.toordinal() << RELEASE_BITS | after.release] if after else []
    arm = f"SELECT {tier:d}, rowid >> {RELEASE_BITS}, {RELEASE_FROM_ROWID} FROM ({found})"  # noqa: S608
    return arm, [render_fts5_query(asked), *place, most]


def build_hit(tier, day, release):
    return Hit(tier, dt.date.fromordinal(day) if isinstance(day, int) else day, release)


def fetch_rows(using, text, parameters):
    with connections[using].cursor() as cursor:
        cursor.execute(text, parameters)
        return cursor.fetchall()
