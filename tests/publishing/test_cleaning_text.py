"""Text comes in clean by every door, and goes out through the allow-list once more."""

import time
import unicodedata
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils.safestring import SafeString
from django.utils.translation import override

from publishing.fields import HtmlField, PlainField, RichField
from publishing.models import Entry
from publishing.text.cleaning import (
    clean_html,
    clean_line,
    clean_lines,
    convert_html_to_text,
    count_removed_characters,
    render_safe_html,
    web_address,
)
from tests.support.factories import make_situation, make_update
from updates.models import Update

# --- Plain text -------------------------------------------------------------------------------

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
KEPT = [
    "Сведчаць пацярпелыя: «Ты за Ціханоўскую?»",
    "Пытки: ёж, їжак, ґанок",
    "شهادات الضحايا من حمص",
    "می\u200cخواهم، خانه\u200cها",  # Persian: ZWNJ joins what must not join
    "لا إله\u200f!",  # RLM keeps the mark on its side
    "\u061c+963 933",  # ALM
    "שלום\u200e (2020)",
    "क्\u200dष",  # ZWJ
    "👩\u200d⚖️ judge",
    "« Qui\u00a0? »",  # French no-break space
    "100\u202f000 personnes",
    "e\u0301 is written é",
    "Łódź, Þingvellir, Ōsaka, Việt Nam",
    "አማርኛ, ᠮᠣᠩᠭᠣᠯ, ကမ္ဘာ, 한국어, 日本語",
    "ภาษาไทย\u200bคำ",  # Thai breaks at ZWSP
    "=1+1",
    "+375",
    "-",
    "@handle",
    "a < b > c & d",
    "50 %",
    "“quoted”",
    "it's",
    "emoji 🙂",
]


@pytest.mark.parametrize("value", KEPT)
def test_what_a_script_needs_stays(value):
    assert clean_line(value) == unicodedata.normalize("NFC", value)
    assert count_removed_characters(value) == 0


@pytest.mark.parametrize(
    "mark", OVERRIDES + "\x00\x01\x08\x0e\x1b\x1f\x7f\x80\x9f\ud800\udfff\ufeff\ufff9\ufffe\U000e0041"
)
def test_what_can_deceive_or_break_is_removed_and_counted(mark):
    value = f"Stop{mark} repri{mark}sals"
    assert clean_line(value) == clean_lines(value) == "Stop reprisals"
    assert count_removed_characters(value) == 2


def test_words_in_two_spellings_become_one():
    assert clean_line("Ціхано\u0443\u0306скую") == clean_line("Ціхано\u045eскую")


@pytest.mark.parametrize(
    ("value", "expected"),
    [("  a \t b\r\nc\u2028d\x0be  ", "a b c d e"), ("\u200f\u200e \u200b", ""), ("\u00a0", ""), ("", ""), (None, "")],
)
def test_one_line_is_one_line(value, expected):
    assert clean_line(value) == expected


def test_paragraphs_stay_apart():
    assert clean_lines("a  \r\nb\r\r\n\n\n\nc\x0bd\n") == "a\nb\n\nc\nd"


# --- Rich text --------------------------------------------------------------------------------


def test_plain_text_becomes_paragraphs():
    assert clean_html("One & two\nlines <3\n\nNext") == "<p>One &amp; two<br>lines &lt;3</p><p>Next</p>"


def test_what_the_editor_writes_stays():
    html = (
        "<h2>Findings</h2><p>They <strong>were</strong> <em>beaten</em>.</p><ul><li>one</li></ul><ol><li>two</li></ol>"
        '<blockquote lang="be" dir="ltr"><p>Ты за Ціханоўскую?</p><footer>A witness</footer></blockquote>'
        '<table><thead><tr><th scope="col">Year</th></tr></thead><tbody><tr><td>2020</td></tr></tbody></table>'
    )
    assert clean_html(html) == html


def test_pasted_blocks_do_not_run_together():
    assert (
        convert_html_to_text("<div>12</div><div>5</div><table><tr><td>7</td><td>8</td></tr></table>")
        == "12\n\n5\n\n7 8"
    )


def test_pasted_headings_and_bold_become_ours():
    assert clean_html("<h1>A</h1><h5><b>B</b><i>C</i></h5>") == "<h2>A</h2><h3><strong>B</strong><em>C</em></h3>"


def test_a_link_says_nothing_of_where_the_reader_came_from():
    assert 'rel="noopener noreferrer"' in clean_html(
        '<a href="https://example.org/" rel="opener" target="_blank">x</a>'
    )


