"""Letters of a printed sheet: every script is set as its own rules say, and nothing is wider than its column."""

import io
from contextlib import closing
from datetime import UTC, datetime

import pytest
import uharfbuzz
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from allocations.exports.sheet_fonts import SCRIPTS, cleaned, font_file, pieces
from allocations.exports.sheet_paper import Frame, Paper
from allocations.exports.sheet_tables import Column, write_pairs, write_table

NAMES = {
    "devanagari": "प्रिया",
    "bengali": "চট্টোপাধ্যায়",
    "gurmukhi": "ਗੁਰਪ੍ਰੀਤ",
    "gujarati": "ક્રિષ્ના",
    "tamil": "கார்த்திக்",
    "telugu": "శ్రీనివాస్",
    "kannada": "ಶ್ರೀನಿವಾಸ",
    "malayalam": "ശ്രീലക്ഷ്മി",
}


@pytest.fixture
def paper():
    frame = Frame(title="t", head="h", warning="", foot="f", digest="d", made="m")
    with closing(Paper(frame, at=datetime(2026, 11, 11, tzinfo=UTC))) as paper:
        yield paper


def shaped(script, text, *, weight):
    """Glyphs and their widths, by the shaping engine alone."""
    raw = io.BytesIO()
    with TTFont(font_file(script, weight=weight)) as opened:
        opened.flavor = None
        opened.save(raw)
        plain = {opened.getGlyphID(opened.getBestCmap()[ord(char)]) for char in text}
    font = uharfbuzz.Font(uharfbuzz.Face(raw.getvalue()))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    return [one.codepoint for one in buffer.glyph_infos], [one.x_advance for one in buffer.glyph_positions], plain


def test_every_script_has_a_name_here():
    assert NAMES.keys() == set(SCRIPTS)


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize(("script", "name"), NAMES.items())
def test_indic_names_are_shaped(paper, script, name, bold):
    (line,) = paper.lines(name, 80, bold=bold)
    assert [(piece.font, piece.text) for piece in line] == [(script, name)]
    paper.put(20, 40, line, bold=bold)
    used = {glyph.glyph_id for glyph, _ in paper.fonts[script + ("B" if bold else "")].subset.items()}
    glyphs, widths, plain = shaped(script, name, weight=600 if bold else 400)
    assert 0 not in glyphs
    assert set(glyphs) <= used
    # Letter by letter it would be other glyphs: conjuncts are glyphs of their own.
    assert set(glyphs) - plain
    assert line[0].width == pytest.approx(sum(widths) / 1000, abs=0.01)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Asha", [("latin", "Asha")]),
        ("Rāśi₹", [("latin", "R"), ("latin-ext", "āś"), ("latin", "i"), ("latin-ext", "₹")]),
        ("Kṛṣṇa", [("latin", "K"), ("inter-latin-ext", "ṛṣṇ"), ("latin", "a")]),
        ("रवि(Ravi)", [("devanagari", "रवि"), ("latin", "(Ravi)")]),
        ("क्\u200dष", [("devanagari", "क्\u200dष")]),
        ("শ্রী\u200cরাম।", [("bengali", "শ্রী\u200cরাম।")]),
        ("A\u200dB", [("latin", "AB")]),
        ("\u200d", []),
        ("Aଶ", [("latin", "A"), ("", "ଶ")]),
    ],
)
def test_word_is_cut_where_the_font_changes(word, expected):
    assert list(pieces(word)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Asha \t Rao\r\n", "Asha Rao"),
        ("A\u00adsha\ufeff", "Asha"),
        ("Re\u0301mi", "Rémi"),
        ("non\u2011breaking", "non-breaking"),
        ("\x07", ""),
    ],
)
def test_cleaned_text_is_one_line_of_what_can_be_seen(text, expected):
    assert cleaned(text) == expected


@pytest.mark.parametrize("text", ["W" * 90, "சுப்பிரமணியம்" * 9, "रवि" * 40, "a " * 60, "नाम Ravi " * 12, "张" * 50])
def test_no_line_is_wider_than_its_column(paper, text):
    lines = paper.lines(text, 30, size=8)
    assert len(lines) > 1
    assert max(sum(piece.width for piece in line) for line in lines) * 8 / 72 * 25.4 <= 30
    set_text = "".join(piece.text for line in lines for piece in line)
    assert set_text.replace(" ", "") == text.replace(" ", "")


def test_letter_keeps_what_hangs_on_it(paper):
    """Conjuncts and vowel signs are not parted at the end of a line."""
    lines = paper.lines("क्षत्रियः" * 12, 20, size=8)
    assert [line[0].text[0] for line in lines if line[0].text[0] in "\u094d\u093f\u0903"] == []
    assert [line[-1].text[-1] for line in lines if line[-1].text[-1] == "\u094d"] == []


def test_cell_that_is_higher_than_a_page_goes_on_under_its_headings(paper):
    write_table(paper, [Column("Who", 40), Column("What", 142)], [("Asha", "tea\n" * 150), ("Ravi", "no")])
    pages = read(paper)
    assert [page.count("Who What") for page in pages] == [1] * len(pages)
    assert len(pages) == 3
    assert sum(page.count("tea") for page in pages) == 150
    assert all(page.count("Page ") == 1 for page in pages)


def test_pairs_go_on_over_the_pages(paper):
    write_pairs(paper, [("Account", "tea\n" * 100)])
    pages = read(paper)
    assert (len(pages), sum(page.count("tea") for page in pages)) == (2, 100)


def read(paper):
    return [page.extract_text() for page in PdfReader(io.BytesIO(paper.output())).pages]
