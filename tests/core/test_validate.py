"""What is typed into a field: converted, or refused with words that say what to do."""

from hypothesis import given
from hypothesis import strategies as st

from bot.core.cleaning import clean_text
from bot.core.model import Choice, Command, Field, FieldType, Reply, Request
from bot.core.services import Services
from bot.core.validate import validate


async def _nothing(_services: Services, _request: Request) -> Reply:
    return Reply()


COMMAND = Command(
    name="try",
    summary="Try",
    handle=_nothing,
    fields=(
        Field(name="text", label="Text", is_required=True, min_length=3, max_length=10),
        Field(name="count", label="Count", type=FieldType.INTEGER, minimum=1, maximum=5),
        Field(name="number", label="Idea", type=FieldType.IDEA),
        Field(name="really", label="Really", type=FieldType.FLAG),
        Field(name="kind", label="Kind", type=FieldType.CHOICE, choices=(Choice("a", "Apple"),)),
    ),
)


def test_values_are_converted_and_unknown_ones_passed_on() -> None:
    clean, errors = validate(
        COMMAND,
        {"text": " abc\x00d ", "count": "3", "number": "#42", "really": "yes", "kind": "apple"}
        | {"draft": "7"},
    )

    assert not errors
    assert clean == {
        "text": "abcd",
        "count": 3,
        "number": 42,
        "really": True,
        "kind": "a",
        "draft": "7",
    }


def test_each_wrong_field_is_named() -> None:
    _, errors = validate(
        COMMAND,
        {"text": "", "count": "9", "number": "0", "really": "perhaps", "kind": "pear"},
    )

    assert set(errors) == {"text", "count", "number", "really", "kind"}
    assert "Count" in errors["count"]


def test_length_is_checked_after_cleaning() -> None:
    assert "text" in validate(COMMAND, {"text": "x" * 11})[1]
    assert "text" in validate(COMMAND, {"text": "a\x00\x00\x00"})[1]
    assert "text" not in validate(COMMAND, {"text": "x" * 10 + "\u202e\x07"})[1]


@given(st.text())
def test_clean_text_is_settled_and_encodable(text: str) -> None:
    once = clean_text(text)

    assert clean_text(once) == once
    assert "\x00" not in once
    once.encode("utf-8")


@given(st.dictionaries(st.sampled_from([f.name for f in COMMAND.fields]), st.text(max_size=30)))
def test_any_values_are_answered(values: dict[str, str]) -> None:
    clean, errors = validate(COMMAND, values)

    assert set(errors) <= {f.name for f in COMMAND.fields}
    assert set(values) <= set(clean)
