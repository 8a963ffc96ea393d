import pytest
from django.utils import translation

from allocations.presenters import numbers
from allocations.presenters.hindi_numbers import in_hindi

# Ten to a line, as they are learnt: the ones come before the tens, and each is a word of its own.
BELOW_HUNDRED = """
शून्य एक दो तीन चार पाँच छह सात आठ नौ
दस ग्यारह बारह तेरह चौदह पंद्रह सोलह सत्रह अठारह उन्नीस
बीस इक्कीस बाईस तेईस चौबीस पच्चीस छब्बीस सत्ताईस अट्ठाईस उनतीस
तीस इकतीस बत्तीस तैंतीस चौंतीस पैंतीस छत्तीस सैंतीस अड़तीस उनतालीस
चालीस इकतालीस बयालीस तैंतालीस चवालीस पैंतालीस छियालीस सैंतालीस अड़तालीस उनचास
पचास इक्यावन बावन तिरपन चौवन पचपन छप्पन सत्तावन अट्ठावन उनसठ
साठ इकसठ बासठ तिरसठ चौंसठ पैंसठ छियासठ सड़सठ अड़सठ उनहत्तर
सत्तर इकहत्तर बहत्तर तिहत्तर चौहत्तर पचहत्तर छिहत्तर सतहत्तर अठहत्तर उन्यासी
अस्सी इक्यासी बयासी तिरासी चौरासी पचासी छियासी सत्तासी अट्ठासी नवासी
नब्बे इक्यानवे बानवे तिरानवे चौरानवे पचानवे छियानवे सत्तानवे अट्ठानवे निन्यानवे
"""


def test_every_number_below_a_hundred_has_its_own_word():
    words = [in_hindi(number) for number in range(100)]
    assert [words[start : start + 10] for start in range(0, 100, 10)] == [
        line.split() for line in BELOW_HUNDRED.split("\n") if line
    ]
    assert len(set(words)) == 100


def test_ending_of_a_word_tells_its_tens():
    """A word on the wrong line would end as those of that line do; those with nine belong to the next ten."""
    endings = {
        2: ("ीस", "ईस"),
        3: ("तीस",),
        4: ("लीस",),
        5: ("न",),
        6: ("सठ",),
        7: ("त्तर",),
        8: ("ासी",),
        9: ("नवे",),
    }
    for tens, of_tens in endings.items():
        for ones in range(1, 9):
            assert in_hindi(tens * 10 + ones).endswith(of_tens), (tens, ones)
        if tens < 8:
            following = endings.get(tens + 1, ())
            assert in_hindi(tens * 10 + 9).endswith((*following, "ास")), tens


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (100, "एक सौ"),
        (101, "एक सौ एक"),
        (150, "एक सौ पचास"),
        (999, "नौ सौ निन्यानवे"),
        (1_000, "एक हज़ार"),
        (1_001, "एक हज़ार एक"),
        (25_500, "पच्चीस हज़ार पाँच सौ"),
        (99_999, "निन्यानवे हज़ार नौ सौ निन्यानवे"),
        (100_000, "एक लाख"),
        (100_010, "एक लाख दस"),
        (251_000, "दो लाख इक्यावन हज़ार"),
        (1_234_567, "बारह लाख चौंतीस हज़ार पाँच सौ सड़सठ"),
        (10_000_000, "एक करोड़"),
        (99_99_99_999, "निन्यानवे करोड़ निन्यानवे लाख निन्यानवे हज़ार नौ सौ निन्यानवे"),
        (1_00_00_00_000, "एक सौ करोड़"),
        (1_23_45_67_89_012, "बारह हज़ार तीन सौ पैंतालीस करोड़ सड़सठ लाख नवासी हज़ार बारह"),
    ],
)
def test_scales_are_indian_and_nothing_joins_them(number, words):
    assert in_hindi(number) == words


@pytest.mark.parametrize(
    ("language", "words"), [("hi", "दो हज़ार पाँच सौ पॉइंट"), ("en-in", "two thousand five hundred points")]
)
def test_page_says_points_in_its_language(language, words):
    with translation.override(language):
        assert numbers.points_in_words(2_500) == words
