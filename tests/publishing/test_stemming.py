"""Forms of a word meet by their root, in six languages, however a reader's keyboard writes them."""

import pytest

from publishing.text.stemming import (
    MAX_SEARCH_TEXT,
    MAX_WORD_LENGTH,
    build_search_text,
    get_possible_stems,
    split_words,
    stem_word,
)

SAME = [
    ("en", "torture tortured torturing tortures"),
    ("en", "protester protesters"),
    ("fr", "torture tortures torturé torturée"),
    ("fr", "libérer libérés libérée"),
    ("es", "tortura torturas torturado torturada torturados"),
    ("ru", "пытка пытки пытке пытками пыток пытках"),
    ("ru", "задержание задержания задержанием задержаний"),
    ("ru", "заключённый заключенные заключенных заключённого"),
    ("ar", "تعذيب التعذيب والتعذيب بالتعذيب للتعذيب وبالتعذيب"),
    ("ar", "سجن السجن والسجن بالسجن"),
    ("be", "катаванне катавання катаванню катаваннем катаванні катаванняў катаванням катаваннямі катаваннях"),
    ("be", "пацярпелы пацярпелыя пацярпелых пацярпелага пацярпелым пацярпелымі пацярпелая"),
    ("be", "сведка сведкі сведкаў сведкам сведкамі сведку"),
    ("be", "затрыманне затрымання затрыманні затрыманняў затрыманнем"),
    ("be", "затрыманы затрыманая затрыманыя затрыманых затрыманага"),
    ("be", "згвалтаванне згвалтавання згвалтаванні згвалтаваннем"),
    ("be", "праваабаронца праваабаронцы праваабаронцаў праваабаронцам праваабаронцу"),
    ("be", "палітвязень палітвязня палітвязні палітвязняў палітвязням"),
    ("be", "турма турмы турме турму турмой турмаў турмах"),
    ("be", "суд суда судзе судом суды судоў судамі судах"),
    ("be", "гвалт гвалту гвалце гвалтам"),
    ("be", "адвакат адваката адвакаты адвакатаў адвакату адвакаце"),
    ("be", "жанчына жанчыны жанчыне жанчыну жанчынай жанчын жанчынам жанчынамі"),
    ("be", "міліцыя міліцыі міліцыю міліцыяй"),
    ("be", "Беларусь Беларусі Беларуссю"),
    ("be", "адказнасць адказнасці адказнасцю"),
    ("be", "пагроза пагрозы пагрозу пагрозай пагроз"),
    ("be", "біць біў біла білі"),
    ("be", "жнівень жніўня жніўні"),
    ("be", "аўтазак аўтазаку аўтазакі аўтазакаў"),
]


@pytest.mark.parametrize(("language", "forms"), SAME)
def test_the_forms_of_a_word_have_one_root(language, forms):
    assert len({stem_word(form, language) for form in split_words(forms)}) == 1


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("be", "катаванне", "кат"),
        ("be", "суд", "судно"),
        ("be", "права", "праўда"),
        ("ru", "суд", "судьба"),
        ("en", "police", "policy"),
        ("ar", "سجن", "سنة"),
    ],
)
def test_different_words_stay_apart(language, one, other):
    assert stem_word(one, language) != stem_word(other, language)


@pytest.mark.parametrize(
    ("typed", "written"), [("ЁЛКА", "елка"), ("liberte", "liberté"), ("تَعْذِيب", "تعذيب"), ("ñ", "n")]
)
def test_case_accents_and_vowel_marks_do_not_part_a_word(typed, written):
    assert get_possible_stems(split_words(typed)[0]) & get_possible_stems(split_words(written)[0])


def test_an_apostrophe_belongs_to_a_cyrillic_word_and_parts_others():
    assert split_words("аб’ява, l'accusé, women's, сям'я") == ["абява", "l", "accusé", "women", "s", "сямя"]


def test_a_short_word_keeps_itself():
    assert stem_word("ад", "be") == "ад"


def test_a_word_without_end_costs_nothing():
    assert split_words("а" * 10_000) == ["а" * MAX_WORD_LENGTH]
    assert len(build_search_text([("б" * 9, "be")] * 50_000, [])) <= MAX_SEARCH_TEXT
