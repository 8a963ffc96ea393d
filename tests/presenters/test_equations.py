from allocations.presenters.equations import Equation, Term

WHOLE = Term(5_000, "rows in file")


def test_equation_adds_up():
    assert Equation(WHOLE, (Term(4_912, "credited"), Term(88, "failed"))).adds_up is True


def test_equation_that_loses_a_row_does_not_add_up():
    equation = Equation(WHOLE, (Term(4_912, "credited"), Term(87, "failed")))
    assert (equation.adds_up, equation.counted) == (False, 4_999)
