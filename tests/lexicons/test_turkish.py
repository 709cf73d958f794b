"""Turkish: the feeling is in the word's stem, and its ending may turn it round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.lexicons import scoring, turkish
from analysis.lexicons.turkish import feel, grammar, spelled, stems, tokens


def score(text: str) -> float:
    return feel(text).score


@pytest.mark.parametrize(
    "text",
    [
        "beğendim",
        "beğeniyorum",
        "beğenirsiniz",
        "beğenmiştik",
        "beğenen",
        "beğenince",
        "çok beğenildi",
        "beğenmemizi sağladı",
    ],
)
def test_a_verb_is_known_in_any_person_and_tense(text: str) -> None:
    assert score(text) > 0.3


@pytest.mark.parametrize(
    "text",
    [
        "beğenmedim",
        "beğenmiyorum",
        "beğenmez",
        "beğenemedik",
        "beğenmemiş",
        "beğenmeyin",
        "beğenmemek",
        "beğenmeyen",
        "beğenmeyecekler",
        "beğenmezsiniz",
        "beğenilmedi",
        "beğenmeden",
        "begenmedim",
        "BEĞENMEDİM",
        "BEGENMEDIM",
    ],
)
def test_a_verb_that_denies_itself_is_turned_round(text: str) -> None:
    assert score(text) < -0.3


@pytest.mark.parametrize(
    ("said", "denied"), [("beğeniyom", "beğenmiyom"), ("begeniyo", "begenmiyo"), ("sevicem", "sevmicem")]
)
def test_endings_as_they_are_spoken(said: str, denied: str) -> None:
    assert score(said) > 0.3
    assert score(denied) < -0.3


@pytest.mark.parametrize(
    "text",
    [
        "tavsiye etmiyorum",
        "tavsiye etmem",
        "memnun kalmadık",
        "memnun olmadım",
        "iyi görünmüyor",
        "güzel değil",
        "güzel deil",
        "güzel değildi",
        "memnun değiliz",
        "hiç güzel değil",
        "asla tavsiye etmem",
        "hiç beğenmedim",
        "ne güzel ne kaliteli",
        "ne güzel ne de kaliteli",
        "kalite yok",
        "kalitesiz",
        "lezzetsizdi",
    ],
)
def test_praise_that_is_denied_is_blame(text: str) -> None:
    assert score(text) < -0.2


@pytest.mark.parametrize(
    "text",
    ["hiç sorun yaşamadım", "sorun yok", "bozulmadı", "sorunsuz", "hatasızdı", "pişman olmaz", "kötü değil"],
)
def test_blame_that_is_denied_is_no_blame(text: str) -> None:
    assert score(text) >= 0


def test_a_question_at_the_end_asks_for_assent() -> None:
    assert score("çok güzel değil mi?") > 0.2
    assert score("çok güzel değil.") < -0.2


def test_how_nice_is_not_neither() -> None:
    assert score("ne güzel ürün, ne hızlı kargo") > 0.3


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("keyfimiz", "keyif"),
        ("umudum", "umut"),
        ("rezaletsiniz", "rezalet"),
        ("güzeldi", "guzel"),
        ("çöküyor", "cok"),
        ("bekliyoruz", "bekle"),
        ("ağlıyorum", "agla"),
        ("ediyorlar", "et"),
        ("kargolardan", "kargo"),
    ],
)
def test_endings_come_off(word: str, stem: str) -> None:
    assert stems(word) == (stem,)


def test_stems_tell_what_is_denied_and_what_lacks() -> None:
    assert stems("beğenmedim") == ("begen", "_me")
    assert stems("kalitesizdi") in (("kalitesiz",), ("kalite", "_siz"))
    assert stems("kargodan") == ("kargo",)
    assert stems("zıplamadılar") == ("zipla", "_me")
    assert stems("") == ()
    assert spelled("Kargoları hiç BEĞENMEDİM!") == ["kargo", "hic", "begen", "_me", "!"]


def test_one_spelling_with_and_without_turkish_letters() -> None:
    assert tokens("ÇOK GÜZEL IŞIL İYİ") == tokens("çok güzel ışıl iyi") == ["cok", "guzel", "isil", "iyi"]
    assert score("cok guzel, tesekkurler") == score("ÇOK GÜZEL, TEŞEKKÜRLER") == score("çok güzel, teşekkürler")


def test_letters_that_tell_words_apart_are_kept() -> None:
    assert score("babaannem öldü") < -0.3
    assert score("babaannem oldu") == 0
    assert score("uygulama donuyor") < -0.3
    assert score("eve dönüyor") == 0


def test_stretched_letters_are_one() -> None:
    assert tokens("çoooook güzeeeel") == ["cok", "guzel"]
    assert score("harikaaaa") == score("harika")


def test_a_booster_strengthens_and_a_little_weakens() -> None:
    assert score("biraz kötü") > score("kötü") > score("çok kötü")
    assert score("çok güzel") > score("güzel")


@pytest.mark.parametrize("but", ["ama", "fakat", "ancak", "lakin"])
def test_what_follows_a_contrast_weighs_more(but: str) -> None:
    assert score(f"ürün güzel {but} kargo rezalet") < 0
    assert score(f"kargo rezalet {but} ürün güzel") > score(f"ürün güzel {but} kargo rezalet")


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("elinize sağlık", 1),
        ("yazıklar olsun size", -1),
        ("bu bir para tuzağı", -1),
        ("para tuzağıymış", -1),
        ("on numara ürün", 1),
        ("tam bir hayal kırıklığı", -1),
        ("hayal kırıklığına uğradım", -1),
        ("gözünü seveyim", 1),
        ("allah razı olsun", 1),
        ("allah belanızı versin", -1),
    ],
)
def test_set_phrases(text: str, sign: int) -> None:
    assert score(text) * sign > 0.2


def test_so_so_is_hardly_praise() -> None:
    assert 0 <= feel("idare eder").positive <= 0.4


@pytest.mark.parametrize(
    "word",
    [
        "kira",
        "uzun",
        "uzak",
        "bugün",
        "zaman",
        "neden",
        "hatta",
        "sigorta",
        "emekli",
        "dakika",
        "adım",
        "kız",
        "kızım",
        "sınır",
        "namaz",
        "komedi",
        "yanıt",
        "uzman",
        "pasta",
        "kanal",
    ],
)
def test_neutral_words_are_not_mistaken(word: str) -> None:
    assert score(word) == 0


def test_turkish_letters_and_devanagari_stay_whole() -> None:
    assert tokens("हिन्दी में ağır İĞNE") == ["हिन्दी", "में", "agir", "igne"]


def test_marks_emoji_links_and_handles() -> None:
    assert tokens("@marka Bak: https://x.co/a harika!!! 😡😡 ne?!") == ["bak", "harika", "!", "😡", "😡", "ne", "?"]
    assert tokens("Kuzeyyeli'nden aldım :))") == ["kuzeyyeli", "aldim", ":)"]
    assert score("kargom nerede 😡") < 0 < score("geldi 😍")


def test_smileys() -> None:
    assert tokens("geldi :D bekledim :-(( bak: (1) saat 8) http:// xD") == [
        *["geldi", ":)", "bekledim", ":(", "bak", "1", "saat", "8", "http", ":)"],
    ]
    assert score("geldi :)") > 0 > score("gelmedi :(")


def test_not_to_be_able_to_is_a_complaint() -> None:
    assert score("hiçbir yerde bulamadım") < 0
    assert score("hiçbir yere gitmedim") == 0


def test_a_regret_is_one_whichever_way_it_is_put() -> None:
    assert score("keşke gitmeseydik") < 0
    assert score("keşke gitseydik") < 0


def test_places_are_those_of_the_tokens() -> None:
    text = "Kargo hızlıydı ama hiç beğenmedim"
    assert [tokens(text)[c.start] for c in feel(text).charged] == ["hizliydi", "begenmedim"]


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("ıİşŞğĞçÇöÖüÜaeimz'’!?. \n"))))
def test_whatever_a_stranger_writes_has_a_score(text: str) -> None:
    assert -1 <= score(text) <= 1
    assert len(turkish.lemmas(tokens(text))) == len(tokens(text))
    spelled(text)
    assert all(part and " " not in part for word in text.split() for part in stems(word) if word.isalpha())


def test_a_wall_of_letters_is_soon_judged() -> None:
    feel("a" * 50_000 + " " + "mamama" * 5_000 + " " + "lilisizlik" * 300 + " ha" + "ha" * 9_000 + "x")


def test_the_lexicon_is_large_and_does_not_contradict_itself() -> None:
    listed = scoring.entries("tr.tsv")
    lines = [line for line in (scoring.HERE / "tr.tsv").read_text("utf-8").splitlines() if line and line[0] != "#"]
    assert len(lines) == len(listed) > 4_000
    folded: dict[str, float] = {}
    for word, valence in listed.items():
        key = " ".join(turkish._key(part) for part in word.split())
        assert folded.setdefault(key, valence) * valence >= 0, word
    assert grammar().lexicon["guzel"] > 2


def test_never_to_have_seen_such_a_thing_denies_nothing() -> None:
    assert score("böyle rezalet görmedim") < -0.3
    assert score("bu kadar güzel bir yer görmedim") > 0.3
