"""This module knows what readers are told before a text that may hurt to read."""

# What staff write as a content note where there is nothing to warn of; the field asks for the word.
EMPTY_NOTE_WORDS = {"none", "aucune", "aucun", "ninguna", "ninguno", "нет", "няма", "لا يوجد"}


def get_content_note(entry):
    """The content note as {"text", "language"}; None where staff wrote that there is nothing to note."""
    note = entry.facts["content_note"]
    return note if note and note["text"].strip(" .").casefold() not in EMPTY_NOTE_WORDS else None
