"""The pages that every site has: shipped text, the organisation's own, and promises that no wording can make."""

import pytest
from django.core.cache import cache

from publishing.models import Entry, FacetCount
from publishing.workflow import transitions
from situations.models import Organisation, Page
from tests.support.desk_client import admin_url, log_in, submit_form
from tests.support.factories import make_organisation, make_situation, make_update, publish_item, save_item
from tests.support.html import get_head_links, get_texts, parse_page

pytestmark = pytest.mark.django_db

# Of each page the beginning of a sentence that an organisation may put its own in place of.
SHIPPED = {"safety": "No page can protect you", "privacy": "You can ask us to change", "about": "We publish what we"}


@pytest.fixture(autouse=True)
def _site():
    cache.clear()
    make_organisation(contact="desk@example.org")
    make_situation()


def make_page(key="safety", *, public=True, **fields):
    words = {"title_en": "Read with care", "body_en": "<p>Our own advice.</p>"}
    page = save_item(Page(key=key, slug=key, **{**words, **fields}))
    return publish_item(page) if public else page


def get_prose(client, path):
    return get_texts(parse_page(client.get(path)), ".//div[@class='prose']/p")


# --- What readers see -------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_the_organisations_own_words_take_the_place_of_the_shipped_ones(client, name):
    assert SHIPPED[name] in " ".join(get_prose(client, f"/en/{name}/"))
    make_page(name)
    root = parse_page(client.get(f"/en/{name}/"))
    assert get_texts(root, ".//h1") == ["Read with care"]
    assert get_texts(root, ".//div[@class='prose']/p")[0] == "Our own advice."
    assert SHIPPED[name] not in " ".join(get_texts(root, ".//main"))


def test_a_language_without_own_words_keeps_the_shipped_ones(client):
    before = client.get("/fr/safety/").content
    make_page()
    cache.clear()
    assert client.get("/fr/safety/").content == before


def test_a_promise_is_a_fact_of_the_program_beside_whatever_words(client, settings):
    make_page("privacy")
    promise = "We do not record who reads: no network addresses"
    assert promise in client.get("/en/privacy/").content.decode()
    cache.clear()
    settings.TRIAL = True
    assert promise not in client.get("/en/privacy/").content.decode()


def test_what_others_see_is_said_beside_own_advice(client):
    make_page(title_ru="Осторожно", body_ru="<p>Наш совет.</p>")
    root = parse_page(client.get("/ru/safety/"))
    assert get_texts(root, ".//h1") == ["Осторожно"]
    assert len(root.findall(".//div[@class='prose']/ul/li")) >= 3


def test_withdrawing_the_own_words_brings_the_shipped_ones_back(client):
    before = client.get("/en/about/").content
    page = make_page("about")
    assert client.get("/en/about/").content != before
    transitions.withdraw(page, reason="not ready")
    assert (client.get("/en/about/").status_code, client.get("/en/about/").content) == (200, before)


def test_a_draft_changes_nothing(client):
    before = client.get("/en/about/").content
    make_page("about", public=False)
    cache.clear()
    assert client.get("/en/about/").content == before


def test_staff_html_on_a_page_is_cleaned(client):
    make_page(body_en="<p>Safe</p><script>alert(1)</script>")
    assert "alert(1)" not in client.get("/en/safety/").content.decode()


@pytest.mark.parametrize("path", ["/en/", "/en/search/", "/en/search/feed.atom", "/en/belarus/", "/api/v1/entries"])
def test_a_page_of_the_site_is_no_item_of_any_list(client, path):
    make_update("An update", public=True)
    make_page("about", title_en="Zeichen7f3a", body_en="<p>Zeichen7f3a</p>")
    cache.clear()
    assert "Zeichen7f3a" not in client.get(path).content.decode()
    assert client.get("/en/search/?q=Zeichen7f3a").content.decode().count("<article") == 0


def test_a_page_of_the_site_has_no_number_in_the_data_interface(client):
    number = Entry.objects.filter(uid=make_page().uid).first().number
    assert client.get(f"/api/v1/entries/{number}").status_code == 404
    assert not FacetCount.objects.filter(section="").exists()


def test_the_sitemap_names_each_page_once_and_when_its_words_changed(client):
    make_page("about")
    sitemap = b"".join(client.get("/sitemap.xml").streaming_content).decode()
    assert sitemap.count("<loc>http://testserver/en/about/</loc>") == 1
    assert "<loc>http://testserver/en/about/</loc><lastmod>" in sitemap
    assert "<loc>http://testserver/en/safety/</loc><lastmod>" not in sitemap


def test_own_words_do_not_change_the_address(client):
    make_page("about", title_fr="Nous", body_fr="<p>Nous.</p>")
    assert get_head_links(parse_page(client.get("/fr/about/")), "canonical")[""] == "http://testserver/fr/about/"


# --- The desk ---------------------------------------------------------------------------------

ADD = "/admin/situations/page/add/"


def test_a_new_page_begins_with_the_shipped_words_in_every_language(client):
    log_in(client)
    form = client.get(ADD).content.decode()
    assert "Use a private window" in form
    assert "fenêtre" in form
    assert "We do not record who reads" not in form


def test_an_approver_publishes_a_page_from_its_form(client):
    log_in(client)
    submit_form(client, ADD, key="about", title_en="Us", body_en="<p>Those who write.</p>")
    page = Page.objects.get()
    assert (page.slug, page.title_en) == ("about", "Us")
    submit_form(client, admin_url(page, "publish"))
    assert get_prose(client, "/en/about/")[0] == "Those who write."


def test_there_is_one_of_each_page(client):
    log_in(client)
    make_page("safety", public=False)
    assert '<option value="safety"' not in client.get(ADD).content.decode()
    for key in ("privacy", "about"):
        make_page(key, public=False)
    page = client.get(ADD, follow=True)
    assert "Every page of the site has a text of its own already." in page.content.decode()


def test_a_page_is_previewed_as_it_would_stand(client):
    log_in(client)
    page = make_page(public=False)
    shown = client.get(admin_url(page, "preview/en")).content.decode()
    assert "Our own advice." in shown
    assert "Our own advice." not in client.get("/en/safety/").content.decode()


def test_a_contributor_may_read_a_page_and_not_publish_it(client):
    page = make_page(public=False)
    account = log_in(client, "ben", role="contributor")
    assert account.has_perm("situations.view_page")
    with pytest.raises(transitions.TransitionRefused):
        transitions.publish(page, by=account)


def test_the_about_page_names_who_read_its_language(client):
    organisation = Organisation.objects.get()
    organisation.language_readers_en = "Marie Dupont"
    publish_item(save_item(organisation))
    said = {code: get_texts(parse_page(client.get(f"/{code}/about/")), ".//bdi") for code in ("en", "fr")}
    assert "Marie Dupont" in said["en"]
    assert "Marie Dupont" not in said["fr"]
