"""An item can be cited in every usual form, under an address that stays and never leads anywhere else."""

import datetime as dt
import hashlib
import json

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from publishing.models import Entry
from publishing.workflow import transitions
from tests.support.factories import (
    make_organisation,
    make_partner,
    make_situation,
    make_staff,
    make_story,
    make_update,
    publish_item,
    save_item,
)
from tests.support.html import get_texts, parse_page

pytestmark = pytest.mark.django_db

UPDATE = "/en/belarus/updates/torture/"
CHANGED = "2020-09-01"


@pytest.fixture(scope="module", autouse=True)
def belarus(module_database):
    make_organisation(name_fr="Ligne des témoins", name_ar="خط الشهود")
    return make_situation()


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


def update(title="Widespread torture", **fields):
    with time_machine.travel(f"{CHANGED}T12:00:00Z", tick=False):
        return make_update(title, public=True, **{"slug": "torture", **fields})


def number_of(item):
    return Entry.objects.filter(uid=item.uid).first().number


def cited(client, path=UPDATE):
    """The forms as they stand on a page, by name."""
    root = parse_page(client.get(path))
    boxes = root.findall(".//section[@aria-labelledby='cite-h']/details")
    return {get_texts(box, "summary")[0]: get_texts(box, "p")[0] for box in boxes}


def sum_on(client, path=UPDATE):
    return get_texts(parse_page(client.get(path)), ".//span[@class='hash']")[0]


# --- The address that stays ---


def test_the_short_address_leads_to_the_page_and_is_kept_by_nobody(client):
    item = update()
    answer = client.get(f"/e/{number_of(item)}")
    assert (answer.status_code, answer["Location"]) == (302, UPDATE)
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies


@pytest.mark.parametrize("wanted", ["fr", "ar", "en"])
def test_it_leads_every_reader_to_the_language_the_item_was_written_in(client, wanted):
    item = update(language="fr", title_fr="Torture", title_en="Torture", title="Torture")
    answer = client.get(f"/e/{number_of(item)}", headers={"accept-language": wanted})
    assert answer["Location"] == "/fr/belarus/updates/torture/"


def test_a_testimony_in_a_language_of_the_site_is_read_there_first(client):
    story = make_story(slug="told", public=True)
    assert client.get(f"/e/{number_of(story)}")["Location"] == "/be/belarus/stories/told/"


def test_a_testimony_in_another_language_is_read_in_its_translation(client):
    story = make_story(slug="told", original_language="fa", public=True)
    assert client.get(f"/e/{number_of(story)}")["Location"] == "/en/belarus/stories/told/"


def test_it_follows_an_item_to_its_new_place(client):
    item = update()
    number = number_of(item)
    item.slug = "elsewhere"
    publish_item(save_item(item))
    assert client.get(f"/e/{number}")["Location"] == "/en/belarus/updates/elsewhere/"


def test_a_situation_has_one_too(client, belarus):
    assert client.get(f"/e/{number_of(belarus)}")["Location"] == "/en/belarus/"


def test_drafts_and_what_is_scheduled_are_not_found(client):
    release = transitions.publish(make_update("Soon"), at=timezone.now() + dt.timedelta(hours=1))
    make_update("Draft")
    nothing, soon = client.get("/e/999999"), client.get(f"/e/{release.pk}")
    assert soon.status_code == nothing.status_code == 404
    assert soon.content.replace(f"e/{release.pk}".encode(), b"e/999999") == nothing.content
    assert dict(soon.headers) == dict(nothing.headers)


@pytest.mark.parametrize("address", ["/e/{}", "/fr/e/{}", "/en/e/{}.ris", "/en/e/{}.bib"])
def test_a_withdrawn_item_is_gone_without_its_title(client, address):
    item = update()
    number = number_of(item)
    transitions.withdraw(item, reason="wrong")
    answer = client.get(address.format(number))
    assert answer.status_code == 410
    assert "torture" not in answer.content.decode().lower()
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "tail",
    [
        "?next=https://evil.example/", "?url=//evil.example", "//evil.example", "/../../evil.example", "@evil.example",
        "%2f%2fevil.example", "%0d%0aLocation:%20https://evil.example", "?//evil.example", ";//evil.example",
        "\\evil.example", "#@evil.example", "?language=//evil.example",
    ],
)  # fmt: skip
def test_it_never_leads_to_another_place(client, tail):
    answer = client.get(f"/e/{number_of(update())}{tail}")
    assert answer.get("Location", UPDATE) == UPDATE


