"""Words: cleaning, normal forms, stems, transliteration, names of languages, dates in words, words in every language.

Not here: where they are searched (`timeline/search/`), what in them may hurt somebody (`screening/`).
"""
