"""All items of a filter as a file, written while they are read, so that length costs no memory."""

import json

from django.http import StreamingHttpResponse
from django.utils.cache import patch_vary_headers

from publishing.batches import in_batches
from publishing.spreadsheets.csv import BATCH, escape_formula, generate_csv
from publishing.spreadsheets.xlsx import MEDIA_TYPE, generate_xlsx
from publishing.text.languages import get_language_direction
from timeline.search.results import FilterResults
from timeline.serving.origin import get_origin

from .decorators import with_list_filter
from .record_fields import build_record
from .records import DATA_DEFERRED_FIELDS, EXPORT_COLUMNS, Entry, build_export_row


@with_list_filter
def export_csv(request, chosen):
    return build_export_response(
        request, chosen, stream_records_csv, name="csv", content_type="text/csv; charset=utf-8"
    )


@with_list_filter
def export_json(request, chosen):
    return build_export_response(
        request, chosen, stream_records_json, name="json", content_type="application/json; charset=utf-8"
    )


@with_list_filter
def export_xlsx(request, chosen):
    return build_export_response(
        request, chosen, build_xlsx_streamer(chosen.language), name="xlsx", content_type=MEDIA_TYPE
    )


def build_export_response(request, chosen, write, *, name, content_type):
    parts = [] if request.method == "HEAD" else write(iterate_records(chosen, origin=get_origin(request)))
    response = StreamingHttpResponse(parts, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{chosen.situation or "all"}-{chosen.language}.{name}"'
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def iterate_records(chosen, *, origin):
    entries = FilterResults(chosen, channel="feed").entries().defer(*DATA_DEFERRED_FIELDS)
    return (build_record(Entry, entry, origin=origin) for entry in entries.iterator(chunk_size=BATCH))


def stream_records_csv(rows):
    return generate_csv(EXPORT_COLUMNS, map(build_export_row, rows))


def build_xlsx_streamer(language):
    """What writes a sheet that begins on the side where its readers begin."""

    def parts(rows):
        lines = (list(map(escape_formula, build_export_row(record))) for record in rows)
        return generate_xlsx(
            EXPORT_COLUMNS, in_batches(lines, size=BATCH), right_to_left=get_language_direction(language) == "rtl"
        )

    return parts


def stream_records_json(rows):
    """One list, one record a line."""
    comma = "[\n"
    for batch in in_batches(rows, size=BATCH):
        yield comma + ",\n".join(json.dumps(record, ensure_ascii=False) for record in batch)
        comma = ",\n"
    yield "[]\n" if comma == "[\n" else "\n]\n"