@pytest.mark.parametrize("address", ["/e/0", "/e/-1", f"/e/{2**63}", f"/e/{10**40}", "/e/x", "/e/", "/xx/e/1"])
def test_what_is_no_number_is_not_found(client, address):
    assert client.get(address).status_code == 404


# --- Forms ---


def test_the_forms_name_author_title_day_address_change_and_sum(client):
    item = update(kind="press-release", date=dt.date(2020, 8, 14))
    forms, address, taken = cited(client), f"http://testserver/e/{number_of(item)}", sum_on(client)
    assert forms["United Nations style"] == (
        f"Witness Line, “Widespread torture”, press release, 14 August 2020. Available at {address} "
        f"(last changed on 1 September 2020). SHA-256: {taken}."
    )
    assert forms["Chicago"] == (
        f"Witness Line. “Widespread torture.” Press release. August 14, 2020. Last modified September 1, 2020. "
        f"{address}. SHA-256: {taken}."
    )
    assert forms["APA"] == (
        f"Witness Line. (2020, August 14). Widespread torture [Press release]. "
        f"Last changed September 1, 2020. SHA-256: {taken}. {address}"
    )
    assert all(part in forms["BibTeX"] for part in (address, CHANGED, taken, "date = {2020-08-14}"))


def test_a_citation_names_a_publisher_before_the_site(client):
    update(kind="media", publisher=make_partner("Reporters"))
    assert cited(client)["Chicago"].startswith("Reporters. “Widespread torture.” In the media. Witness Line, August 14")


@pytest.mark.parametrize(
    ("precision", "said"), [("month", "(2020, August)"), ("year", "(2020)"), ("undated", "(n.d.)")]
)
def test_no_citation_says_more_of_a_day_than_is_known(client, precision, said):
    update(date_precision=precision)
    forms = cited(client)
    assert said in forms["APA"]
    assert "14 August" not in str(forms)
    assert "2020-08-14" not in str(forms)


def jointly(number, **fields):
    """A joint letter of the organisation and so many partners."""
    with time_machine.travel(f"{CHANGED}T12:00:00Z", tick=False):
        item = make_update("Stop", slug="torture", kind="joint-letter", **fields)
        item.co_publishers.set([make_partner(f"Partner {n}", slug=f"p-{n:02}") for n in range(number)])
        return publish_item(item)


@pytest.mark.parametrize(
    ("number", "un", "chicago", "apa"),
    [
        (1, "Witness Line and Partner 0, “Stop”", "Witness Line and Partner 0. “", "Witness Line & Partner 0. (2020"),
        (
            2,
            "Witness Line, Partner 0 and Partner 1, “",
            "Witness Line, Partner 0, and Partner 1. “",
            "Witness Line, Partner 0, & Partner 1. (",
        ),
        (3, "Witness Line et al., “", "Partner 1, and Partner 2. “", "Partner 1, & Partner 2. ("),
        (10, "Witness Line et al., “", "Partner 4, Partner 5, et al. “", "Partner 8, & Partner 9. ("),
        (30, "Witness Line et al., “", "Partner 4, Partner 5, et al. “", "Partner 16, Partner 17, … Partner 29. ("),
    ],
)
def test_whoever_signed_with_the_organisation_is_an_author(client, number, un, chicago, apa):
    jointly(number)
    forms = cited(client)
    assert un in forms["United Nations style"]
    assert chicago in forms["Chicago"]
    assert apa in forms["APA"]
    assert forms["BibTeX"].count("{Partner ") == number


def test_authors_of_different_scripts_do_not_turn_each_other_round(client):
    jointly(1)
    box = parse_page(client.get(UPDATE)).find(".//section[@aria-labelledby='cite-h']/details/p")
    assert [part.text for part in box.findall("bdi")][:2] == ["Witness Line", "Partner 0"]


