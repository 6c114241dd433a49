"""The wordbook: pages and mails as plain files, in which each sentence of the catalogue tells its English."""

import re

import html5lib
import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import gettext, ngettext

from ohrm.catalogues import Message
from ohrm.wordbook.marks import MARK, Messages, mark_translations
from ohrm.wordbook.plain_pages import Rendering, make_plain
from ohrm.wordbook.scratch import run_in_scratch_site
from ohrm.wordbook.writing import write_wordbook
from tests.support.factories import make_organisation, make_situation, make_story, make_update

MESSAGES = [
    Message("Unsubscribe", ("Se désabonner",)),
    Message("Confirm your subscription", ("x",)),
    Message("%(n)d update", ("x", "y"), plural="%(n)d updates"),
]


@pytest.fixture(scope="module")
def book(module_database, tmp_path_factory):
    """The folder of a book in Arabic, of a small site."""
    folder = tmp_path_factory.mktemp("book")
    make_organisation()
    situation = make_situation(slug="belarus", title_ar="بيلاروس")
    make_update("Stop torture", situation=situation, title_ar="أوقفوا التعذيب", public=True)
    make_story(slug="voice", situation=situation, original_body="<p>Голас</p>", public=True)
    write_wordbook(folder, languages=["ar"])
    return folder


def read(path):
    return html5lib.parse(path.read_text(), namespaceHTMLElements=False)


def tooltips(root):
    return {
        span.get("title"): "".join(span.itertext()) for span in root.iterfind(".//span[@class]") if span.get("title")
    }


def plain(html="", *, text="", title="", messages=None):
    """The body and the list of what was drawn as a French page."""
    drawn = Rendering("Page", title, html=html, text=text, address="/fr/")
    file = make_plain(drawn, messages or Messages(MESSAGES), language="fr", direction="ltr", links={})
    return file.body, file.hidden


def marked(source):
    messages = Messages(MESSAGES)
    return messages.mark(source, f"<{source}>")


# --- A book -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_page_of_the_book_tells_the_english_of_its_sentences(book):
    found = tooltips(read(book / "ar" / "newsletter-sign-up.html"))
    assert re.search("[ء-ي]", found["How often"])


@pytest.mark.django_db
def test_a_mail_of_the_book_tells_the_english_of_its_sentences(book):
    for part in ("text", "html"):
        found = tooltips(read(book / "ar" / f"mail-confirm-{part}.html"))
        assert re.search("[ء-ي]", found["Confirm your subscription"])


@pytest.mark.django_db
def test_a_list_of_stored_pieces_tells_the_english_too(book):
    main = read(book / "ar" / "timeline.html").find(".//main")
    assert tooltips(main.find(".//article"))


@pytest.mark.django_db
def test_no_file_of_the_book_has_a_mark_left(book):
    files = list(book.rglob("*.html"))
    assert len(files) > 40
    assert not [path.name for path in files if MARK.search(path.read_text()) or "%F3%B0" in path.read_text().upper()]


@pytest.mark.django_db
def test_a_page_from_right_to_left_stays_so(book):
    for name in ("safety", "mail-confirm-text", "mail-confirm-html"):
        root = read(book / "ar" / f"{name}.html")
        assert (root.get("lang"), root.get("dir")) == ("ar", "rtl")


@pytest.mark.django_db
def test_the_book_asks_nobody_for_anything(book):
    for path in book.rglob("*.html"):
        for element in read(path).iter():
            assert element.tag not in {"script", "link", "img", "iframe", "form", "object"}
            assert not {"src", "srcset", "style", "action"} & set(element.keys())
            assert not (element.get("href") or "").startswith(("http", "//", "/"))


@pytest.mark.django_db
def test_every_link_of_the_book_leads_to_a_file_of_it(book):
    for path in book.rglob("*.html"):
        places = {element.get("href").partition("#")[0] for element in read(path).iterfind(".//a[@href]")}
        assert not [place for place in places if not (path.parent / place).exists()]


@pytest.mark.django_db
def test_what_nothing_shows_stands_on_a_page_of_its_own_beside_its_english(book):
    rows = read(book / "ar" / "other-messages.html").findall(".//tr")
    cells = {"".join(row[0].itertext()): row[1] for row in rows}
    assert re.search("[ء-ي]", "".join(cells["Approve and send"].itertext()))
    assert "Confirm your subscription" not in cells


