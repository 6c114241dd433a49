"""What the columns of a sheet of items mean, read from the fields of their model and from what these release.

Not here: how rows become working copies (`spreadsheet_import.py`), what only updates or testimonies have
(`importing.py` of each).
"""

from functools import lru_cache

from django.db import models

from publishing.spreadsheets.rows import SheetColumns

DATES = ("date", "date_precision")  # read together, since the one says how much of the other is known


def build_sheet_columns(model, *, order, required):
    """The columns of a sheet. `order` names those without a language as they stand; what it leaves out comes last."""
    released = model.released
    given = [name for part, name in released.original.items() if part != "language"]
    plain = [*released.columns.values(), *given, *released.credits.values()]
    words = [name for name in released.texts.values() if name not in released.not_in_sheets]
    return SheetColumns(tuple(dict.fromkeys([*order, *plain])), tuple(words), required)


# --- In ---------------------------------------------------------------------------------------


def read_values(row, model, columns, register, *, language):
    """Field -> value, of what the row says about the item itself; date and precision always."""
    values = {}
    for name in columns.translated:
        texts = row.translated(name, model._meta.get_field(name), language=language)
        values |= {f"{name}_{code}": text for code, text in texts.items()}
    for field in get_plain_fields(model, columns):
        if value := read_value(row, field, register, language=language):
            values[field.name] = value
    day, precision = row.when()
    return values | {"date": day, "date_precision": precision}


@lru_cache
def get_plain_fields(model, columns):
    """Those that stand for a field of the model, of a value or of one partner."""
    found = [find_released_field(model, name) for name in columns.plain if name not in DATES]
    return [field for field in found if field and not field.many_to_many]


def find_released_field(model, name):
    """The field of a column; "situation" and "language" are none, since they say where and how the rest is read."""
    released = model.released
    names = [*released.columns.values(), *released.original.values(), *released.relations]
    return model._meta.get_field(name) if name in names else None


def read_value(row, field, register, *, language):
    if not field.many_to_one:
        return row.value(field, required=not field.blank)
    name = row.value(field.related_model._meta.get_field("name"), column=field.name, required=not field.null)
    return register.partner(name, language=language) if name else None


def read_links(row, model, columns, register, *, language):
    """Relation -> objects, of what the row says about them."""
    links = {"tags": {register.tag(name, language=language) for name in row.listing("tags", marks=";,")}}
    for name in columns.plain:
        field = find_released_field(model, name)
        if field and field.many_to_many and name not in links:
            links[name] = {register.partner(one, language=language) for one in row.listing(name)}
    return {name: things for name, things in links.items() if things}


# --- Out --------------------------------------------------------------------------------------


def get_cells(item, columns):
    """Column -> text of an item, as the functions above understand it."""
    fields = {name: find_released_field(type(item), name) for name in columns.plain}
    plain = {name: format_cell(item, field) for name, field in fields.items() if field}
    return {"situation": item.situation.slug, "language": item.language, **plain, **columns.words_of(item)}


def format_cell(item, field):
    value = getattr(item, field.name)
    if field.many_to_many:
        return "; ".join(map(str, value.all()))
    return value.isoformat() if isinstance(field, models.DateField) else str(value or "")
