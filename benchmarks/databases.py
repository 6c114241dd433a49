"""This module knows how a benchmark gets databases that nobody else uses, beside one that it must not touch."""

from contextlib import closing, contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2.sql import SQL, Identifier


@contextmanager
def temporary_database(url, name, *, keep=False):
    """The URL of a new database on the PostgreSQL server of `url`, deleted at the end; one that is kept may be there.

    Its account needs the right to create databases; the database that `url` names is not read.
    """
    database = Identifier(name)
    with closing(psycopg2.connect(url)) as server:
        server.autocommit = True
        asked = server.cursor()
        asked.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [name])
        if not (keep and asked.fetchone()[0]):
            asked.execute(SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(database))
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            if not keep:
                asked.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(database))


def is_postgres(url):
    return url.startswith("postgres")
