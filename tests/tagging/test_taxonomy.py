import json

import pytest

from bot.tagging import Add, Merge, Rename, Retire, Tagger, Taxonomy, TaxonomyError


def test_the_built_in_taxonomy_has_31_industries_with_codes_and_other_last():
    taxonomy = Taxonomy.load()

    assert len(taxonomy.ids) == 32
    assert taxonomy.ids[-1] == "other"
    for industry in taxonomy.industries[:-1]:
        assert taxonomy.naics(industry.id)
        assert taxonomy.isic(industry.id)
        assert len(industry.keywords) > 40


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("legal-forensics", "legal-forensics"),
        ("Legal & Forensics", "legal-forensics"),
        ("legal and forensics", "legal-forensics"),
        ("insurnace", "insurance"),
        ("Helthcare & Life Sciences", "healthcare"),
        ("insurance", "insurance"),
        ("games", "games"),
        ("fashion", "fashion-beauty"),
        ("quantum basket weaving", None),
        ("", None),
        ("&", None),
    ],
)
def test_resolve_finds_ids_names_and_close_misspellings(typed, meant):
    assert Taxonomy.load().resolve(typed) == meant


def test_changes_survive_json_and_raise_the_version_once():
    changed = Taxonomy.load().with_changes(
        [
            Add("Space Tourism", keywords=("space hotel*", "suborbital")),
            Rename("games", "Play"),
            Merge("culture-museums", into="education-training"),
            Retire("insurance"),
        ]
    )

    again = Taxonomy.from_rows(json.loads(json.dumps(changed.to_rows())))

    assert again == changed
    assert again.version == 2
    assert again.ids[-2:] == ("space-tourism", "other")
    assert again.name("games") == "Play"
    assert again.current("culture-museums") == "education-training"
    assert again.name("culture-museums") == "Education & Training"
    assert "museum" in " ".join(again.get("culture-museums").keywords)
    assert set(Taxonomy.load().isic("culture-museums")) <= set(again.isic("education-training"))
    assert again.current("insurance") is None
    assert again.get("insurance") is None
    assert again.resolve("culture-museums") == "education-training"


def test_merges_of_merges_are_followed():
    taxonomy = Taxonomy.load().with_changes(
        [Merge("games", "film-tv"), Merge("film-tv", "finance")]
    )

    assert taxonomy.current("games") == "finance"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (Add("Insurance"), "exists"),
        (Add("!!!"), "empty"),
        (Rename("nowhere", "X"), "unknown"),
        (Rename("games", "Insurance"), "exists"),
        (Rename("games", "  "), "empty"),
        (Merge("games", "games"), "itself"),
        (Merge("games", "nowhere"), "unknown"),
        (Retire("other"), "other"),
        (Merge("games", "other"), "other"),
    ],
)
def test_impossible_changes_say_why(change, code):
    with pytest.raises(TaxonomyError) as error:
        Taxonomy.load().with_changes([change])

    assert error.value.code == code


def test_an_added_industry_is_found_by_name_in_any_language_that_has_a_lexicon(embedder):
    taxonomy = Taxonomy.load().with_changes([Add("Beekeeping", keywords=("beekeep*", "bees"))])
    tagger = Tagger(taxonomy, embedder)

    assert "beekeeping" in [t.industry for t in tagger.tag("how bees survive the winter").tags]
    german = tagger.tag("Der Imker zeigt der Kundin, wie Bienen überwintern")
    assert "beekeeping" in [t.industry for t in german.tags]


def test_retired_and_merged_industries_are_never_given(embedder):
    taxonomy = Taxonomy.load().with_changes(
        [Retire("insurance"), Merge("healthcare", into="science-research")]
    )
    tagger = Tagger(taxonomy, embedder)

    retired = tagger.tag("an insurer explains the claim form to policyholders")
    merged = tagger.tag("patients see their knee surgery before the hospital visit")

    assert "insurance" not in [t.industry for t in retired.tags]
    assert merged.primary == "science-research"
    assert merged.taxonomy_version == 2
