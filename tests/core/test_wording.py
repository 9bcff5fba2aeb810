"""Old and new words side by side: whole, in order, escaped, and bold only where they differ."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.commands.wording import compared
from bot.core.markup import plain_text

WORDS = st.text(alphabet=st.sampled_from("ab *_`[]()<>|~#\\\n中文字.!-"), max_size=120)


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a red car", "a blue car", ("a **red** car", "a **blue** car")),
        ("a car", "a fast car", ("a car", "a **fast** car")),
        ("", "all new", ("", "**all new**")),
        ("same", "same", ("same", "same")),
        ("用视频教孩子", "用视频教学生", ("用视频教**孩子**", "用视频教**学生**")),
    ],
)
def test_what_differs_is_bold(old: str, new: str, expected: tuple[str, str]) -> None:
    assert compared(old, new) == expected


def test_what_lies_far_from_the_change_is_left_out() -> None:
    far = " ".join(f"w{n}" for n in range(60))

    old, new = compared(f"{far} red {far}", f"{far} blue {far}")

    assert old.startswith("… w52")
    assert "**red** w0" in old
    assert old.endswith("w7 …")
    assert len(new) < 80


@given(old=WORDS, new=WORDS)
def test_no_words_of_members_become_markup(old: str, new: str) -> None:
    for text, side in zip((old, new), compared(old, new), strict=True):
        shown = squeezed(plain_text(side))
        if "…" not in shown:
            assert shown == squeezed(text)


def test_long_texts_are_compared_in_no_time() -> None:
    old = " ".join(f"word{n % 97}" for n in range(600))
    new = " ".join(f"word{n % 89}" for n in range(600))
    han = "".join(chr(0x4E00 + n * 7 % 900) for n in range(3000))

    def seconds(a: str, b: str) -> float:
        began = time.perf_counter()
        compared(a, b)
        return time.perf_counter() - began

    # Against the same work on a tenth of it: growth, not the speed of this machine.
    small = max(seconds(han[:300], han[150:300] + han[:150]), 1e-4)
    assert seconds(han, han[1500:] + han[:1500]) < 400 * small
    assert seconds(old, new) < 400 * max(small, 5e-3)