def test_no_name_is_escaped_twice(client):
    update(publisher=make_partner("Reporters & Sons"))
    assert all(form.startswith("Reporters & Sons") for name, form in cited(client).items() if name != "BibTeX")


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("“Stop”", "“Stop,” "),
        ("A letter to the “Prime Minister”", "“A letter to the ‘Prime Minister’"),
        ("“Stop” and “Go”", "“‘Stop’ and ‘Go’"),
        ("«Спыніце»", "“Спыніце"),
    ],
)
def test_marks_inside_a_title_are_not_those_around_it(client, title, said):
    update(title)
    assert said.replace(",” ", "”, ") in cited(client)["United Nations style"]


def test_a_title_keeps_its_own_marks(client):
    story = make_story("“Ты за Ціханоўскую?”", slug="told", public=True)
    forms = cited(client, "/en/belarus/stories/told/")
    assert "“Ты за Ціханоўскую?” Testimony." in forms["Chicago"]
    assert f"http://testserver/en/e/{number_of(story)}" in forms["APA"]


def test_a_translation_is_cited_under_an_address_in_its_language(client):
    item = update(title_fr="Torture généralisée")
    forms = cited(client, UPDATE.replace("/en/", "/fr/"))
    assert f"http://testserver/fr/e/{number_of(item)}" in forms["Chicago"]
    assert "Torture généralisée" in forms["APA"]
    assert "(2020, 14 août)" in forms["APA"]


def test_names_are_those_of_the_reader_s_language(client):
    update()
    assert "خط الشهود" in cited(client, UPDATE.replace("/en/", "/ar/"))["APA"]
    assert "Ligne des témoins" in cited(client, UPDATE.replace("/en/", "/fr/"))["APA"]


def test_names_titles_and_addresses_do_not_turn_the_words_around_them_round(client):
    update()
    box = parse_page(client.get(UPDATE)).find(".//section[@aria-labelledby='cite-h']/details/p")
    assert [part.get("dir") for part in box.findall("bdi")] == [None, None, "ltr", "ltr"]


def test_the_sum_is_the_one_that_the_handbook_says_how_to_take(client):
    item = update(summary_en="A pattern.", body_en="<p>Evidence.</p>")
    record = json.loads(client.get(f"/api/v1/entries/{number_of(item)}").content)
    original = record["original"] or {}
    words = [record[name] for name in ("title", "subtitle", "summary", "body_html")]
    words += [original.get("title"), original.get("body_html")]
    taken = hashlib.sha256("\n".join(text or "" for text in words).encode()).hexdigest()
    assert taken == record["sha256"] == sum_on(client)


def test_the_sum_changes_with_the_words_alone(client):
    item = update()
    before = sum_on(client)
    publish_item(item)
    assert sum_on(client) == before
    item.body_en = "<p>More.</p>"
    publish_item(save_item(item))
    assert sum_on(client) != before


# --- Files for programs ---


def reference(client, item, form, *, language="en"):
    return client.get(f"/{language}/e/{number_of(item)}.{form}")


def test_the_page_offers_the_files(client):
    item = update()
    found = parse_page(client.get(UPDATE)).findall(".//section[@aria-labelledby='cite-h']//a[@download]")
    assert [link.get("href") for link in found] == [f"/en/e/{number_of(item)}.{form}" for form in ("ris", "bib")]


def test_ris_is_a_file_of_tagged_lines(client):
    item = update("Torture,\nwidespread  ", kind="report")
    answer = reference(client, item, "ris")
    lines = answer.content.decode().split("\r\n")
    assert answer["Content-Type"] == "application/x-research-info-systems; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="{number_of(item)}-en.ris"'
    assert lines[0] == "TY  - RPRT"
    assert lines[-2:] == ["ER  - ", ""]
    assert "AU  - Witness Line" in lines
    assert "TI  - Torture, widespread" in lines
    assert "DA  - 2020/08/14/" in lines
    assert f"UR  - http://testserver/e/{number_of(item)}" in lines
    assert [line for line in lines if line.startswith("N1") and CHANGED in line and sum_on(client) in line]


