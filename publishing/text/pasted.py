"""This module knows what word processors mean by the markup that they put on the clipboard and into sheets.

Google Docs wraps all in a bold that is not bold and says emphasis in styles; Word and Outlook write lists as paragraphs
with a bullet in the text. Not here: which tags are allowed (`cleaning.py`).
"""

import re
from html.parser import HTMLParser

# Written before anything is parsed: most texts have none of this.
STYLED = re.compile(r"\sstyle\s*=|mso-|<!\[if", re.IGNORECASE)
WEIGHT = re.compile(r"font-weight:\s*(bold(?:er)?|normal|lighter|\d{3})", re.IGNORECASE)
ITALIC = re.compile(r"font-style:\s*(italic|oblique|normal)", re.IGNORECASE)
STRUCK = re.compile(r"text-decoration[\w-]*:[^;]*line-through", re.IGNORECASE)
RAISED = re.compile(r"vertical-align:\s*(super|sub)\b", re.IGNORECASE)
WORD_LIST = re.compile(r"mso-list:\s*l\d+\s+level(\d)", re.IGNORECASE)
NUMBERED = re.compile(r"^\(?(?:(\d{1,4})|([a-zA-Z])|[ivxIVX]+)[.)]")
EMPHASIS = {"b": "strong", "strong": "strong", "i": "em", "em": "em"}
VOID = {"br", "hr", "img", "col", "input", "meta", "link", "wbr"}


def read_pasted(markup):
    """The markup with what its styles mean said in tags, and Word's paragraphs of lists as lists."""
    if not STYLED.search(markup):
        return markup
    reader = PastedReader()
    reader.feed(markup)
    reader.close()
    return reader.finish()


class PastedReader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=False)
        self.out, self.open, self.lists = [], [], []
        self.marker = None  # the words of a bullet or number of Word that are being read
        self.waiting = 0  # level of an item of Word whose bullet is not read yet

    # --- Tags ---

    def handle_starttag(self, tag, attrs):
        style = next((value or "" for name, value in attrs if name == "style"), "")
        item = WORD_LIST.search(style) if tag in {"p", "div", "li"} else None
        if item and tag != "li":
            self.waiting = int(item[1])
            self.open.append((tag, []))
            return
        if tag in {"p", "div", "h1", "h2", "h3", "table", "ul", "ol", "blockquote"} and not self.waiting:
            self.close_lists(0)
        if tag in VOID:
            self.write(self.get_starttag_text())
            return
        said = self.read_style(tag, style)
        self.write(self.get_starttag_text() if said is None else "".join(f"<{name}>" for name in said))
        self.open.append((tag, [tag] if said is None else said))

    def handle_startendtag(self, tag, attrs):
        self.write(self.get_starttag_text())

    def read_style(self, tag, style):
        """The tags that stand for this one; None where it stays as it is."""
        weight, slant = WEIGHT.search(style), ITALIC.search(style)
        if tag not in {"b", "strong", "i", "em", "span", "font"} or not style:
            return None
        said = [EMPHASIS[tag]] if tag in EMPHASIS else []
        if weight:
            bold = weight[1].lower() in {"bold", "bolder"} or weight[1] >= "600" and weight[1].isdigit()
            said = [name for name in said if name != "strong"] + (["strong"] if bold else [])
        if slant:
            said = [name for name in said if name != "em"] + (["em"] if slant[1].lower() != "normal" else [])
        said += ["s"] if STRUCK.search(style) else []
        raised = RAISED.search(style)
        return said + (["sup" if raised[1].lower() == "super" else "sub"] if raised else [])

    def handle_endtag(self, tag):
        place = next((place for place in range(len(self.open) - 1, -1, -1) if self.open[place][0] == tag), None)
        if place is None:
            self.write(f"</{tag}>")
            return
        while len(self.open) > place:
            _name, said = self.open.pop()
            self.write("".join(f"</{name}>" for name in reversed(said)))

    # --- Lists of Word ---

    def unknown_decl(self, data):
        if data.startswith("if !supportLists"):
            self.marker = []
        elif data.startswith("endif") and self.marker is not None:
            words, self.marker = "".join(self.marker).strip(), None
            self.begin_item(words)

    def handle_comment(self, data):
        if data.startswith("[if !supportLists"):
            self.marker = []
        elif data.startswith("[endif") and self.marker is not None:
            self.unknown_decl("endif")

    def begin_item(self, marker):
        level, self.waiting = self.waiting, 0
        number = NUMBERED.match(marker)
        self.close_lists(level)
        if len(self.lists) == level:
            self.out.append("</li>")
        while len(self.lists) < level:
            name = "ol" if number else "ul"
            start = f' start="{number[1]}"' if number and number[1] not in {None, "1"} else ""
            self.out.append(f"<{name}{start}>")
            self.lists.append(name)
            if len(self.lists) < level:
                self.out.append("<li>")
        self.out.append("<li>")

    def close_lists(self, level):
        while len(self.lists) > level:
            self.out.append(f"</li></{self.lists.pop()}>")

    # --- Words ---

    def handle_data(self, data):
        if self.marker is None and data.strip() and not self.waiting and self.lists and not self.open:
            self.close_lists(0)
        self.write(data)

    def handle_entityref(self, name):
        self.write(f"&{name};")

    def handle_charref(self, name):
        self.write(f"&#{name};")

    def write(self, words):
        if self.marker is not None:
            self.marker.append("" if words.startswith("<") else words.replace("&nbsp;", " ").replace("&#183;", "·"))
            return
        if self.waiting and not words.startswith("<") and words.strip():
            self.begin_item("")
        self.out.append(words)

    def finish(self):
        while self.open:
            _name, said = self.open.pop()
            self.out.append("".join(f"</{name}>" for name in reversed(said)))
        self.close_lists(0)
        return "".join(self.out)
