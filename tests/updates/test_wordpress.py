"""A site moves in from WordPress: its posts become drafts, in their languages, with links, pictures and documents."""

from io import BytesIO, StringIO
from xml.sax.saxutils import escape

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from publishing.models import Entry
from publishing.text.translated_values import get_translations
from tests.support.factories import make_situation
from updates.models import Update

pytestmark = pytest.mark.django_db

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><title>Old site</title><wp:wxr_version>1.2</wp:wxr_version>"""
TAIL = "</channel></rss>"


def make_meta(key, value):
    return (
        f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key><wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
    )


def make_post(number, title, body="<p>Words.</p>", *, kind="post", status="publish", terms="", meta=None, more=""):
    rows = "".join(make_meta(*pair) for pair in (meta or {}).items())
    return (
        f"<item><title>{escape(title)}</title><link>https://old.example.org/2020/08/post-{number}/</link>"
        f"<content:encoded><![CDATA[{body}]]></content:encoded><excerpt:encoded><![CDATA[]]></excerpt:encoded>"
        f"<wp:post_id>{number}</wp:post_id><wp:post_date>2020-08-14 10:00:00</wp:post_date>"
        f"<wp:status>{status}</wp:status><wp:post_type>{kind}</wp:post_type>{terms}{rows}{more}</item>"
    )


def make_term(taxonomy, slug, name=""):
    return f'<category domain="{taxonomy}" nicename="{slug}"><![CDATA[{name or slug}]]></category>'


def make_attachment(number, file, *, parent):
    more = f"<wp:post_parent>{parent}</wp:post_parent>"
    more += f"<wp:attachment_url>https://old.example.org/wp-content/uploads/2020/08/{file}</wp:attachment_url>"
    meta = {"_wp_attached_file": f"2020/08/{file}", "_wp_attachment_image_alt": "A gate"}
    return make_post(number, file, kind="attachment", status="inherit", meta=meta, more=more)


@pytest.fixture
def move(tmp_path, settings):
    """A function that imports these posts and returns what the command said."""
    settings.SITE_URL = "https://new.example.org"
    make_situation("belarus")

    def run(*posts, **options):
        (tmp_path / "export.xml").write_text(HEAD + "".join(posts) + TAIL)
        out = StringIO()
        call_command("import_wordpress", str(tmp_path / "export.xml"), situation="belarus", stdout=out, **options)
        return out.getvalue()

    return run


def test_a_post_becomes_a_draft_with_its_day_and_its_labels(move):
    terms = make_term("category", "torture", "Torture") + make_term("post_tag", "minsk", "Minsk")
    assert "1 new" in move(make_post(1, "Beaten & released", terms=terms))
    update = Update.objects.get()
    assert (update.title_en, str(update.date), update.status) == ("Beaten & released", "2020-08-14", "draft")
    assert sorted(tag.name for tag in update.tags.all()) == ["Minsk", "Torture"]
    assert not Entry.objects.filter(type="update").exists()


@pytest.mark.parametrize("plugin", ["polylang", "wpml"])
def test_translations_become_one_item_in_several_languages(move, plugin):
    def mark(code):
        if plugin == "polylang":
            return {"terms": make_term("language", code) + make_term("post_translations", "pll_5f3")}
        return {"meta": {"_wpml_import_language_code": code, "_wpml_import_translation_group": "77"}}

    move(
        make_post(1, "Избиты", **mark("ru")), make_post(2, "Beaten", **mark("en")), make_post(3, "Battus", **mark("fr"))
    )
    assert get_translations(Update.objects.get(), "title") == {"en": "Beaten", "fr": "Battus", "ru": "Избиты"}


def test_links_among_posts_lead_to_where_they_stand_now(move):
    body = (
        '<p>See <a href="http://www.old.example.org/2020/08/post-2">this</a>, <a href="https://un.org/">that</a>.</p>'
    )
    move(make_post(1, "One", body), make_post(2, "Two"))
    moved = Update.objects.get(title_en="One").body_en
    assert f"/en/belarus/updates/{Update.objects.get(title_en='Two').slug}/" in moved
    assert "https://un.org/" in moved


def test_the_same_export_again_changes_nothing(move):
    body = '<p>See <a href="https://old.example.org/?p=2">this</a>.</p>'
    posts = [make_post(1, "One", body), make_post(2, "Two")]
    move(*posts)
    before = Update.history.count()
    assert "0 new, 0 changed, 2 the same" in move(*posts)
    assert Update.history.count() == before


def test_paragraphs_of_the_old_editor_stay_paragraphs_and_no_word_is_lost(move):
    move(make_post(1, "One", "First [sic].\n\nSecond,\nbroken.\n\n[caption id='a']A gate[/caption]"))
    body = Update.objects.get().body_en
    assert body.count("<p>") == 3
    assert "First [sic]." in body
    assert "[caption" not in body
    assert "A gate" in body


def test_a_picture_comes_from_the_folder_and_through_the_usual_door(move, tmp_path):
    place = tmp_path / "uploads" / "2020" / "08"
    place.mkdir(parents=True)
    drawn = BytesIO()
    Image.new("RGB", (640, 480), "teal").save(drawn, "JPEG")
    (place / "gate.jpg").write_bytes(drawn.getvalue())
    posts = [make_post(1, "One", meta={"_thumbnail_id": "9"}), make_attachment(9, "gate.jpg", parent=1)]
    assert "1 pictures" in move(*posts, media=str(tmp_path / "uploads"))
    update = Update.objects.get()
    assert update.picture["width"] == 640
    assert update.picture_alt_en == "A gate"


@pytest.mark.parametrize("name", ["../../secret.jpg", "missing.jpg", "broken.jpg"])
def test_a_picture_that_cannot_be_taken_is_named_and_the_post_still_comes(move, tmp_path, name):
    (tmp_path / "secret.jpg").write_bytes(b"\xff\xd8\xff")
    place = tmp_path / "uploads"
    place.mkdir()
    (place / "broken.jpg").write_bytes(b"\xff\xd8\xff and no more")
    said = move(make_post(1, "One", meta={"_thumbnail_id": "9"}), make_attachment(9, name, parent=1), media=str(place))
    assert "“One”: " in said
    assert Update.objects.get().picture is None


def test_what_was_left_out_is_told(move):
    said = move(
        make_post(1, "One", '<p>Words</p><img src="a.jpg"><img src="b.jpg">'), make_post(2, "About", kind="page")
    )
    assert "“One”: 2 pictures or players in the text were not taken over." in said
    assert "1 pages of the site were left" in said


def test_a_dry_run_writes_nothing(move):
    assert "Nothing was written. It would be: 1 new" in move(make_post(1, "One"), dry_run=True)
    assert not Update.objects.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("no xml", "not a whole XML file"),
        (HEAD + make_post(1, "One"), "not a whole XML file"),
        ("<rss><channel><item><title>x</title></item></channel></rss>", "no export of WordPress"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><rss>&a;</rss>', "not a whole XML file"),
    ],
)
def test_what_is_no_export_is_refused_with_a_sentence(tmp_path, text, sentence):
    make_situation("belarus")
    (tmp_path / "file.xml").write_text(text)
    with pytest.raises(CommandError, match=sentence):
        call_command("import_wordpress", str(tmp_path / "file.xml"), situation="belarus")
    assert not Update.objects.exists()


def test_a_fault_is_named_by_its_post_and_nothing_is_imported(move):
    with pytest.raises(CommandError, match="Nothing was imported"):
        move(make_post(1, "Good"), make_post(2, ""))
    assert not Update.objects.exists()


@pytest.mark.slow
def test_five_hundred_posts_come_in_one_go(move):
    assert "500 new" in move(*(make_post(number, f"Statement {number}") for number in range(1, 501)))
    assert Update.objects.count() == 500