def test_no_title_ends_a_reference_early(client):
    item = update("Torture\r\nER  - \r\nTY  - BOOK")
    lines = reference(client, item, "ris").content.decode().split("\r\n")
    assert [line[:2] for line in lines].count("ER") == 1
    assert [line[:2] for line in lines].count("TY") == 1


def test_bibtex_carries_nothing_that_latex_would_run(client):
    item = update(r"100% {of} \input{x} & $y$ _z^~#")
    answer = reference(client, item, "bib")
    title = next(line for line in answer.content.decode().split("\n") if line.startswith("  title"))
    assert answer["Content-Type"] == "application/x-bibtex; charset=utf-8"
    assert title == (
        r"  title        = {{100\% \textbraceleft{}of\textbraceright{} "
        r"\textbackslash{}input\textbraceleft{}x\textbraceright{} \& \$y\$ "
        r"\_z\textasciicircum{}\textasciitilde{}\#}},"
    )


@pytest.mark.parametrize("title", ["An open { brace", "A closed } brace", r"\{", "}}, @misc{x, title = {y"])
def test_no_brace_of_a_title_ends_a_reference_or_keeps_it_open(client, title):
    text = reference(client, update(title), "bib").content.decode()
    depth = [text[: place + 1].count("{") - text[: place + 1].count("}") for place in range(len(text))]
    assert depth[-1] == 0
    assert text.endswith("}\n}")
    assert min(depth[text.index("{") : -1]) == 1


def test_bibtex_names_the_language_as_latex_does_or_not_at_all(client):
    item = update(title_fr="Torture", publisher=make_partner("Reporters"))
    assert "langid       = {french}" in reference(client, item, "bib", language="fr").content.decode()
    story = make_story(slug="told", original_language="ckb", public=True)
    assert "langid" not in reference(client, story, "bib").content.decode()


def test_a_text_and_its_translation_are_two_references(client):
    item = update(title_fr="Torture")
    keys = {language: reference(client, item, "bib", language=language).content.decode() for language in ("en", "fr")}
    number = number_of(item)
    assert keys["en"].startswith(f"@misc{{ohrm{number},")
    assert keys["fr"].startswith(f"@misc{{ohrmfr{number},")


def test_ris_names_each_author_on_a_line_of_its_own(client):
    lines = reference(client, jointly(2), "ris").content.decode().split("\r\n")
    assert [line[6:] for line in lines if line.startswith("AU")] == ["Witness Line", "Partner 0", "Partner 1"]


def test_a_reference_to_a_testimony_says_nothing_of_what_it_tells_or_who_edited_it(client):
    story = make_story(
        slug="told", summary_en="SECRET", body_en="<p>SECRET</p>", original_body="<p>SECRET</p>",
        by=make_staff("inna-editor"), public=True,
    )  # fmt: skip
    texts = [reference(client, story, form).content.decode() for form in ("ris", "bib")]
    assert not [text for text in texts if "SECRET" in text or "inna-editor" in text or "approver" in text]


def test_a_reference_is_in_the_language_of_its_address(client):
    item = update(title_fr="Torture généralisée")
    text = reference(client, item, "ris", language="fr").content.decode()
    assert "TI  - Torture généralisée\r\n" in text
    assert "LA  - fr\r\n" in text


def test_there_is_no_reference_for_a_situation(client, belarus):
    assert reference(client, belarus, "ris").status_code == 404


def test_a_reference_is_kept_and_listed_by_nobody(client):
    answer = reference(client, update(), "ris")
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"


def test_a_testimony_for_the_site_alone_has_no_file_for_citing(client, belarus):
    """Files and the data interface are one channel of consent; the words stay on the page itself."""
    story = make_story(situation=belarus, slug="told", consent={"feed": False}, public=True)
    assert [reference(client, story, form).status_code for form in ("ris", "bib")] == [404, 404]
    assert ".ris" not in client.get("/en/belarus/stories/told/").content.decode()
