"""Numbers as they are said: words, digits, both, and the certain part of an "about"."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules import numbers


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("两", 2),
        ("俩", 2),
        ("十", 10),
        ("十二", 12),
        ("一百二", 120),
        ("一百零二", 102),
        ("三千五", 3500),
        ("两万三", 23_000),
        ("一万零二十", 10_020),
        ("两千零五十万", 20_500_000),
        ("三千五百万", 35_000_000),
        ("一亿两千万", 120_000_000),
        ("一点二万", 12_000),
        ("1.2万", 12_000),
        ("1,200", 1200),
        ("12万3千", 123_000),
        ("二八七", 287),
        ("幺二零", 120),
        ("廿五", 25),
        ("十几", 10),
        ("二十几", 20),
        ("十来", 10),
        ("一百多", 100),
        ("三百多万", 3_000_000),
        ("三四十", 30),
        ("两三百", 200),
        ("五六", 5),
        ("上百", 100),
        ("千万", 10_000_000),
    ],
)
def test_read(said: str, number: int) -> None:
    assert numbers.parse(said) == number


@pytest.mark.parametrize("said", ["", "几", "几十", "数十", "人", "好几"])
def test_no_number(said: str) -> None:
    assert numbers.parse(said) is None


def test_a_fraction_is_no_count() -> None:
    assert numbers.parse("2.5") == 2.5
    assert numbers.whole("2.5") is None


@given(st.integers(0, 10**12 - 1))
def test_words_are_read_back(number: int) -> None:
    said = numbers.words(number)
    assert numbers.parse(said) == number
    assert re.fullmatch(numbers.NUMBER, said)


@given(st.integers(0, 10**8))
def test_digits_are_read_back(number: int) -> None:
    assert numbers.parse(str(number)) == number
    assert numbers.parse(f"{number:,}") == number


@pytest.mark.parametrize("number", [-1, 10**12])
def test_no_words_beyond_the_range(number: int) -> None:
    with pytest.raises(ValueError, match="no words"):
        numbers.words(number)
