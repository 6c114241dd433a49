"""A copy of the site opens from anywhere, leads nowhere it should not, and cannot be changed unseen."""

import csv
import datetime as dt
import html
import io
import json
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone, translation
from django_tasks_db.models import DBTaskResult

from newsletter.models import Edition
from publishing.models import Release
from publishing.workflow import transitions
from tests.support.environment import make_key
from tests.support.factories import (
    make_alert,
    make_organisation,
    make_partner,
    make_situation,
    make_story,
    make_tag,
    make_update,
    publish_item,
)
from timeline.mirror import build, link_rewriting, signature
from timeline.mirror.tasks import renew_mirror

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NAME = "c" * 40 + ".jpg"
LINK = re.compile(r'<(?:a|link|img|source|script)\b[^>]*?\s(?:href|src)="([^"]*)"')
OUTSIDE = re.compile(r"[a-z]+:|//")


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MIRROR_KEY = make_key(64)
    return tmp_path


def run(*words, **options):
    out = io.StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def built(place):
    """The folder of a mirror of what there is."""
    run("mirror", str(place / "copy"))
    return place / "copy"


def read(folder, name="en/belarus/index.html"):
    return (folder / name).read_text(encoding="utf-8")


def everything(folder):
    return "\n".join(f"{path} {path.read_bytes().decode(errors='replace')}" for path in files_of(folder))


def files_of(folder):
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def full_site():
    make_organisation(contact="press@example.org")
    make_alert(url="/en/belarus/")
    default_storage.save(NAME, ContentFile(b"pixels"))
    drawn = {"name": NAME, "type": "image/jpeg", "width": 1, "height": 1}
    picture = {"renditions": [drawn], "width": 1, "height": 1}
    make_update("Pictured", slug="pictured", picture=picture, picture_decorative=True, tags=[make_tag()], public=True)
    for number in range(45):
        make_update(f"Number {number}", public=True)
    make_story(slug="told", public=True)
    Edition.objects.create(state="sent", numbers=list(Release.objects.values_list("pk", flat=True)))


@pytest.fixture(scope="module")
def copies(scratch_database, tmp_path_factory):
    """A function to copies of the site that are made once: with its name a function that fills it."""

    @lru_cache
    def copy_of(fill):
        place = tmp_path_factory.mktemp("mirror")
        with scratch_database(), override_settings(MEDIA_ROOT=place / "media", MIRROR_KEY=make_key(64)):
            fill()
            return built(place)

    return copy_of


@pytest.fixture
def full_copy(copies):
    """The folder of a copy of the full site; only to be read."""
    return copies(full_site)


@pytest.fixture
def small_copy(copies, place):
    """The folder of a copy of a site of one update, the test's own."""
    return shutil.copytree(copies(site_of_one_update), place / "copy")


def site_of_one_update():
    make_update(public=True)


def broken(folder):
    """(page, link) of every link inside the folder that no file answers."""
    pages = folder.rglob("*.html")
    links = [(page, unquote(html.unescape(link))) for page in pages for link in LINK.findall(read(folder, page))]
    inside = [(page, link.partition("#")[0]) for page, link in links if not OUTSIDE.match(link)]
    return [(page, link) for page, link in inside if link and not (page.parent / link).resolve().is_file()]


# --- What is in it ----------------------------------------------------------------------------


def test_no_link_is_broken_and_none_needs_a_server(full_copy):
    assert broken(full_copy) == []
    assert not [
        page for page in full_copy.rglob("*.html") if re.search(r'<form|(?:href|src)="/', read(full_copy, page))
    ]
    assert (full_copy / f"media/{NAME}").read_bytes() == b"pixels"
    assert (full_copy / "static/timeline/site.css").exists()


def test_every_item_is_there_in_every_language_and_on_every_page_of_its_list(full_copy):
    for code in ("en", "fr", "es", "ru", "be", "ar"):
        assert "Pictured" in read(full_copy, f"{code}/belarus/updates/pictured/index.html")
        assert (full_copy / f"{code}/belarus/stories/told/index.html").exists()
    later = list(full_copy.glob("en/belarus/before-*.html"))
    listed = read(full_copy) + "".join(read(full_copy, page) for page in later)
    assert later
    assert all(f"Number {number}<" in listed for number in range(45))


def test_lists_of_one_tag_or_section_are_there(full_copy):
    assert "Pictured" in read(full_copy, "en/belarus/tag-detention.html")
    assert 'href="section-stories.html"' in read(full_copy) or "section-stories" in read(full_copy, "en/index.html")


