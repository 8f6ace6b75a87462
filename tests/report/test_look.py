"""Colours that can be told apart, by everybody and on both grounds."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fitscope.guide.presentation import GUIDE as PRESENTATION
from fitscope.report.look import COLOURS, LOOKS, colours

GUIDE = PRESENTATION.palette

# Machado, Oliveira and Fernandes, A Physiologically-based Model for Simulation of Color Vision
# Deficiency, 2009: severity 1, for linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
FIGURES = (("Tiny", "Small", "Medium", "Large"), ("Tiny", "L2", "Dropout", "Combined"))


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, sight: str) -> np.ndarray:
    """CIELAB for the D65 white point."""
    rgb = np.clip(np.asarray(SIGHT[sight]) @ linear(colour), 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    ratio = np.asarray(to_xyz) @ rgb / [0.9505, 1.0, 1.089]
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("colour", [*GUIDE.values(), *COLOURS])
def test_every_colour_can_be_read_on_light_and_dark_ground(colour):
    assert contrast(colour, "#ffffff") >= 3
    assert contrast(colour, "#14171c") >= 3


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("models", FIGURES)
def test_models_of_one_figure_stay_apart_for_every_sight(models, sight):
    for one, other in combinations(models, 2):
        apart = np.linalg.norm(lab(GUIDE[one], sight) - lab(GUIDE[other], sight))
        assert apart > 15, (one, other)  # 2.3 is just noticeable


@settings(deadline=None)
@given(st.lists(st.one_of(st.sampled_from(list(GUIDE)), st.text()), unique=True, max_size=16))
def test_names_have_different_colours_and_the_guide_keeps_its_own(names):
    found = colours(names, GUIDE)
    assert list(found) == names
    assert len(set(found.values())) == len(names)
    assert all(found[name] == GUIDE[name] for name in names if name in GUIDE)


def test_more_models_than_colours_still_have_one_each():
    assert len(colours(str(number) for number in range(100))) == 100


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_verdicts_can_be_read_on_their_grounds(look):
    """WCAG asks for 4.5 of text and 3 of marks."""
    assert contrast(*look.light) >= 4.5
    assert contrast(*look.dark) >= 4.5
    assert contrast(look.anywhere, "#ffffff") >= 3
    assert contrast(look.anywhere, "#14171c") >= 3


def test_no_two_verdicts_have_one_sign_or_colour():
    for one, other in combinations(LOOKS.values(), 2):
        assert one.sign != other.sign
        assert one.anywhere != other.anywhere
