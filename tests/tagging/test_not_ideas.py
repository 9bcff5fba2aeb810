import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tagging import reads_like_idea, why_not


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  \n ", "empty"),
        ("?!… 🔥🔥", "empty"),
        ("hi everyone", "greeting"),
        ("Guten Morgen!", "greeting"),
        ("你好", "greeting"),
        ("thanks a lot", "greeting"),
        ("hey, how much is sora?", "question"),
        ("when will Sora be available in Europe?", "question"),
        ("¿Cuánto cuesta Sora?", "question"),
        ("Wann kommt Veo nach Deutschland?", "question"),
        ("is runway open source", "question"),
        ("Join our airdrop, 300% profit guaranteed t.me/abc", "promotion"),
        ("https://spam.example.shop/x", "promotion"),
        ("Check out my new channel and subscribe!!", "promotion"),
        ("a fox in the snow, cinematic lighting, 35mm, bokeh --ar 16:9", "prompt"),
        ("portrait of a pirate, golden hour, highly detailed, 8k", "prompt"),
        ("lol that one again", "chatter"),
        ("test", "chatter"),
    ],
)
def test_what_is_no_idea_says_why(text, reason):
    assert why_not(text) == reason
    assert not reads_like_idea(text)


@pytest.mark.parametrize(
    "text",
    [
        "First aid course for parents: choking, shown on a doll",
        "Test drive from home: see the car on your own street",
        "What if a museum let visitors walk through the painting?",
        "Hi all, I run a bakery and would love to show customers what happens at 3 am in our oven",
        "Our product page on shop.example.com needs clips that show the tent in the wind",
        "A cinematic 4k trailer for my fantasy novel, so that readers on booktok click",
        "Explain to our village why the broadband cabinet hums and what the lights mean",
        "Kurze Warnvideos bei Hochwasser, in mehreren Sprachen",
        "小さな旅館の部屋を動画で見せる",
    ],
)
def test_ideas_are_ideas(text):
    assert why_not(text) is None
    assert reads_like_idea(text)


@pytest.mark.parametrize(
    "text",
    [
        "What did Sinodata's shares do after the announcement?",
        "how long can a Kling clip be",
        "compare Veo and Runway",
        "Sinodata Azure access",
        "tell me about ModelScope",
        "who is behind MagicVideo-V2",
        "the latest on Sora in China",
    ],
)
def test_questions_about_the_market_do_not_read_like_ideas(text):
    assert not reads_like_idea(text)


@given(st.text(max_size=400))
def test_any_text_is_judged(text):
    assert why_not(text) in {
        None, "empty", "promotion", "prompt", "question", "greeting", "chatter",
    }  # fmt: skip
    assert not (why_not(text) and reads_like_idea(text))
