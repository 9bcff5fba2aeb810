"""Workbooks as openpyxl reads them: typed cells, sheets, names, and nobody's words as a formula."""

from __future__ import annotations

import io
import os
import re
import time
import zipfile
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.core import export_xlsx
from bot.core.export_cells import NAME_LIMIT, cell_text, new_name
from bot.core.export_columns import NAMES
from bot.core.exports import ExportOptions, Source
from bot.tagging import Taxonomy
from storage import IdeaTag, VoteCount
from tests.fakes.collection import Collection, collection, new

OTHER = "Other not an industry use case"
HOSTILE = (
    '=HYPERLINK("http://evil.example","x")', "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
    "＝1", "＋1", "－1", "＠x", "   =1", "http://a.b/c", "mailto:a@b.c", "internal:'Other'!A1",
    "<r><t>x</t></r>", "</t></is></c><c><f>1</f></c>", "_x0041_", "\x07 bell", "a\x00b", "12",
    "{=1}", "TRUE", "#REF!", "\u202e gnp.exe", "'=1", "😀" * 200,
)  # fmt: skip


def tag(industry: str) -> tuple[IdeaTag, ...]:
    return (IdeaTag(industry=industry, rank=0, confidence=0.5, set_by="moderator"),)


def book(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows(sheet: Any) -> list[dict[str, Any]]:
    head, *found = sheet.iter_rows()
    names = [cell.value for cell in head]
    return [{n: c.value for n, c in zip(names, row, strict=True)} for row in found]


def filled(bank: Collection) -> None:
    day = datetime(2026, 3, 1, 8, 30, 15, tzinfo=UTC)
    votes = VoteCount(up=3, down=1, by_platform={"discord": (2, 0), "import": (1, 1)})
    bank.add(
        new("Rebuild a crash", tags=tag("legal-forensics"), created_at=day, tallies=votes,
            status="accepted", is_anonymous=True, author_name="", decided_at=day),
        new("Cut one ad for twelve cities", tags=tag("advertising-marketing"), link="https://a.b/"),
        new("Nobody knows where this belongs"),
        new("Animate a verdict", tags=tag("legal-forensics"), flags=("odd",)),
    )  # fmt: skip


def test_cells_have_types_and_every_industry_its_sheet() -> None:
    with collection() as bank:
        filled(bank)
        read = book(bank.exported("xlsx"))

    names = Taxonomy.load()
    assert read.sheetnames[0] == "Summary"
    assert set(read.sheetnames[1:]) == {
        names.name(i).replace("/ ", "")[:31] for i in ("legal-forensics", "advertising-marketing",
                                                         "other")
    }  # fmt: skip
    sheet = read[names.name("legal-forensics")]
    first, second = rows(sheet)
    assert tuple(first) == NAMES
    assert first["created_at"].replace(tzinfo=UTC) == datetime(2026, 3, 1, 8, 30, 15, tzinfo=UTC)
    assert (first["anonymous"], second["anonymous"]) == (True, False)
    assert (first["number"], first["score"], first["votes_discord_up"]) == (1, 2, 2)
    assert (first["votes_other_up"], first["votes_other_down"]) == (1, 1)
    assert first["tags"] == "legal-forensics 0.50 moderator"
    assert first["naics"] == "5411 92211 92213"
    assert first["author"] is None
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == f"A1:{sheet.cell(3, len(NAMES)).coordinate}"
    assert sheet.column_dimensions["C"].width > 50


def test_the_summary_counts_every_industry() -> None:
    with collection() as bank:
        filled(bank)
        sheet = book(bank.exported("xlsx"))["Summary"]

    table = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert table[0][:5] == ["industry", "sheet", "ideas", "pending", "accepted"]
    by_name = {row[0]: row for row in table[1:]}
    assert by_name["Legal & Forensics"][2:5] == [2, 1, 1]
    assert by_name["all"][2:5] == [4, 3, 1]
    assert by_name["Legal & Forensics"][10] == "5411 92211 92213"


@pytest.mark.parametrize("text", HOSTILE)
def test_nobodys_words_are_a_formula_a_link_or_markup(text: str) -> None:
    with collection() as bank:
        bank.add(new(f"x {text}", title=text, author_name=text[:50], beneficiaries=text))
        content = bank.exported("xlsx")
        (row,) = rows(book(content)[OTHER])

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            assert b"<f>" not in part
            assert b"<hyperlink" not in part
            assert name.endswith((".xml", ".rels"))
    sheet = book(content)[OTHER]
    kinds = {cell.data_type for cell in sheet[2] if cell.value is not None}
    assert kinds <= {"s", "n", "b", "d", "inlineStr"}
    assert not str(row["title"]).lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(min_size=1, max_size=80), min_size=1, max_size=5))