def test_a_mail_link_carries_an_address_and_nothing_more():
    assert 'href="mailto:a@example.org"' in clean_html(
        '<a href="mailto:a@example.org?bcc=spy@example.org&body=x">x</a>'
    )


@pytest.mark.parametrize(
    "href", ["/admin/", "//evil.example", "https://user:pass@evil.example/", "https://good\\@evil.example"]
)
def test_a_link_that_hides_where_it_leads_is_words_only(href):
    assert clean_html(f'<p><a href="{href}">report</a></p>') == "<p>report</p>"


def test_a_deceiving_character_does_not_come_in_as_a_reference():
    assert count_removed_characters(clean_html("<p>a&#x202e;b&#8238;c&#1;</p>")) == 0


SOUP = [
    "<div>a<p>b</div>",
    "<ul><li>a<li>b",
    "loose <b>text</b>\n\nnext",
    "<p> </p><p>x",
    "<h1><div>a",
    "a <br> b",
    "&lt;b&gt;",
    "<blockquote>a<footer>b",
    "<table><td>1<td>2",
    "<a href='x'>y</a>",
    "<pre>a\n\nb</pre>",
    "<svg><p>a",
    "&amp;amp; <i>b",
]


@pytest.mark.parametrize("value", SOUP)
def test_cleaning_twice_changes_nothing(value):
    assert clean_html(clean_html(value)) == clean_html(value)


