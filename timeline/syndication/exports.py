"""All items of a filter as a file, written while they are read, so that length costs no memory."""

import json

from django.http import StreamingHttpResponse
from django.utils.cache import patch_vary_headers

from publishing.spreadsheets.csv import BATCH, batched, csv_parts, harmless
from publishing.spreadsheets.xlsx import MEDIA_TYPE, xlsx_parts
from publishing.text.languages import direction_of
from timeline.sharing.metadata import origin_of

from .decorators import of_a_list
from .records import COLUMNS, NEEDLESS, line_of, record_of


@of_a_list
def as_csv(request, chosen):
    return file_of(request, chosen, csv_of, name="csv", content_type="text/csv; charset=utf-8")


@of_a_list
def as_json(request, chosen):
    return file_of(request, chosen, json_parts, name="json", content_type="application/json; charset=utf-8")


@of_a_list
def as_xlsx(request, chosen):
    return file_of(request, chosen, xlsx_of(chosen.language), name="xlsx", content_type=MEDIA_TYPE)


def file_of(request, chosen, write, *, name, content_type):
    parts = [] if request.method == "HEAD" else write(records(chosen, origin=origin_of(request)))
    response = StreamingHttpResponse(parts, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{chosen.situation or "all"}-{chosen.language}.{name}"'
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def records(chosen, *, origin):
    entries = chosen.entries(channel="feed").defer(*NEEDLESS)
    return (record_of(entry, origin=origin) for entry in entries.iterator(chunk_size=BATCH))


def csv_of(rows):
    return csv_parts(COLUMNS, map(line_of, rows))


def xlsx_of(language):
    """What writes a sheet that begins on the side where its readers begin."""

    def parts(rows):
        lines = (list(map(harmless, line_of(record))) for record in rows)
        return xlsx_parts(COLUMNS, batched(lines), right_to_left=direction_of(language) == "rtl")

    return parts


def json_parts(rows):
    """One list, one record a line."""
    comma = "[\n"
    for batch in batched(rows):
        yield comma + ",\n".join(json.dumps(record, ensure_ascii=False) for record in batch)
        comma = ",\n"
    yield "[]\n" if comma == "[\n" else "\n]\n"
