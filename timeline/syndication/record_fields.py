"""How a field of a record is declared: its type, what the description of the API says of it, where it comes from, and
whether it is a column of the flat files. `records.py` declares them; records, description, columns and the table in
docs/data.md are read from there.

pydantic describes the records and checks none: they are ours, and to check each would cost more than to write it.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, get_args

from ninja import Schema
from pydantic import ConfigDict


def remove_field_titles(schema):
    """Words made of the names of fields say nothing, and are in no language."""
    for field in schema["properties"].values():
        field.pop("title", None)


class ApiSchema(Schema):
    model_config = ConfigDict(json_schema_extra=remove_field_titles)


class EntryRecord(ApiSchema):
    """Is made of an `Entry`."""

    get_named: ClassVar = staticmethod(getattr)


class RowRecord(ApiSchema):
    """Is made of a row of the facts of an `Entry`."""

    get_named: ClassVar = staticmethod(operator.getitem)


@dataclass(frozen=True)
class Source:
    """Where a field comes from, if not from what has its name: another name, or a function `(thing, origin)`.

    `origin` begins addresses. What says nothing is null where the type allows it.
    """

    where: str | Callable[[Any, str], Any]


@dataclass(frozen=True)
class Column:
    """A field as a column of the flat files; `meaning` is what docs/data.md says of it.

    `name` is that of the column where the field has another, `cell` makes what stands in it of the value in the
    record, `after` names the column that it follows where files are in another order than records.
    """

    meaning: str
    name: str = ""
    cell: Callable[[Any], Any] = lambda value: value
    after: str = ""


def from_facts(name):
    return Source(lambda entry, _origin: entry.facts[name])


def from_rows(schema, name):
    return Source(lambda entry, origin: [build_record(schema, row, origin=origin) for row in entry.facts[name]])


def build_record(schema, thing, *, origin):
    """The record of this schema, ready for JSON."""
    return {
        name: read(thing, origin) or None if is_nullable else read(thing, origin)
        for name, read, is_nullable in get_readers(schema)
    }


@cache
def get_readers(schema):
    """(name, function `(thing, origin)`, whether it may be null) of each field."""
    return [
        (name, make_reader(schema, name, field), type(None) in get_args(field.annotation))
        for name, field in schema.model_fields.items()
    ]


def make_reader(schema, name, field):
    where = next((one.where for one in field.metadata if isinstance(one, Source)), name)
    get_named = schema.get_named
    return where if callable(where) else lambda thing, _origin: get_named(thing, where)


@cache
def get_columns(schema):
    """[(name of the field, its `Column`)] in the order of the flat files."""
    found = [
        (name, column)
        for name, field in schema.model_fields.items()
        for column in field.metadata
        if isinstance(column, Column)
    ]
    places = {column.name or name: place for place, (name, column) in enumerate(found)}

    def get_place(row):
        name, column = row
        return places[column.after] + 0.5 if column.after else places[column.name or name]

    return sorted(found, key=get_place)