@pytest.mark.parametrize(
    "scrap", ["<div>", "<ul><li>", "<blockquote>", "<b>", "<x>", "<a href=x>", "<table><tr><td>", "<", "&", "</p>"]
)
def test_a_megabyte_of_nesting_is_cleaned_in_no_time(scrap):
    began = time.process_time()
    clean_html(scrap * (1_000_000 // len(scrap)))
    assert time.process_time() - began < 2


def test_the_words_of_a_text_keep_their_paragraphs():
    assert (
        convert_html_to_text("<h2>A &amp; B</h2><p>one<br>two</p><ul><li>x</li><li><p>y</p></li></ul>")
        == "A & B\n\none\ntwo\n\n- x\n- y"
    )


# --- Attacks ----------------------------------------------------------------------------------

SCRIPT_LINKS = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "\tjavascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "java\rscript:alert(1)",
    "java\0script:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A;avascript:alert(1)",
    "&#0000106avascript:alert(1)",
    "jav&#x09;ascript:alert(1)",
    "jav&#x0A;ascript:alert(1)",
    "javascript&colon;alert(1)",
    "javascript&#58;alert(1)",
    "&#1;javascript:alert(1)",
    "\x01javascript:alert(1)",
    "\u00a0javascript:alert(1)",
    "\u202ejavascript:alert(1)",
    "\ufeffjavascript:alert(1)",
    "javascript://%0aalert(1)",
    "javascript://example.org/%0aalert(1)",
    "javascript:/*https://*/alert(1)",
    "vbscript:msgbox(1)",
    "livescript:x",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
    "DATA:text/html,x",
    "blob:https://example.org/1",
    "file:///etc/passwd",
    "filesystem:x",
    "ftp://example.org/",
    "ws://example.org/",
    "about:blank",
    "view-source:x",
    "feed:javascript:alert(1)",
    "jar:x!/",
    "intent://x",
    "tel:+1",
    "sms:+1",
    "mailto:a@b.org\nbcc:c@d.org",
    "//evil.example/x",
    "\\\\evil.example\\x",
    "/\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "https://\x00evil.example",
    "http://a@evil.example",
    "x:y",
    "#",
    "?x=1",
    "../admin",
]
SCHEMES_OF_TAGS = [
    "<iframe src='{}'></iframe>",
    "<embed src='{}'>",
    "<object data='{}'></object>",
    "<form action='{}'><button>x</button></form>",
    "<area href='{}'>",
    "<base href='{}'>",
    "<img src='{}'>",
    "<link rel=stylesheet href='{}'>",
    "<video src='{}'></video>",
    "<button formaction='{}'>x</button>",
    "<meta http-equiv=refresh content='0;url={}'>",
    "<svg><a xlink:href='{}'>x</a></svg>",
    "<math><mi xlink:href='{}'>x</mi></math>",
    "<q cite='{}'>x</q>",
    "<blockquote cite='{}'>x</blockquote>",
    "<a ping='{}'>x</a>",
]
MARKUP = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example></SCRIPT>",
    "<script/src=x>",
    "<scr<script>ipt>alert(1)</script>",
    "<script\x00>alert(1)</script>",
    "<script\n>alert(1)</script\n>",
    "<<script>alert(1)//<</script>",
    "</p><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror=alert(1)//",
    "<img/src='x'/onerror='alert(1)'>",
    "<IMG SRC=x OnErRoR=alert(1)>",
    "<img src=`x` onerror=alert(1)>",
    "<img \x00 onerror=alert(1) src=x>",
    "<img src='x\" onerror=alert(1)'>",
    "<image src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><animate onbegin=alert(1)>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg></p><style><a title='</style><img src onerror=alert(1)>'>",
    "<svg><foreignObject><p onclick=alert(1)>x</p></foreignObject></svg>",
    "<svg><use href='data:image/svg+xml,x#a'/></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><annotation-xml encoding='text/html'><p onclick=alert(1)>x</annotation-xml></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<textarea><img title='</textarea><img src onerror=alert(1)>'>",
    "<title><img title='</title><img src onerror=alert(1)>'>",
    "<xmp><p title='</xmp><img src onerror=alert(1)>'>",
    "<noembed><img title='</noembed><img src onerror=alert(1)>'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<frameset onload=alert(1)>",
    "<object data=x></object>",
    "<embed src=x>",
    "<applet code=x></applet>",
    "<style>*{background:url(javascript:alert(1))}</style>",
    "<style>@import '//evil.example';</style>",
    "<p style='background:url(javascript:alert(1))'>x",
    "<p style=width:expression(alert(1))>x",
    "<div style='-moz-binding:url(x)'>x",
    "<p onclick=alert(1)>x",
    "<p ONCLICK='alert(1)'>x",
    "<p/onclick=alert(1)>x",
    "<p x='y'onclick=alert(1)>x",
    "<p \nonmouseover\n=\nalert(1)>x",
    "<a onmouseover=alert(1) href=https://example.org>x</a>",
    "<a href='https://example.org' onclick=alert(1)>x</a>",
    '<a href="https://example.org/&quot;onclick=alert(1)">x</a>',
    "<a href='https://example.org/\"><script>alert(1)</script>'>x</a>",
    "<body onload=alert(1)>",
    "<html onload=alert(1)>",
    "<video><source onerror=alert(1)></video>",
    "<audio src onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x",
    "<marquee onstart=alert(1)>x</marquee>",
    "<input autofocus onfocus=alert(1)>",
    "<select onfocus=alert(1) autofocus>",
    "<keygen autofocus onfocus=alert(1)>",
    "<isindex action=javascript:alert(1)>",
    "<button onclick=alert(1)>x</button>",
    "<table background=javascript:alert(1)><tr><td>x",
    "<td onclick=alert(1)>x",
    "<li onclick=alert(1)>x",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml version='1.0'?><script>alert(1)</script>",
    "<?php alert(1) ?>",
    "<%= alert(1) %>",
    "<!DOCTYPE html [<!ENTITY x '<script>'>]>&x;",
    "<p id=x class=y name=z data-x=1>x",
    "<p lang='x\" onclick=alert(1)'>x",
    "<p dir='expression(1)'>x",
    "<span lang=be style=x contenteditable>x",
    "<custom-element onclick=alert(1)>x</custom-element>",
    "<a:b onclick=alert(1)>x</a:b>",
    "<link rel=import href=x>",
    "<meta charset=utf-7>+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\ufeff<script>alert(1)</script>",
    "＜script＞alert(1)＜/script＞<b>",
    "%3Cscript%3Ealert(1)%3C/script%3E<b>",
    "{{constructor.constructor('alert(1)')()}}<b>",
    "${alert(1)}<b>",
    "<p><img src=x:x onerror=alert(1)><b",
    "<dialog open onclose=alert(1)>x",
    "<slot name=x>",
    "<portal src=x>",
    "<bgsound src=x>",
    "<layer src=x>",
]
ATTACKS = [
    *MARKUP,
    *[f'<a href="{link}">x</a>' for link in SCRIPT_LINKS],
    *[tag.format("javascript:alert(1)") for tag in SCHEMES_OF_TAGS],
]
ALLOWED = {
    "a": {"href", "rel"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}
TAGS = {
    "p", "h2", "h3", "ul", "ol", "li", "blockquote", "footer", "cite", "q", "strong", "em", "s", "sub", "sup", "a",
    "br", "hr", "bdi", "span", "table", "caption", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip


class Inspector(HTMLParser):
    """Collects what a browser could act upon."""

    def __init__(self):
        super().__init__()
        self.faults = []

    def handle_starttag(self, tag, attrs):
        self.faults += [tag] if tag not in TAGS else []
        self.faults += [
            f"{tag} {name}" for name, _value in attrs if name not in ALLOWED.get(tag, set()) | {"lang", "dir"}
        ]
        links = [value for name, value in attrs if name == "href"]
        self.faults += [link for link in links if not link.startswith(("https://", "http://", "mailto:"))]

    def handle_comment(self, data):
        self.faults.append(f"comment {data}")

    handle_decl = handle_pi = unknown_decl = handle_comment


def faults(html):
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.faults


def test_there_are_at_least_150_attacks():
    assert len(set(ATTACKS)) >= 150


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_attack_leaves_anything_a_browser_would_act_upon(attack):
    for html in (
        clean_html(attack),
        render_safe_html(attack),
        clean_html(f"<p>{attack}</p>"),
        clean_html(clean_html(attack)),
    ):
        assert not faults(html)


def test_the_inspector_sees_an_attack():
    assert len([attack for attack in MARKUP if faults(attack)]) > 80


@pytest.mark.parametrize("link", SCRIPT_LINKS)
def test_no_script_link_is_a_web_address(link):
    with pytest.raises(ValidationError):
        web_address(link)


def test_what_the_database_holds_is_cleaned_again_on_the_way_out():
    page = Template("{{ text }}").render(
        Context({"text": render_safe_html("<p onclick=x>a</p><script>alert(1)</script>")})
    )
    assert page == "<p>a</p>"


def test_text_that_is_not_rich_is_escaped_by_the_template():
    assert Template("{{ t }}").render(Context({"t": clean_line("<script>")})) == "&lt;script&gt;"
    assert not isinstance(clean_html("x"), SafeString)


# --- Web addresses ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        " https://example.org/a?b=c&d=%20#e ",
        "http://беларусь.бел/пытанне",
        "https://[2001:db8::1]/",
        "https://example.org:8443/x",
    ],
)
def test_a_web_address_is_taken_trimmed(address):
    assert web_address(address) == address.strip()


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("example.org", "https://example.org/report"),
        ("https://bank.example@evil.example/", "name or password"),
        ("https://example.org/a b", "spaces"),
        ("https://example.org/\u202egnp.exe", "invisible"),
        ("https://", "begins with https"),
        ("https://example.org/" + "a" * 3000, "begins with https"),
    ],
)
def test_a_refusal_says_what_is_wrong_with_the_address(address, reason):
    with pytest.raises(ValidationError, match=reason):
        web_address(address)


