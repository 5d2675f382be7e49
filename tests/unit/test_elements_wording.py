"""Lists of words written for people, read as one regular expression."""

import re

from models.rules.elements.wording import either, listed, longest


def test_spaces_and_lines_part_words() -> None:
    assert listed(" 起火 着火\n  爆炸\n") == ("起火", "着火", "爆炸")


def test_a_line_that_begins_with_a_bar_goes_on() -> None:
    assert listed("派(?:人\n    |车|船) 救") == ("派(?:人|车|船)", "救")


def test_the_first_that_fits_is_taken() -> None:
    assert re.findall(either("镇 镇政府"), "镇政府") == ["镇"]


def test_the_longest_goes_first() -> None:
    assert re.findall(longest("镇 镇政府"), "镇政府") == ["镇政府"]
