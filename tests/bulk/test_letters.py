"""Letters: what stands on the page, and QR codes read from its picture."""

import io
from datetime import date, datetime

import pypdfium2
import pytest
from PIL import Image
from pyzbar.pyzbar import ZBarSymbol, decode

from calsvc import codes
from calsvc.bulk import fonts, letters
from calsvc.bulk.letters import Letter
from calsvc.bulk.resident_message import invitation
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.keys import new_key, read_keys
from calsvc.links.sealing import Keyring, Link
from calsvc.links.urls import LinkAddresses
from calsvc.municipality import toml_reader
from calsvc.parsing.names import Member
from calsvc.rules.card import Card
from calsvc.rules.plan import plan

OTARU = toml_reader.load("otaru")
KEYRING = Keyring(read_keys(new_key(), "test"))
FONT = fonts.load()
MADE = datetime(2026, 11, 24)
ADULT = Card(date(1985, 4, 23), date(2020, 6, 1))
CARDS = {
    "adult": ADULT,
    "minor": Card(date(2012, 3, 15), date(2023, 6, 1)),
    "stay": Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2026, 5, 31)),
    "stay and certificate": Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2030, 1, 31)),
}


def letter(name: str = "小樽 花子", card: Card = ADULT, language: str = "ja") -> Letter:
    words = catalog(language)
    token = KEYRING.seal(Link((Member(card),), language))
    page = LinkAddresses("https://calendar.example.jp", token).page
    return Letter(invitation(name, plan(card, OTARU.grace), OTARU, words), page, words)


def page_of(each: Letter, number: int = 0) -> pypdfium2.PdfPage:
    return pypdfium2.PdfDocument(letters.pdf([each], FONT, MADE))[number]


def text_of(each: Letter) -> str:
    return said_on(page_of(each))


def said_on(page: pypdfium2.PdfPage) -> str:
    return " ".join(page.get_textpage().get_text_range().split())


def picture_of(each: Letter, dots_per_inch: int = 150) -> Image.Image:
    return page_of(each).render(scale=dots_per_inch / 72, grayscale=True).to_pil()


# --- the page -------------------------------------------------------------------------------------


def test_the_letter_says_what_expires_when_and_where_to_go() -> None:
    text = text_of(letter())
    for words in (
        *("小樽 花子 様", "小樽市", "マイナンバーカードの有効期限のお知らせ"),
        *("電子証明書の有効期限 2025年04月23日(水)", "カードの有効期限 2030年04月23日(火)"),
        "2030年01月24日(木)から2030年04月23日(火)まで",
        *("戸籍住民課 マイナンバー窓口 電話 0134-32-4111(内線 296, 297)", "サービスセン"),
    ):
        assert words in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("card", CARDS)
def test_every_letter_fits_its_page_in_every_language(card: str, language: str) -> None:
    page = page_of(letter(card=CARDS[card], language=language))
    assert page.get_size() == pytest.approx((595.28, 841.89), abs=0.1)
    boxes = [each.get_bounds() for each in page.get_objects(filter=[1])]
    left, bottom = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
    margin = 12 * 72 / 25.4
    assert left > margin
    assert bottom > margin
    assert right < 595 - margin
    assert top < 842 - margin
    assert "〓" not in said_on(page)


@pytest.mark.parametrize("name", ["髙橋", "山﨑", "𠮷田", "Nguyễn Thị Ánh", "김민지", "邓丽"])
def test_names_of_all_kinds_are_in_the_font_that_is_embedded(name: str) -> None:
    assert not FONT.lacks(name)
    assert name in text_of(letter(name))


def test_what_the_font_lacks_is_shown_by_geta_marks() -> None:
    assert FONT.lacks("👨 葛\U000e0100")
    assert FONT.settable("👨 葛\U000e0100") == "〓 葛"
    assert "〓 葛 様" in text_of(letter("👨 葛\U000e0100"))


def test_a_letter_without_a_name_speaks_to_the_holder() -> None:
    assert "マイナンバーカードをお持ちの方へ" in text_of(letter(""))


def test_each_resident_has_a_page_and_the_same_letters_are_the_same_bytes() -> None:
    many = [letter(f"小樽 {number}") for number in range(3)]
    content = letters.pdf(many, FONT, MADE)
    assert len(pypdfium2.PdfDocument(content)) == 3
    assert content == letters.pdf(many, FONT, MADE)
    assert len(content) < 300_000


def test_a_file_that_is_no_font_is_named() -> None:
    with pytest.raises(fonts.BadFontError, match=r"otaru\.toml"):
        fonts.load("calsvc/municipality/profiles/otaru.toml")


# --- lines ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("期限です。次の", ("期限で", "す。次", "の")),
        ("あい「うえ」お", ("あい", "「う", "え」お")),
        ("カード", ("カード",)),
        ("abc defg hi", ("abc", "defg hi")),
        ("令和(2020)年", ("令和", "(2020)", "年")),
    ],
)
def test_lines_break_by_japanese_rules(text: str, broken: tuple[str, ...]) -> None:
    assert fonts.lines(text, FONT, 3.4) == broken


def test_no_line_is_wider_than_asked_and_nothing_is_lost() -> None:
    for language in LANGUAGES:
        for text in letter(language=language).invited.places:
            lines = fonts.lines(text, FONT, 30)
            assert all(FONT.width(line) <= 30 for line in lines)
            assert "".join(lines).replace(" ", "") == text.replace(" ", "")


# --- QR codes -------------------------------------------------------------------------------------


def read_code(picture: Image.Image) -> str:
    (found,) = decode(picture, symbols=[ZBarSymbol.QRCODE])
    return str(found.data, "ascii")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_on_the_letter_opens_the_residents_page(language: str) -> None:
    sent = letter(language=language)
    address = read_code(picture_of(sent))
    assert address == sent.page
    token = address.removeprefix("https://calendar.example.jp/c/").partition("?")[0]
    link = KEYRING.open(token)
    assert ([each.card for each in link.members], link.lang) == ([ADULT], language)


def test_the_code_is_read_from_a_poor_copy_too() -> None:
    sent = letter()
    assert (
        read_code(picture_of(sent, 110).rotate(7, Image.Resampling.BICUBIC, fillcolor=255))
        == sent.page
    )


def test_codes_are_made_as_png_and_svg() -> None:
    page = letter().page
    assert read_code(Image.open(io.BytesIO(codes.png(page))).convert("L")) == page
    assert codes.svg(page).startswith(b"<?xml")


def test_bars_are_the_dark_runs_of_the_code() -> None:
    modules, bars = codes.bars("https://calendar.example.jp")
    picture = Image.new("L", (modules + 8, modules + 8), 255)
    for row, column, length in bars:
        picture.paste(0, (column + 4, row + 4, column + 4 + length, row + 5))
    assert read_code(picture.resize((400, 400), Image.Resampling.NEAREST)) == (
        "https://calendar.example.jp"
    )
