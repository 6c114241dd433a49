"""The privacy audit finds what is planted, names the place, and says nothing of a clean site."""

import contextlib
import datetime as dt
import io
import tempfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone
from PIL import Image

from audit.chain import record
from newsletter.mail.file_backend import write_mail_file
from newsletter.models import SignUp
from newsletter.subscribers import signup
from staff.models import Account, Session
from stories.models import Consent
from tests.support.environment import make_key
from tests.support.factories import make_organisation, make_staff, make_story, make_update, publish_item, save_item
from tests.support.newsletter_fixtures import make_subscriber

pytestmark = pytest.mark.django_db

NAME = "c" * 40
SECRET = "beaten-in-room-9@example.com"


@pytest.fixture(autouse=True)
def place(settings, tmp_path, monkeypatch):
    for name in ("var", "var/static", "temp"):
        (tmp_path / name).mkdir()
    settings.DATA_DIR = tmp_path / "var"
    settings.MEDIA_ROOT = tmp_path / "var/media"
    settings.STATIC_ROOT = tmp_path / "var/static"
    settings.EMAIL_FILE_PATH = tmp_path / "var/mail"
    settings.BACKUP_KEY = [make_key(128)]
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temp"))
    return tmp_path


def run_audit(**options):
    """Everything the command says."""
    out = io.StringIO()
    with contextlib.suppress(CommandError):
        call_command("privacy_audit", stdout=out, **options)
    return out.getvalue()


def list_findings(**options):
    """The lines of the list, without the sentence that ends it."""
    return [line for line in run_audit(**options).splitlines() if not line.startswith(("Allowed", "Nothing was found"))]


def make_picture(form="JPEG", **options):
    file = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 60, 30)).save(file, form, **options)
    return file.getvalue()


def make_exif():
    tags = Image.Exif()
    tags[0x0110] = "Camera"
    return tags


def store_public_picture(data, suffix="jpg"):
    """Stores a file of a public item."""
    name = f"{NAME}.{suffix}"
    default_storage.save(name, ContentFile(data))
    rendition = {"name": name, "type": "image/jpeg", "width": 64, "height": 48}
    picture = {"renditions": [rendition], "width": 64, "height": 48}
    return make_update(picture=picture, picture_decorative=True, public=True)


# --- A clean site -----------------------------------------------------------------------------


def test_a_site_in_use_is_clean(place):
    make_organisation(contact="press@example.org")
    account = make_staff()
    Account.objects.filter(pk=account.pk).update(email="editor@example.org")
    make_story(public=True)
    make_subscriber("ana@example.org")
    store_public_picture(make_picture())
    assert list_findings() == []
    assert "Nothing was found" in run_audit()


@pytest.mark.parametrize(("form", "suffix"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("AVIF", "avif")])
def test_a_picture_of_pixels_alone_is_clean(form, suffix):
    store_public_picture(make_picture(form), suffix)
    assert list_findings() == []


def test_what_the_organisation_was_reached_by_once_is_allowed():
    organisation = make_organisation(contact="old@example.org")
    organisation.contact = "new@example.org"
    publish_item(save_item(organisation))
    assert list_findings() == []


def test_an_address_that_is_meant_to_be_read_can_be_allowed():
    make_update(body_en=f"<p>Write to {SECRET}</p>", public=True)
    assert list_findings()
    assert list_findings(allow=[SECRET]) == []


def test_a_finding_is_an_exit_code():
    record("visit", subject="203.0.113.77")
    with pytest.raises(CommandError, match="Findings: 1"):
        call_command("privacy_audit", stdout=io.StringIO())


# --- What is planted --------------------------------------------------------------------------


def test_an_ip_address_in_a_table_is_found():
    record("visit", subject="203.0.113.77")
    assert list_findings() == [f"database, audit_event.subject, row {get_last_event_pk()}: IP address"]


def get_last_event_pk():
    return record("other").pk - 1


@pytest.mark.parametrize("address", ["2001:db8::8a2e:370:7334", "127.0.0.77", "10.1.2.3"])
def test_addresses_of_every_form_are_found(address):
    record("visit", note=f"from {address}, at night")
    assert [line.rpartition(": ")[2] for line in list_findings()] == ["IP address"]


@pytest.mark.parametrize(
    "text", ["at 12:30:45", "14.08.2020", "127.0.0.1", "a::before", "version 1.2.3", "§ 3.1.2.", "1.2.3.4.5", "@viasna"]
)
def test_what_only_looks_like_an_address_is_not_found(text):
    make_update(body_en=f"<p>{text}</p>")
    assert list_findings() == []


def test_a_plain_mail_address_is_found_and_not_repeated():
    make_update(body_en=f"<p>{SECRET}</p>")
    text = run_audit()
    assert "updates_update.body_en" in text
    assert "plain e-mail address" in text
    assert SECRET not in text
    assert "beaten" not in text