def test_the_command_draws_the_demo_with_the_draft_that_a_reviewer_reads(tmp_path):
    call_command("wordbook", str(tmp_path / "book"), "--language=fr")
    found = tooltips(read(tmp_path / "book" / "fr" / "review-of-a-draft-start.html"))
    assert found["You are asked to read a draft"] == "On vous demande de relire un brouillon"


@pytest.mark.django_db
def test_a_database_with_content_is_left_alone(book, tmp_path):
    with pytest.raises(CommandError, match="content"):
        call_command("wordbook", str(tmp_path / "book"), "--here")


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear")
    with pytest.raises(CommandError, match="something else"):
        call_command("wordbook", str(tmp_path))
    assert (tmp_path / "letter.txt").read_text() == "Dear"


def test_the_scratch_site_is_none_of_the_real_one(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing")
    monkeypatch.setenv("EMAIL_URL", "smtp://127.0.0.1:1")
    asked = "from django.conf import settings as s; assert 'sqlite3' in s.DATABASES['default']['ENGINE'], s.DATABASES"
    assert run_in_scratch_site(["shell", "--no-imports", "-c", asked])


# --- Marks ------------------------------------------------------------------------------------


def test_a_sentence_is_marked_only_inside_the_block():
    with mark_translations("fr", Messages(MESSAGES)):
        assert MARK.search(gettext("Unsubscribe"))
    assert not MARK.search(gettext("Unsubscribe"))


def test_what_is_not_in_the_catalogue_is_not_marked():
    with mark_translations("fr", Messages(MESSAGES)):
        assert not MARK.search(gettext("January"))


def test_each_form_of_a_plural_tells_both_in_english():
    messages = Messages(MESSAGES)
    with mark_translations("fr", messages):
        text = ngettext("%(n)d update", "%(n)d updates", 5) % {"n": 5}
    body, _hidden = plain(f"<p>{text}</p>", messages=messages)
    assert 'title="%(n)d update&#10;%(n)d updates"' in body


def test_a_sentence_with_elements_in_it_keeps_them():
    sentence = marked("Unsubscribe").replace("<Unsubscribe>", "Leave <em>now</em>.")
    assert plain(f"<p>{sentence}</p>")[0] == (
        '<p><span class="msg new" title="Unsubscribe">Leave </span>'
        '<em><span class="msg new" title="Unsubscribe">now</span></em>'
        '<span class="msg new" title="Unsubscribe">.</span></p>'
    )


def test_a_sentence_inside_another_tells_its_own_english():
    outer = marked("Unsubscribe").replace("<Unsubscribe>", f"a {marked('Confirm your subscription')} b")
    body, _hidden = plain(text=outer)
    assert re.findall('title="([^"]*)"', body) == ["Unsubscribe", "Confirm your subscription", "Unsubscribe"]


def test_a_sentence_that_was_cut_off_does_not_colour_what_follows():
    cut = marked("Unsubscribe").replace("<Unsubscribe>", "Unsub")[:-1]
    assert plain(f"<p>{cut}</p><p>Nothing of it</p>")[0].endswith("<p>Nothing of it</p>")


def test_a_sentence_in_an_attribute_is_listed_below():
    body, hidden = plain(f'<button aria-label="{marked("Unsubscribe").replace("<", "&lt;")}">X</button>')
    assert body == "<button>X</button>"
    assert "<code>button aria-label</code>" in hidden
    assert 'title="Unsubscribe">&lt;Unsubscribe&gt;<' in hidden


def test_text_of_a_mail_is_shown_as_it_is():
    assert "<pre>1 &lt; 2 &amp; 3\n</pre>" in plain(text="1 < 2 & 3\n")[0]


def test_a_sentence_is_new_on_the_first_page_alone():
    messages = Messages(MESSAGES)
    assert 'class="msg new"' in plain(text=marked("Unsubscribe"), messages=messages)[0]
    assert 'class="msg"' in plain(text=marked("Unsubscribe"), messages=messages)[0]
