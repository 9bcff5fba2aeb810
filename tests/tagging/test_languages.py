import pytest
import yaml

from bot.tagging import Taxonomy
from bot.tagging.languages import FOLDER, gloss, guess, languages
from bot.tagging.lexicon import Lexicon, industry_patterns
from bot.tagging.words import words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Kurze Warnvideos bei Hochwasser, in mehreren Sprachen", "de"),
        ("Transformer une leçon de géographie en courte vidéo", "fr"),
        ("Tienda pequeña de artesanía", "es"),
        ("Animação dos lances do jogo", "pt"),
        ("Ricostruire il foro romano in un breve video", "it"),
        ("若者向けに積立投資の仕組みを説明", "ja"),
        ("把菜谱变成视频", "zh"),
        ("초등학생에게 분수를", "ko"),
        ("Показать рабочим", "ru"),
        ("Concrete pour: why vibration matters for the crew", "en"),
        ("dinosaurs: gait hypotheses compared", "en"),
        ("brand", "en"),
        ("", "en"),
        ("12345", "en"),
    ],
)
def test_languages_are_told_apart(text, language):
    assert guess(text) == language


def test_glosses_keep_the_order_and_place_of_the_words():
    text = "Die Feuerwehr zeigt Schülern den Notruf"

    found = gloss(text, "de")

    assert next(text[h.start : h.end] for h in found.hits) == "Feuerwehr"
    assert found.text.startswith("fire brigade")
    assert "student" in found.text


def test_keywords_inside_german_compounds_are_found():
    assert "museum" in gloss("Das Stadtmuseum", "de").text


@pytest.mark.parametrize("language", languages())
def test_each_lexicon_covers_every_industry_but_a_few(language):
    taxonomy = Taxonomy.load()
    lexicon = Lexicon(
        p for i in taxonomy.industries for p in industry_patterns(i.id, i.keywords, i.weak)
    )
    glosses = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))

    met = {
        hit.entry.label
        for text in glosses
        for hit in lexicon.find(words(text))
        if hit.entry.weight == 1.0
    }

    assert len(met) >= 28, set(taxonomy.ids) - met
    assert all(isinstance(terms, str) and terms.strip() for terms in glosses.values())
