import pytest
from django.template import Context, Template

from allocations.presenters.equations import Equation, Term
from allocations.presenters.statuses import CREDITED, LEGEND, Status


def render(source, **context):
    return Template("{% load portal %}" + source).render(Context(context))


@pytest.mark.parametrize(("number", "text"), [(1, "1 batch"), (2, "2 batches")])
def test_batches_are_counted(number, text):
    assert render("{{ number|counted_batches }}", number=number) == text


def test_an_address_breaks_after_its_at_and_stays_escaped():
    assert render("{{ mail|breakable }}", mail="<b>@example.com") == "&lt;b&gt;@<wbr>example.com"


def test_status_has_word_shape_and_colour():
    text = render("{% status status %}", status=CREDITED)
    assert [part in text for part in ('class="st st-credited"', 'href="#s-credited"', "Credited")] == [True] * 3


def test_tag_without_a_shape_is_a_neutral_pill():
    assert render("{% status status %}", status=Status("left out")).strip() == '<span class="pill">left out</span>'


def test_every_status_of_the_legend_has_its_symbol():
    sprite = render('{% include "components/sprite.html" %}')
    assert [status.word for status in LEGEND if f'id="s-{status.shape}"' not in sprite] == []


def test_equation_that_adds_up_says_so():
    text = render(
        "{% equation sum %}", sum=Equation(Term(3, "rows"), (Term(2, "credited", CREDITED), Term(1, "failed")))
    )
    assert ("adds up" in text, "Does not add up" in text) == (True, False)


def test_equation_that_does_not_add_up_is_an_alert():
    text = render("{% equation sum %}", sum=Equation(Term(3, "rows"), (Term(2, "credited"),)))
    assert ('role="alert"' in text, "Does not add up: 3 rows, 2 counted" in text) == (True, True)
