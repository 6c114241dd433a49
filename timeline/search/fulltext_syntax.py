"""This module knows how to say to each database which words are looked for, and where they have to stand.

A clause is a set of alternatives, each a tuple of words that follow each other; the last may end in “*”, which any
ending may take the place of. Words are letters and digits alone (`publishing.text.stemming`), or marks
(`publishing.text.normalise`), so that nothing a reader types is ever part of the syntax.
"""

from dataclasses import dataclass, replace

LEVEL_TITLES, LEVEL_LEADS, LEVEL_ANYWHERE = 1, 2, 3
# By level: the columns that SQLite looks in, and the sign before each word that PostgreSQL looks for.
LEVEL_COLUMNS = {LEVEL_TITLES: "titles", LEVEL_LEADS: "titles leads", LEVEL_ANYWHERE: "titles leads bodies"}
LEVEL_PREFIXES = {LEVEL_TITLES: "\ue001", LEVEL_LEADS: "\ue002", LEVEL_ANYWHERE: ""}


@dataclass(frozen=True)
class TextQuery:
    """Every clause has to be met within the level `every`, at least one of them within `some`; none of `beside` may be.

    `marks` are clauses of marks; all of them have to be met too.
    """

    clauses: tuple
    marks: tuple = ()
    every: int = LEVEL_ANYWHERE
    some: int = LEVEL_ANYWHERE
    beside: tuple = ()


def build_tiers(asked):
    """Tier -> what it asks, best first; together they find all that is asked, and nothing twice.

    Best is what has all the words in its titles, then what has them in titles and leads (subtitle, summary, tags,
    partners); what has some only in the body comes later, earlier again for those that stand higher.
    """
    levels = [
        (LEVEL_TITLES, LEVEL_TITLES),
        (LEVEL_LEADS, LEVEL_LEADS),
        (LEVEL_ANYWHERE, LEVEL_TITLES),
        (LEVEL_ANYWHERE, LEVEL_LEADS),
        (LEVEL_ANYWHERE, LEVEL_ANYWHERE),
    ]
    if len(asked.clauses) == 1:
        levels = [(level, level) for level in LEVEL_COLUMNS]
    tiers = {}
    for number, (every, some) in enumerate(levels, start=1):
        before = tuple(replace(tier, marks=(), beside=()) for tier in tiers.values())
        tiers[number] = replace(asked, every=every, some=some, beside=before)
    return tiers


# --- SQLite -----------------------------------------------------------------------------------


def render_fts5_query(asked):
    wanted = [f"{{{LEVEL_COLUMNS[asked.every]}}} : ({render_fts5_clauses(asked.clauses, ' AND ')})"]
    if asked.some != asked.every:
        wanted.append(f"{{{LEVEL_COLUMNS[asked.some]}}} : ({render_fts5_clauses(asked.clauses, ' OR ')})")
    if asked.marks:
        wanted.append(f"{{marks}} : ({render_fts5_clauses(asked.marks, ' AND ')})")
    text = f"({' AND '.join(wanted)})"
    return f"{text} NOT ({' OR '.join(map(render_fts5_query, asked.beside))})" if asked.beside else text


def render_fts5_clauses(clauses, joint):
    return joint.join(f"({' OR '.join(map(render_fts5_phrase, sorted(clause)))})" for clause in clauses)


def render_fts5_phrase(words):
    text = f'"{" ".join(words)}"'
    return f'{text[:-2]}"*' if text.endswith('*"') else text


# --- PostgreSQL -------------------------------------------------------------------------------


def render_tsquery(asked):
    wanted = [render_tsquery_clauses(asked.clauses, " & ", LEVEL_PREFIXES[asked.every])]
    if asked.some != asked.every:
        wanted.append(f"({render_tsquery_clauses(asked.clauses, ' | ', LEVEL_PREFIXES[asked.some])})")
    if asked.marks:
        wanted.append(render_tsquery_clauses(asked.marks, " & ", ""))
    text = " & ".join(wanted)
    return f"({text}) & !({' | '.join(f'({render_tsquery(one)})' for one in asked.beside)})" if asked.beside else text


def render_tsquery_clauses(clauses, joint, sign):
    return joint.join(f"({' | '.join(render_tsquery_phrase(words, sign) for words in sorted(one))})" for one in clauses)


def render_tsquery_phrase(words, sign):
    def one(word):
        return f"'{sign}{word[:-1]}':*" if word.endswith("*") else f"'{sign}{word}'"

    return f"({' <-> '.join(map(one, words))})"
