"""Reads a page as a browser would, so that tests ask for elements and not for strings."""

import json

import html5lib


def parse_page(response):
    """The root element (an ElementTree element without namespaces); a page that is no valid HTML fails the test."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False, strict=False)
    root = parser.parse(response.content.decode())
    faults = [(place, fault) for place, fault, _more in parser.errors]
    assert not faults, faults
    return root


def get_texts(root, path):
    """The words of each element at an ElementTree path, blanks made single."""
    return [" ".join("".join(element.itertext()).split()) for element in root.findall(path)]


def get_entries(root):
    """Number -> `article.entry`, in the order of the page."""
    articles = root.iterfind(".//article")
    return {
        int(one.get("id").removeprefix("entry-")): one
        for one in articles
        if "entry" in (one.get("class") or "").split()
    }


def get_head_links(root, rel):
    """hreflang (or "") -> address of the links in the head with this `rel`."""
    return {link.get("hreflang", ""): link.get("href") for link in root.findall("head/link") if link.get("rel") == rel}


def get_json_ld(root):
    """The JSON-LD of the page: a list of things."""
    return json.loads(root.find("head/script[@type='application/ld+json']").text)["@graph"]