def test_feeds_and_files_are_there_for_every_list(full_copy):
    for at in ("en/belarus", "ar/search"):
        assert {"feed.atom", "feed.rss", "feed.json", "export.csv", "export.json"} <= {
            path.name for path in (full_copy / at).iterdir()
        }
    rows = list(csv.reader(read(full_copy, "en/belarus/export.csv").splitlines()))
    assert len(rows) == 1 + 46 + 1


def test_past_editions_are_there(full_copy):
    [edition] = full_copy.glob("en/newsletter/archive/*/index.html")
    assert "Number 44" in read(full_copy, edition)


def test_search_and_sign_up_say_where_they_work(full_copy):
    assert 'href="http://testserver/en/search/"' in read(full_copy, "en/search/index.html")
    assert 'href="http://testserver/en/newsletter/"' in read(full_copy, "en/newsletter/index.html")
    assert 'lang="ar"' in read(full_copy, "ar/newsletter/index.html")


def test_the_testimonies_of_one_partner_are_there_where_a_page_leads_to_them(place):
    partner = make_partner()
    for number in range(3):
        make_story(slug=f"told-{number}", partner=partner, public=True)
    folder = built(place)
    listed = read(folder, f"en/belarus/partner-{partner.slug}.section-stories.html")
    assert all(f"stories/told-{number}/" in listed for number in range(3))


def test_what_is_not_copied_leads_to_the_site_and_says_so(place):
    make_update(date=dt.date(2021, 6, 8), tags=[make_tag()], public=True)
    page = read(built(place), "en/belarus/tag-detention.html")
    outward = re.findall(r'<a\b[^>]*href="http://testserver/en/belarus/[^"]*tag=[^"]*"[^>]*>.*?</a>', page, re.DOTALL)
    assert outward
    assert all('rel="external noopener noreferrer"' in link and "Opens another site." in link for link in outward)


def test_no_link_leads_nowhere(full_copy):
    assert not [
        page for page in full_copy.rglob("*.html") if re.search(r"<a(?![^>]*\shref=)[\s>]", read(full_copy, page))
    ]


def test_a_link_to_a_testimony_that_may_not_be_copied_tells_nothing_of_it(place):
    make_story("Zeichen7f3a", slug="zeichen7f3a", consent={"mirror": False}, public=True)
    make_update(body_en='<p><a href="/en/belarus/stories/zeichen7f3a/">What she said</a></p>', public=True)
    assert "zeichen7f3a" not in everything(built(place)).lower()


def test_the_front_leads_into_every_language(full_copy):
    front = read(full_copy, "index.html")
    assert [code for code in ("en", "fr", "es", "ru", "be", "ar") if f'href="{code}/index.html"' not in front] == []


# --- What is not ------------------------------------------------------------------------------


def test_a_testimony_that_may_not_be_copied_is_in_no_file_and_no_count(place):
    make_story("Zeichen7f3a", slug="zeichen7f3a", consent={"mirror": False}, public=True)
    make_story("Another", public=True)
    folder = built(place)
    assert "zeichen7f3a" not in everything(folder).lower()
    assert 'Survivor testimonies <span class="n">1</span>' in read(folder)


def test_drafts_and_scheduled_items_are_in_no_file(place):
    make_update("Zeichen7f3a")
    publish_item(make_update("Zeichen7f3a"), at=timezone.now() + dt.timedelta(hours=1))
    make_update("Another", public=True)
    assert "Zeichen7f3a" not in everything(built(place))


def test_what_was_withdrawn_is_gone_with_the_next_copy(place):
    update = make_update("Zeichen7f3a", slug="marked", public=True)
    assert "Zeichen7f3a" in everything(built(place))
    transitions.withdraw(update, reason="danger")
    folder = built(place)
    assert "Zeichen7f3a" not in everything(folder)
    assert not (folder / "en/belarus/updates/marked").exists()


def test_the_site_is_as_before_once_the_copy_is_made(place, client):
    make_story("Zeichen7f3a", consent={"mirror": False}, public=True)
    before = client.get("/en/belarus/").content
    with translation.override("fr"):
        built(place)
        assert translation.get_language() == "fr"
    assert client.get("/en/belarus/").content == before
    assert not list(place.glob(".copy.new*"))


def test_a_draft_database_never_rests_beside_the_copy(place):
    make_update(public=True)
    built(place)
    assert {path.name for path in place.iterdir()} <= {"copy", ".copy.lock", "media"}


# --- The seal ---------------------------------------------------------------------------------


