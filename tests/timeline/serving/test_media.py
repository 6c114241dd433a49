"""Files of items: served while the item is public, with nothing a browser could run, and gone with it."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from publishing.workflow import transitions
from tests.support.factories import make_update, publish_item
from updates.models import Attachment

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(settings, tmp_path):
    """Stores bytes under a name of the kind that our own code gives."""
    settings.MEDIA_ROOT = tmp_path
    return lambda name, data: default_storage.save(name, ContentFile(data))


@pytest.fixture
def pdf(files):
    """A draft update with a PDF of which nobody knows yet."""
    name = files("k3J9xQ2mVbT7.pdf", b"%PDF-1.7 test")
    update = make_update()
    Attachment.objects.create(
        update=update, title="The statement", language="en", name=name, size=13, pages=1, sha256="0" * 64
    )
    return update


@pytest.fixture
def picture(files):
    name = files("p8R2wYt5LcN1.jpg", b"\xff\xd8\xff test")
    rendition = {"name": name, "type": "image/jpeg", "width": 8, "height": 8, "size": 8}
    kept = {"renditions": [rendition], "width": 8, "height": 8}
    return make_update(public=True, picture=kept, picture_alt_en="A corridor")


def test_a_file_of_a_public_item_is_served(client, pdf):
    publish_item(pdf)
    answer = client.get("/media/k3J9xQ2mVbT7.pdf")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 test"


def test_a_pdf_is_saved_not_shown(client, pdf):
    publish_item(pdf)
    answer = client.get("/media/k3J9xQ2mVbT7.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="k3J9xQ2mVbT7.pdf"'


def test_a_picture_is_shown_under_the_type_it_was_written_with(client, picture):
    answer = client.get("/media/p8R2wYt5LcN1.jpg")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"].startswith("inline")


def test_no_browser_runs_anything_in_a_file(client, picture):
    answer = client.get("/media/p8R2wYt5LcN1.jpg")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_who_has_a_file_is_told_so_but_has_to_ask(client, picture):
    answer = client.get("/media/p8R2wYt5LcN1.jpg")
    assert "max-age=0" in answer["Cache-Control"]
    again = client.get("/media/p8R2wYt5LcN1.jpg", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def same(answer):
    """What an outsider can tell one 404 from another by; the address itself is printed on none."""
    return answer.status_code, dict(answer.items()), answer.content


def test_a_file_of_a_draft_answers_like_one_that_never_was(client, pdf):
    never = client.get("/media/Qq3fL0aZs8Ud.pdf")
    assert never.status_code == 404
    assert same(client.get("/media/k3J9xQ2mVbT7.pdf")) == same(never)


def test_a_file_of_a_scheduled_item_answers_like_one_that_never_was(client, pdf):
    publish_item(pdf, at=timezone.now() + dt.timedelta(hours=1))
    assert same(client.get("/media/k3J9xQ2mVbT7.pdf")) == same(client.get("/media/Qq3fL0aZs8Ud.pdf"))


def test_a_file_of_a_withdrawn_item_is_gone(client, pdf):
    publish_item(pdf)
    tag = client.get("/media/k3J9xQ2mVbT7.pdf")["ETag"]
    transitions.withdraw(pdf, reason="consent withdrawn")
    answer = client.get("/media/k3J9xQ2mVbT7.pdf", headers={"if-none-match": tag})
    assert (answer.status_code, answer.content) == (410, b"")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Robots-Tag"] == "noindex"


def test_a_file_that_an_item_no_longer_carries_is_gone(client, pdf):
    publish_item(pdf)
    pdf.attachments.all().delete()
    publish_item(pdf)
    assert client.get("/media/k3J9xQ2mVbT7.pdf").status_code == 410


def test_a_file_that_a_scheduled_release_drops_is_gone_from_its_hour_on(client, pdf, time_machine):
    publish_item(pdf)
    pdf.attachments.all().delete()
    publish_item(pdf, at=timezone.now() + dt.timedelta(hours=1))
    assert client.get("/media/k3J9xQ2mVbT7.pdf").status_code == 200
    time_machine.move_to(timezone.now() + dt.timedelta(hours=1, minutes=1))
    assert client.get("/media/k3J9xQ2mVbT7.pdf").status_code == 410


@pytest.mark.parametrize(
    "name", ["..%2Fdebug-secret_key", "%00.pdf", "a/b.pdf", "x", "." * 200, "k3J9xQ2mVbT7.pdf%0A", "é.pdf", "a" * 3000]
)
def test_junk_for_a_name_is_not_found(client, pdf, name):
    publish_item(pdf)
    assert client.get(f"/media/{name}").status_code == 404


def test_a_file_that_is_missing_on_the_disk_is_not_found(client, pdf):
    publish_item(pdf)
    default_storage.delete("k3J9xQ2mVbT7.pdf")
    assert client.get("/media/k3J9xQ2mVbT7.pdf").status_code == 404


# --- Parts ------------------------------------------------------------------------------------


def get_part(client, asked, **more):
    answer = client.get("/media/k3J9xQ2mVbT7.pdf", headers={"range": asked, **more})
    return answer.status_code, answer.get("Content-Range"), b"".join(answer)


@pytest.fixture
def whole(client, pdf):
    publish_item(pdf)
    return b"".join(client.get("/media/k3J9xQ2mVbT7.pdf"))


def test_a_download_that_broke_off_goes_on_where_it_ended(client, whole):
    size = len(whole)
    assert get_part(client, "bytes=2-") == (206, f"bytes 2-{size - 1}/{size}", whole[2:])
    assert get_part(client, "bytes=0-1") == (206, f"bytes 0-1/{size}", whole[:2])
    assert get_part(client, "bytes=-3") == (206, f"bytes {size - 3}-{size - 1}/{size}", whole[-3:])
    assert get_part(client, f"bytes=1-{size * 9}") == (206, f"bytes 1-{size - 1}/{size}", whole[1:])


def test_a_part_behind_the_end_is_refused_with_the_size(client, whole):
    assert get_part(client, f"bytes={len(whole)}-") == (416, f"bytes */{len(whole)}", b"")


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "bytes=5-2", "lines=1-2", "bytes=", "bytes=a-b"])
def test_what_is_no_single_part_is_answered_with_the_whole(client, whole, asked):
    assert get_part(client, asked) == (200, None, whole)


def test_a_part_of_other_bytes_is_not_sent(client, whole):
    assert get_part(client, "bytes=2-", **{"if-range": '"other"'}) == (200, None, whole)


def test_no_part_of_a_withdrawn_file_is_sent(client, pdf, whole):
    transitions.withdraw(pdf, reason="consent withdrawn")
    assert get_part(client, "bytes=0-1")[0] == 410