@example(["<r>a</r>", "\ufffe", "\ud800", "_x000D_"])
def test_whatever_people_write_gives_a_workbook_that_can_be_read(texts: list[str]) -> None:
    with collection() as bank:
        bank.add(*(new(f"{n} {text}", title=f"t{text}") for n, text in enumerate(texts)))
        read = rows(book(bank.exported("xlsx"))[OTHER])

    assert len(read) == len(texts)
    for text, row in zip(texts, read, strict=True):
        plain = re.sub(r"[^\w]", "", text)
        assert plain in re.sub(r"_x([0-9A-F]{4})_|[^\w]", "", str(row["title"])) or "_x" in text


def test_control_characters_are_escaped_as_the_format_has_it() -> None:
    with collection() as bank:
        bank.add(new("a\x07b\rc"), new("a _x0041_ b"))
        content = bank.exported("xlsx")

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("xl/worksheets/sheet2.xml")
    assert b"\x07" not in xml
    assert b"ab_x000D_c" in xml
    assert b"_x005F_x0041_" in xml


def test_an_industry_with_more_ideas_than_a_sheet_has_rows_goes_on_in_further_sheets() -> None:
    with collection() as bank:
        bank.add(*(new(f"Idea {n}") for n in range(7)))
        out = io.BytesIO()
        source = Source(bank.store, bank.community.bank_id, ExportOptions(format="xlsx"),
                        Taxonomy.load())  # fmt: skip
        with source.opened():
            count = export_xlsx.write_xlsx(source, out, row_limit=4)

    read = book(out.getvalue())
    assert count == 7
    assert read.sheetnames == ["Summary", OTHER, f"{OTHER[:27]} (2)", f"{OTHER[:27]} (3)"]
    numbers = [[row["number"] for row in rows(read[name])] for name in read.sheetnames[1:]]
    assert numbers == [[1, 2, 3], [4, 5, 6], [7]]
    assert read["Summary"]["B5"].value == ", ".join(read.sheetnames[1:])


def test_sheet_names_are_short_unique_and_allowed() -> None:
    taken: set[str] = {"history", "summary"}
    names = ["History", "a/b:c*d?[e]\\f", "A B C D E F", "'quoted'", "", "\x07",
             "影视与动画制作" * 6,
             "影视与动画制作" * 7, "😀" * 20, "x" * 40, "x" * 41, "Summary"]  # fmt: skip
    found = [new_name(name, taken) for name in names]

    assert len({name.casefold() for name in found}) == len(found)
    for name in found:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= NAME_LIMIT
        assert not set(name) & set("[]:*?/\\")
        assert name == name.strip("'")
        assert name.lower() not in {"history", "summary"}
    assert found[6].startswith("影视与动画制作")


def test_a_text_that_no_cell_holds_says_that_it_is_cut() -> None:
    assert cell_text("x" * 40_000).endswith("(cut: a cell holds no more)")
    assert len(cell_text("😀" * 30_000).encode("utf-16-le")) // 2 <= 32_767


def test_the_same_ideas_give_the_same_bytes_at_any_time_and_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with collection() as one, collection() as other:
        filled(one)
        filled(other)
        first = one.exported("xlsx")
        monkeypatch.setenv("TZ", "Asia/Tokyo")
        time.tzset()
        try:
            monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
            assert other.exported("xlsx") == first
        finally:
            monkeypatch.undo()
            os.environ.pop("TZ", None)
            time.tzset()


def test_only_chosen_columns_are_in_it() -> None:
    with collection() as bank:
        filled(bank)
        content = bank.exported("xlsx", columns=("number", "votes_up"))

    assert rows(book(content)[OTHER]) == [{"number": 3, "votes_up": 0}]