# --- Model fields -----------------------------------------------------------------------------

DIRTY = {"title_en": " Stop\u202e\0 reprisals\n", "body_en": "<p onclick=x>a<script>b</script></p>"}
CLEAN = {"title_en": "Stop reprisals", "body_en": "<p>a</p>"}


def get_stored_values(update):
    return Update.objects.filter(pk=update.pk).values(*CLEAN).get()


@pytest.mark.django_db
class TestEveryWayIntoTheDatabase:
    def test_saving_cleans_and_the_object_in_hand_is_clean_too(self):
        update = make_update()
        for name, value in DIRTY.items():
            setattr(update, name, value)
        update.save()
        assert get_stored_values(update) == CLEAN
        assert update.body_en == CLEAN["body_en"]

    def test_updating_in_bulk_cleans(self):
        update = make_update()
        Update.objects.filter(pk=update.pk).update(**DIRTY)
        assert get_stored_values(update) == CLEAN

    def test_creating_in_bulk_cleans(self):
        (update,) = Update.objects.bulk_create(
            [Update(situation=make_situation(), slug="x", date="2020-08-14", **DIRTY)]
        )
        assert get_stored_values(update) == CLEAN

    def test_a_form_cleans_before_it_measures(self):
        field = Update._meta.get_field("title_en")
        assert field.clean("a" * field.max_length + "\u202e\0 ", None) == "a" * field.max_length

    def test_searching_for_a_word_in_a_rich_text_finds_it(self):
        update = make_update(body_en="<p>They were beaten.</p>")
        assert list(Update.objects.filter(body_en__icontains="beaten")) == [update]

    def test_saving_in_a_language_without_words_invents_none(self):
        update = make_update(title_en="Stop reprisals")
        with override("fr"):
            Update.objects.get(pk=update.pk).save()
        assert not Update.objects.filter(pk=update.pk).values_list("title_fr", flat=True).get()


def test_our_own_html_comes_from_the_database_ready_to_print():
    assert isinstance(HtmlField().from_db_value("<p>a</p>", None, None), SafeString)
    assert isinstance(Entry._meta.get_field("body"), HtmlField)


@pytest.mark.parametrize("field", [PlainField("title", max_length=10), RichField("text", blank=True)])
def test_a_field_is_rebuilt_from_its_migration(field):
    _name, path, arguments, options = field.deconstruct()
    assert path.startswith("publishing.fields.")
    assert type(field)(*arguments, **options).deconstruct()[1:] == (path, arguments, options)
