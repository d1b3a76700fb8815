"""Letters: what stands on the page, and QR codes read from its picture."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import product

import pypdfium2
import pytest
from PIL import Image
from pyzbar.pyzbar import ZBarSymbol, decode

from calsvc.bulk import fonts, letters
from calsvc.bulk.letters import Letter
from calsvc.bulk.resident_message import invitation
from calsvc.i18n.catalogs import catalog
from calsvc.i18n.languages import LANGUAGES
from calsvc.links.keys import new_key, read_keys
from calsvc.links.sealing import Keyring
from calsvc.links.urls import LinkAddresses
from calsvc.municipality import toml_reader
from calsvc.rules.card import Card
from calsvc.rules.plan import check_and_assess
from tests.support.links import link_of

OTARU = toml_reader.load("012033")
KEYRING = Keyring(read_keys(new_key(), "test"))
FONT = fonts.load()
MADE = datetime(2026, 11, 24)
CARDS = {
    "adult": Card(date(1985, 4, 23), date(2020, 6, 1)),
    "minor": Card(date(2012, 3, 15), date(2023, 6, 1)),
    "stay": Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2026, 5, 31)),
    "stay and certificate": Card(date(1990, 6, 15), date(2023, 7, 1), stay_until=date(2030, 1, 31)),
}


NAMES = ("髙橋", "山﨑", "𠮷田", "Nguyễn Thị Ánh", "김민지", "邓丽")
IN_NO_FONT = "👨 葛\U000e0100"
PRINTED = [
    *product(["小樽 花子"], CARDS, LANGUAGES),
    *product([*NAMES, IN_NO_FONT, ""], ["adult"], ["ja"]),
]
"""The name, card and language of each letter that is printed for these tests."""


def letter(name: str = "小樽 花子", card: str = "adult", language: str = "ja") -> Letter:
    words = catalog(language)
    token = KEYRING.seal(link_of(CARDS[card], language=language))
    page = LinkAddresses("https://calendar.example.jp", token).page
    plan = check_and_assess(CARDS[card], None).plan
    return Letter(invitation(name, plan, OTARU, words), page, words)


@dataclass(frozen=True)
class Print:
    """All letters of `PRINTED` in one file, because embedding the font is what takes long."""

    document: pypdfium2.PdfDocument

    def page(
        self, name: str = "小樽 花子", card: str = "adult", language: str = "ja"
    ) -> pypdfium2.PdfPage:
        return self.document[PRINTED.index((name, card, language))]

    def text(self, name: str = "小樽 花子", card: str = "adult", language: str = "ja") -> str:
        return text_of(self.page(name, card, language))


@pytest.fixture(scope="module")
def printed() -> Print:
    content = letters.pdf([letter(*each) for each in PRINTED], FONT, MADE)
    return Print(pypdfium2.PdfDocument(content))


def text_of(page: pypdfium2.PdfPage) -> str:
    return " ".join(page.get_textpage().get_text_range().split())


def picture_of(page: pypdfium2.PdfPage, dots_per_inch: int = 150) -> Image.Image:
    return page.render(scale=dots_per_inch / 72, grayscale=True).to_pil()


# --- the page -------------------------------------------------------------------------------------


def test_the_letter_says_what_expires_when_and_where_to_go(printed: Print) -> None:
    text = printed.text()
    for words in (
        *("小樽 花子 様", "小樽市", "マイナンバーカードの有効期限のお知らせ"),
        *("電子証明書の有効期限 2025年4月23日（水）", "カードの有効期限 2030年4月23日（火）"),
        "2030年1月24日（木）から2030年4月23日（火）まで",
        *("戸籍住民課 マイナンバー窓口 電話 0134-32-4111（内線 296, 297）", "サービスセン"),
    ):
        assert words in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("card", CARDS)
def test_every_letter_fits_its_page_in_every_language(
    printed: Print, card: str, language: str
) -> None:
    page = printed.page(card=card, language=language)
    assert page.get_size() == pytest.approx((595.28, 841.89), abs=0.1)
    boxes = [each.get_bounds() for each in page.get_objects(filter=[1])]
    left, bottom = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
    margin = 12 * 72 / 25.4
    assert left > margin
    assert bottom > margin
    assert right < 595 - margin
    assert top < 842 - margin
    assert "〓" not in text_of(page)


@pytest.mark.parametrize("name", NAMES)
def test_names_of_all_kinds_are_in_the_font_that_is_embedded(printed: Print, name: str) -> None:
    assert not FONT.lacks(name)
    assert name in printed.text(name)


def test_what_the_font_lacks_is_shown_by_geta_marks(printed: Print) -> None:
    assert "〓 葛 様" in printed.text(IN_NO_FONT)


def test_a_letter_without_a_name_speaks_to_the_holder(printed: Print) -> None:
    assert "マイナンバーカードをお持ちの方へ" in printed.text("")


def test_each_resident_has_a_page_and_the_same_letters_are_the_same_bytes() -> None:
    many = [letter(f"小樽 {number}") for number in range(3)]
    content = letters.pdf(many, FONT, MADE)
    assert len(pypdfium2.PdfDocument(content)) == 3
    assert content == letters.pdf(many, FONT, MADE)
    assert len(content) < 300_000


# --- QR codes -------------------------------------------------------------------------------------


def read_code(picture: Image.Image) -> str:
    (found,) = decode(picture, symbols=[ZBarSymbol.QRCODE])
    return str(found.data, "ascii")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_on_the_letter_opens_the_residents_page(printed: Print, language: str) -> None:
    address = read_code(picture_of(printed.page(language=language)))
    assert address == letter(language=language).page
    token = address.removeprefix("https://calendar.example.jp/c/").partition("?")[0]
    link = KEYRING.open(token)
    assert link == link_of(CARDS["adult"], language=language)


def test_the_code_is_read_from_a_poor_copy_too(printed: Print) -> None:
    copy = picture_of(printed.page(), 110).rotate(7, Image.Resampling.BICUBIC, fillcolor=255)
    assert read_code(copy) == letter().page