def add(folder):
    (folder / "en/extra.html").write_text("x")


def change(folder):
    (folder / "en/index.html").write_text("x")


def take_away(folder):
    (folder / "en/index.html").unlink()


def change_the_list(folder):
    text = read(folder, "manifest.json")
    (folder / "manifest.json").write_text(text.replace("en/index.html", "en/other.html"))


def take_the_signature(folder):
    (folder / "manifest.json.sig").unlink()


@pytest.mark.parametrize(
    ("tamper", "told"),
    [
        (add, "en/extra.html: not part of the mirror."),
        (change, "en/index.html: changed."),
        (take_away, "en/index.html: missing."),
        (change_the_list, "The signature is not by this key"),
        (take_the_signature, "manifest.json.sig: No such file"),
    ],
)
def test_every_way_to_tamper_is_found(small_copy, tamper, told):
    assert "unchanged" in run("verify_mirror", str(small_copy))
    tamper(small_copy)
    out = io.StringIO()
    with pytest.raises(CommandError, match="not as it was signed"):
        call_command("verify_mirror", str(small_copy), stdout=out)
    assert told in out.getvalue()


def test_another_key_is_found_out_and_the_right_one_can_be_named(place, settings):
    make_update(public=True)
    printed = run("mirror", str(place / "copy")).splitlines()[0].rpartition(" ")[2]
    settings.MIRROR_KEY = make_key(7)
    with pytest.raises(CommandError):
        run("verify_mirror", str(place / "copy"))
    assert "unchanged" in run("verify_mirror", str(place / "copy"), key=printed)
    with pytest.raises(CommandError, match="not a public key"):
        run("verify_mirror", str(place / "copy"), key="abc")


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_the_copy_can_be_checked_without_our_software(small_copy):
    lines = [line.strip() for line in read(small_copy, "VERIFY.txt").splitlines() if line.startswith("    ")]
    spelt, commands = lines[0], lines[2:]
    first, *others = [shell(line, small_copy) for line in commands]
    assert first.stdout.strip() == spelt
    assert [done.returncode for done in others] == [0, 0]
    change(small_copy)
    assert shell(commands[-1], small_copy).returncode == 1


def shell(line, folder):
    """A line as a person would type it."""
    return subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True)


def test_the_list_names_each_file_with_its_size(small_copy):
    rows = json.loads(read(small_copy, "manifest.json"))["files"]
    listed = {row["path"]: row["size"] for row in rows}
    there = {path.relative_to(small_copy).as_posix(): path.stat().st_size for path in files_of(small_copy)}
    assert listed == {name: size for name, size in there.items() if not name.startswith("manifest.json")}


# --- Building ---------------------------------------------------------------------------------


def test_without_a_key_there_is_no_copy(place, settings):
    settings.MIRROR_KEY = ""
    with pytest.raises(CommandError, match="MIRROR_KEY is not set"):
        run("mirror", str(place / "copy"))


def test_a_folder_with_other_things_is_left_alone(place):
    (place / "copy").mkdir()
    (place / "copy/letters.txt").write_text("mine")
    with pytest.raises(CommandError, match="something else"):
        run("mirror", str(place / "copy"))
    assert (place / "copy/letters.txt").read_text() == "mine"


def test_a_build_that_fails_leaves_the_old_copy(place, monkeypatch):
    make_update(public=True)
    folder = built(place)
    before = read(folder, "manifest.json")
    monkeypatch.setattr(build, "get_page_addresses", lambda: ["/en/never-was/"])
    with pytest.raises(CommandError, match="answers 404"):
        run("mirror", str(folder))
    assert read(folder, "manifest.json") == before
    assert not list(place.glob(".copy.new*"))


def test_a_build_that_was_killed_between_two_names_is_mended(place):
    make_update(public=True)
    folder = built(place)
    folder.rename(place / ".copy.old")
    (place / ".copy.new-0123").mkdir()
    (place / ".copy.new-0123.database").write_text("x")
    build.recover_folder(folder)
    assert "unchanged" in run("verify_mirror", str(folder))
    assert {path.name for path in place.iterdir()} <= {"copy", ".copy.lock", "media"}


def test_the_connection_is_given_back_when_the_build_fails(place, monkeypatch):
    before = connection.settings_dict["NAME"]
    monkeypatch.setattr(build, "get_page_addresses", lambda: ["/en/never-was/"])
    with pytest.raises(build.MirrorBuildError):
        build.build_mirror(place / "copy")
    assert connection.settings_dict["NAME"] == before