@pytest.mark.parametrize(
    ("data", "suffix", "kind"),
    [
        (make_picture(exif=make_exif()), "jpg", "metadata"),
        (make_picture(comment=b"Minsk"), "jpg", "metadata"),
        (make_picture("WEBP", exif=make_exif()), "webp", "metadata"),
        (make_picture("PNG", exif=make_exif()), "png", "metadata"),
        (make_picture("AVIF", exif=make_exif().tobytes()), "avif", "metadata"),
        (make_picture() + b"PK tail", "jpg", "bytes behind"),
        (make_picture() + make_picture(), "jpg", "bytes behind"),
        (make_picture("PNG") + b"x", "png", "bytes behind"),
        (make_picture("WEBP") + b"x", "webp", "bytes behind"),
        (make_picture("AVIF") + bytes(9), "avif", "bytes behind"),
    ],
)
def test_what_a_picture_carries_beside_its_pixels_is_found(data, suffix, kind):
    store_public_picture(data, suffix)
    (finding,) = list_findings()
    assert kind in finding


def test_an_original_is_found_and_its_name_is_not_repeated():
    default_storage.save("witness_maria.jpg", ContentFile(make_picture()))
    text = run_audit()
    assert "original of an upload" in text
    assert "maria" not in text


def test_a_file_that_nothing_names_is_found():
    default_storage.save(f"{NAME}.jpg", ContentFile(make_picture()))
    assert "nothing names" in list_findings()[0]


def test_an_expired_session_is_found():
    past = timezone.now() - dt.timedelta(hours=1)
    Session.objects.create(session_key="x", session_data="", expire_date=past, created=past, seen=past)
    assert list_findings() == ["database, staff_session: expired session or link"]


def test_overdue_consent_is_found():
    story = make_story(public=True)
    Consent.objects.update(review=timezone.localdate() - dt.timedelta(days=1))
    assert list_findings() == [f"story:{story.uid}: public although its consent was to be asked for again"]


def test_a_sign_up_that_was_never_confirmed_is_found():
    signup.request_sign_up("ana@example.org", language="en", frequency="daily")
    SignUp.objects.update(asked_at=timezone.now() - dt.timedelta(hours=49))
    assert list_findings() == ["database, newsletter_signup: sign-up not confirmed within 48 hours"]


@pytest.mark.parametrize(
    "beginning",
    [b"SQLite format 3\0", b"PGDMP", b"-- PostgreSQL database dump", b"\x1f\x8b\x08", bytes(257) + b"ustar"],
)
def test_a_backup_in_clear_is_found(place, beginning):
    (place / "var/backups").mkdir()
    (place / "var/backups/monday").write_bytes(beginning + bytes(500))
    (finding,) = list_findings()
    assert finding.startswith("backups/monday: ")
    assert "not encrypted" in finding


def test_a_folder_of_backups_elsewhere_is_looked_at_if_named(place):
    (place / "elsewhere").mkdir()
    (place / "elsewhere/copy.sql").write_bytes(b"-- PostgreSQL database dump")
    assert list_findings() == []
    assert len(list_findings(also=[str(place / "elsewhere")])) == 1


def test_a_log_with_a_visitor_is_found(place):
    (place / "var/access.log").write_text('203.0.113.77 - - "GET /en/ HTTP/1.1" 200\n')
    assert list_findings() == ["access.log: IP address"]


def test_a_visitor_at_the_very_end_of_a_long_log_is_found(place):
    line = "x" * 99 + "\n"
    (place / "var/access.log").write_text(line * 700_000 + "203.0.113.77\n")
    assert list_findings() == ["access.log: IP address"]


def test_what_is_allowed_is_so_wherever_it_stands_in_a_long_log(place):
    (place / "var/mail.log").write_text(("." * 37 + " press@example.org\n") * 60_000)
    assert list_findings(allow=["press@example.org"]) == []


def test_an_address_in_another_script_is_found_where_json_spells_it_out():
    record("visit", note="ana@\u043f\u0440\u0438\u043a\u043b\u0430\u0434.\u0443\u043a\u0440")
    assert [line.rpartition(": ")[2] for line in list_findings()] == ["plain e-mail address"]


def test_mail_as_files_with_plain_addresses_is_found():
    write_mail_file(f"To: {SECRET}\r\n\r\nHello".encode())
    (finding,) = list_findings()
    assert finding.startswith("mail/")
    assert finding.endswith("plain e-mail address")


def test_an_upload_left_in_the_folder_for_temporary_files_is_found(place):
    (place / "temp/tmp1.upload.jpg").write_bytes(make_picture())
    (place / "temp/photo").write_bytes(make_picture(exif=make_exif()))
    (place / "temp/notes").write_text(SECRET)  # not ours to judge
    assert sorted(list_findings()) == [
        "temporary files: photograph with metadata",
        "temporary files: upload that was left behind",
    ]
