"""This module knows how to say to each database which words are looked for, and where they have to stand.

A clause is a set of alternatives, each a tuple of words that follow each other; the last may end in “*”, which any
ending may take the place of. Words are letters and digits alone (`publishing.text.stemming`), or marks
(`publishing.text.normalise`), so that nothing a reader types is ever part of the syntax.
"""

from dataclasses import dataclass, replace

TITLES, LEADS, ANYWHERE = 1, 2, 3
# By level: the columns that SQLite looks in, and the sign before each word that PostgreSQL looks for.
COLUMNS = {TITLES: "titles", LEADS: "titles leads", ANYWHERE: "titles leads bodies"}
SIGNS = {TITLES: "\ue001", LEADS: "\ue002", ANYWHERE: ""}


@dataclass(frozen=True)
class Asked:
    """Every clause has to be met within the level `every`, at least one of them within `some`; none of `beside` may be.

    `marks` are clauses of marks; all of them have to be met too.
    """

    clauses: tuple
    marks: tuple = ()
    every: int = ANYWHERE
    some: int = ANYWHERE
    beside: tuple = ()


def tiers_of(asked):
    """Tier -> what it asks, best first; together they find all that is asked, and nothing twice.

    Best is what has all the words in its titles, then what has them in titles and leads (subtitle, summary, tags,
    partners); what has some only in the body comes later, earlier again for those that stand higher.
    """
    levels = [(TITLES, TITLES), (LEADS, LEADS), (ANYWHERE, TITLES), (ANYWHERE, LEADS), (ANYWHERE, ANYWHERE)]
    if len(asked.clauses) == 1:
        levels = [(level, level) for level in COLUMNS]
    tiers = {}
    for number, (every, some) in enumerate(levels, start=1):
        before = tuple(replace(tier, marks=(), beside=()) for tier in tiers.values())
        tiers[number] = replace(asked, every=every, some=some, beside=before)
    return tiers


# --- SQLite -----------------------------------------------------------------------------------


def in_sqlite(asked):
    wanted = [f"{{{COLUMNS[asked.every]}}} : ({clauses_in_sqlite(asked.clauses, ' AND ')})"]
    if asked.some != asked.every:
        wanted.append(f"{{{COLUMNS[asked.some]}}} : ({clauses_in_sqlite(asked.clauses, ' OR ')})")
    if asked.marks:
        wanted.append(f"{{marks}} : ({clauses_in_sqlite(asked.marks, ' AND ')})")
    text = f"({' AND '.join(wanted)})"
    return f"{text} NOT ({' OR '.join(map(in_sqlite, asked.beside))})" if asked.beside else text


def clauses_in_sqlite(clauses, joint):
    return joint.join(f"({' OR '.join(map(said_in_sqlite, sorted(clause)))})" for clause in clauses)


def said_in_sqlite(words):
    text = f'"{" ".join(words)}"'
    return f'{text[:-2]}"*' if text.endswith('*"') else text


# --- PostgreSQL -------------------------------------------------------------------------------


def in_postgresql(asked):
    wanted = [clauses_in_postgresql(asked.clauses, " & ", SIGNS[asked.every])]
    if asked.some != asked.every:
        wanted.append(f"({clauses_in_postgresql(asked.clauses, ' | ', SIGNS[asked.some])})")
    if asked.marks:
        wanted.append(clauses_in_postgresql(asked.marks, " & ", ""))
    text = " & ".join(wanted)
    return f"({text}) & !({' | '.join(f'({in_postgresql(one)})' for one in asked.beside)})" if asked.beside else text


def clauses_in_postgresql(clauses, joint, sign):
    return joint.join(f"({' | '.join(said_in_postgresql(words, sign) for words in sorted(one))})" for one in clauses)


def said_in_postgresql(words, sign):
    def one(word):
        return f"'{sign}{word[:-1]}':*" if word.endswith("*") else f"'{sign}{word}'"

    return f"({' <-> '.join(map(one, words))})"