# --- Addresses --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/en/belarus/", "en/belarus/index.html"),
        ("/en/belarus/?section=stories&before=MjAy-x", "en/belarus/section-stories.before-MjAy-x.html"),
        ("/en/belarus/feed.atom", "en/belarus/feed.atom"),
        ("/en/belarus/feed.atom?tag=x", None),
        ("/en/belarus/?q=x", None),
        ("/en/belarus/?kind=x&section=updates", "en/belarus/kind-x.section-updates.html"),
        ("/en/belarus/?kind=x&month=2020-08", None),
        ("/en/belarus/?tag=x&tag=y", None),
        ("/en/belarus/?section=../../x", None),
        ("/en/../../etc/passwd", None),
        ("/en/%2e%2e/%2e%2e/x", None),
        ("/admin/", None),
        ("/en/api/", None),
        ("/en/newsletter/", "en/newsletter/index.html"),
        ("/en/newsletter/unsubscribe/TOKEN/", None),
        ("/en/newsletter/archive/3/", "en/newsletter/archive/3/index.html"),
    ],
)
def test_an_address_has_one_file_or_none(address, file):
    assert link_rewriting.get_mirror_path(address) == file


def test_what_staff_write_stays_as_it_is_but_for_our_own_links():
    rewriter = link_rewriting.LinkRewriter(
        "/en/a/", at="en/a/index.html", target=link_rewriting.get_mirror_path, origin="https://x.org"
    )
    page = '<a title="1 > 0" href="/en/b/?section=news#top">x</a> <a href="?kind=blog">y</a> <a href="https://z.org/?a&amp;b">'
    assert rewriter.page(page) == (
        '<a title="1 > 0" href="../b/section-news.html#top">x</a> <a href="kind-blog.html">y</a> '
        '<a href="https://z.org/?a&amp;b">'
    )


def test_what_only_the_site_can_do_leads_there():
    rewriter = link_rewriting.LinkRewriter(
        "/en/a/", at="en/a/index.html", target=link_rewriting.get_mirror_path, origin="https://x.org"
    )  # fmt: skip
    page = rewriter.page('<a class="l" href="?q=x&amp;kind=y" rel="nofollow">z</a> <a href="#top">up</a>')
    assert page == (
        '<a class="l" href="https://x.org/en/a/?q=x&amp;kind=y" rel="external noopener noreferrer">z'
        '<span aria-hidden="true"> ↗</span><span class="vh"> Opens another site.</span></a> <a href="#top">up</a>'
    )


# --- By itself --------------------------------------------------------------------------------


@pytest.fixture
def kept(settings, place):
    settings.MIRROR_DIR = str(place / "kept")
    return place / "kept"


def waiting():
    return DBTaskResult.objects.filter(task_path="timeline.mirror.tasks.renew_mirror")


def test_many_releases_ask_for_one_new_copy(kept, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        make_update(public=True)
        make_update(public=True)
    assert waiting().count() == 1


def test_nothing_is_asked_where_no_mirror_is_kept(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        make_update(public=True)
    assert not waiting().exists()


def test_a_copy_is_renewed_only_if_something_changed(kept):
    update = make_update("Zeichen7f3a", public=True)
    renew_mirror.call()
    first = (kept / "manifest.json.sig").read_bytes()
    renew_mirror.call()
    assert (kept / "manifest.json.sig").read_bytes() == first
    transitions.withdraw(update, reason="danger")
    renew_mirror.call()
    assert "Zeichen7f3a" not in everything(kept)


def test_the_clock_asks_for_a_new_copy_too(kept):
    at = timezone.now() + dt.timedelta(hours=3)
    publish_item(make_update(), at=at)
    renew_mirror.call()
    assert [task.run_after for task in waiting()] == [at]


def test_a_copy_that_could_not_be_made_is_tried_again_and_the_clock_is_not_forgotten(kept):
    publish_item(make_update(), at=timezone.now() + dt.timedelta(minutes=5))
    kept.write_text("a file where the folder should be")
    renew_mirror.call()
    assert [task.run_after - timezone.now() < dt.timedelta(minutes=5) for task in waiting()] == [True]
    waiting().delete()
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6)):
        renew_mirror.call()
        assert waiting().count() == 1


def test_a_key_is_spelt_in_one_line():
    public = signature.load_private_key(make_key(64)).public_key()
    assert signature.load_public_key(f" {signature.encode_public_key(public)}\n") == public


def test_an_empty_site_can_be_copied(place):
    make_situation(public=False)
    assert Path(built(place) / "en/index.html").exists()
