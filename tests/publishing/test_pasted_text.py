"""What people paste keeps its words and meaning, whatever program it came from; links say only where they lead."""

import pytest
from django.core.cache import cache
from hypothesis import given
from hypothesis import strategies as st

from publishing.text.cleaning import clean_html, clean_line, convert_html_to_text
from publishing.text.redirects import count_redirects, unwrap_link
from tests.support.desk_client import admin_url, log_in, messages_for, read_form
from tests.support.factories import make_situation, make_update

SAFE_LINK = (
    "https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Freport&amp;data=05%7C01%7C"
    "witness%40example.net%7C&amp;sdata=x"
)


# --- Words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "Press Office <press@example.org>",
        "See <https://example.org/report>.",
        "<see below>",
        "a < b and c > d",
        "I <3 you",
    ],
)
def test_words_between_angle_brackets_stay(words):
    for text in (words, f"<p>Press:</p> {words}"):
        assert convert_html_to_text(clean_html(text)).endswith(words)


@given(st.text(alphabet="ab<>@:/.& \n", max_size=30))
def test_cleaning_twice_changes_nothing_of_it(words):
    assert clean_html(clean_html(words)) == clean_html(words)


@pytest.mark.parametrize("tag", ["<script>x</script>", "<img src=x onerror=x>", "<svg/onload=x>", "<foo onload=x>y"])
def test_nothing_between_angle_brackets_runs(tag):
    kept = clean_html(f"<p>a</p>{tag}")
    assert "<script" not in kept
    assert "<img" not in kept
    assert "<svg" not in kept
    assert "<foo" not in kept


@pytest.mark.parametrize(
    "markup",
    [
        '<ol start="3"><li>Three</li></ol>',
        '<ol type="a"><li>One</li></ol>',
        '<ol type="I" start="4"><li value="7">Seven</li></ol>',
    ],
)
def test_a_list_keeps_its_numbers(markup):
    assert clean_html(markup) == markup


# --- Programs -----------------------------------------------------------------------------------


def test_google_docs_wraps_all_in_a_bold_that_is_none():
    pasted = (
        '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-0"><p dir="ltr"><span '
        'style="font-weight:400">Ordinary </span><span style="font-weight:700">important</span><span '
        'style="font-style:italic;font-weight:400"> and so</span></p></b>'
    )
    assert clean_html(pasted) == '<p dir="ltr">Ordinary <strong>important</strong><em> and so</em></p>'


def write_word_item(words, marker="·", level=1):
    return (
        f'<p class=MsoListParagraph style="text-indent:-18.0pt;mso-list:l0 level{level} lfo1"><![if !supportLists]>'
        f'<span style="font-family:Symbol"><span style="mso-list:Ignore">{marker}<span style="font:7pt &quot;A&quot;">'
        f"&nbsp;&nbsp; </span></span></span><![endif]>{words}<o:p></o:p></p>"
    )


def test_the_paragraphs_that_word_makes_of_a_list_are_a_list():
    pasted = f"<p>Before</p>{write_word_item('One')}{write_word_item('<b>Two</b>')}<p>After</p>"
    assert clean_html(pasted) == "<p>Before</p><ul><li>One</li><li><strong>Two</strong></li></ul><p>After</p>"


def test_a_numbered_list_of_word_goes_on_where_it_went_on():
    pasted = write_word_item("Three", marker="3.") + write_word_item("Four", marker="4.")
    assert clean_html(pasted) == '<ol start="3"><li>Three</li><li>Four</li></ol>'


def test_a_list_inside_a_list_of_word_stays_inside():
    pasted = write_word_item("One") + write_word_item("Inner", level=2) + write_word_item("Two")
    assert clean_html(pasted) == "<ul><li>One<ul><li>Inner</li></ul></li><li>Two</li></ul>"


# --- Links --------------------------------------------------------------------------------------

REDIRECTS = [
    "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&data=05%7C01%7Cw%40example.net",
    "https://www.google.com/url?sa=t&q=https://example.org/a&usg=x",
    "https://www.google.by/url?url=https%3A%2F%2Fexample.org%2Fa",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa&h=AT0",
    "https://lm.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa",
    "https://l.instagram.com/?u=https%3A%2F%2Fexample.org%2Fa&e=x",
    "https://urldefense.proofpoint.com/v2/url?u=https-3A__example.org_a&d=DwMF",
    "https://urldefense.com/v3/__https://example.org/a__;!!abc!def$",
    "https://vk.com/away.php?to=https%3A%2F%2Fexample.org%2Fa&cc_key=",
    "https://www.youtube.com/redirect?event=x&q=https%3A%2F%2Fexample.org%2Fa",
    "https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Fexample.org%2Fa",
    "https://slack-redir.net/link?url=https%3A%2F%2Fexample.org%2Fa",
    "https://out.reddit.com/t3_x?url=https%3A%2F%2Fexample.org%2Fa",
    "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fexample.org%2Fa",
    "https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cHM6Ly9leGFtcGxlLm9yZy9h&ntb=1",
    "https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fexample.org%2fa&c=E",
    "https://secure-web.cisco.com/1abc/https%3A%2F%2Fexample.org%2Fa",
    "https://checklink.mail.ru/proxy?url=https%3A%2F%2Fexample.org%2Fa",
    "https://t.umblr.com/redirect?z=https%3A%2F%2Fexample.org%2Fa&t=x",
    "https://www.google.com/url?q=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fexample.org%252Fa",
]


@pytest.mark.parametrize("link", REDIRECTS)
def test_a_redirect_is_taken_from_around_its_link(link):
    assert unwrap_link(link) == "https://example.org/a"
    assert clean_line(f"See {link} today") == "See https://example.org/a today"


@pytest.mark.parametrize(
    "link",
    [
        "https://example.org/?url=https://other.example/x",
        "https://www.google.com/search?q=https://example.org/a",
        "https://www.youtube.com/watch?v=1&q=https://example.org/",
        "https://t.me/share/url?url=https://example.org/",
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://l.facebook.com/l.php?u=//example.org",
    ],
)
def test_a_link_that_is_no_redirect_stays(link):
    assert unwrap_link(link) == link
    assert count_redirects(link) == 0


def test_a_pasted_link_of_a_mail_program_names_nobody():
    kept = clean_html(f'<p><a href="{SAFE_LINK}">Report</a> and {SAFE_LINK}</p>')
    assert "witness" not in kept
    assert kept.count("https://example.org/report") == 2


@pytest.mark.django_db
def test_the_desk_says_that_it_took_a_redirect_away(client):
    cache.clear()
    make_situation()
    update = make_update()
    log_in(client)
    form = read_form(client, admin_url(update)) | {"summary_en": f"See {REDIRECTS[0]}", "url": REDIRECTS[1]}
    page = client.post(admin_url(update), form | {"_save": "1"}, follow=True)
    assert "Links that led through a redirect now lead straight to their page: 2." in messages_for(page)
    update.refresh_from_db()
    assert (update.summary_en, update.url) == ("See https://example.org/a", "https://example.org/a")
