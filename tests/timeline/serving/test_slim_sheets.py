"""What is taken out of a style sheet before it is served changes no rule of it."""

import pytest
from django.contrib.staticfiles import finders

from ohrm.static_files import minify_css

pytestmark = pytest.mark.slow


def source(name):
    with open(finders.find(name), encoding="utf-8") as file:
        return file.read()


@pytest.mark.parametrize("name", ["timeline/site.css", "timeline/pages.css"])
def test_a_browser_reads_the_same_rules_from_a_slim_sheet(browser, name):
    before, after = source(name), minify_css(source(name))
    read = """(sheets) => sheets.map((text) => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(text);
        return [...sheet.cssRules].map((rule) => rule.cssText.replace(/\\s+/g, " ").replace(/, /g, ",")).join("\\n");
    })"""
    page = browser.new_page()
    first, second = page.evaluate(read, [before, after])
    page.close()
    assert first == second
    assert "/*" not in after
    assert len(first) > 2000
