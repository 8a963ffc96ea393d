from datetime import UTC, datetime
from decimal import Decimal

from allocations.presenters.bars import height
from allocations.presenters.reports import month_lines, months_total, summary
from allocations.selectors.reports import Month

OCTOBER = Month(datetime(2026, 10, 1, tzinfo=UTC), 3, Decimal(1500), 1, 0)
NOVEMBER = Month(datetime(2026, 11, 1, tzinfo=UTC), 1, Decimal(500), 0, 200)
NOTHING = Month(datetime(2026, 12, 1, tzinfo=UTC), 0, Decimal(0), 0, 0)


def test_months_are_drawn_to_scale():
    lines = month_lines([OCTOBER, NOVEMBER, NOTHING])
    assert [(line.name, line.place.top, line.place.width, line.place.text_x, line.place.text_y) for line in lines] == [
        ("October 2026", 7, 250, 370, 19),
        ("November 2026", 35, 83, 203, 47),
        ("December 2026", 63, 0, 120, 75),
    ]
    assert height(3) == 91


def test_the_chart_is_told_in_words():
    assert summary([OCTOBER, NOVEMBER]) == (
        "2,000 points went to 4 rows, 200 points came back. The most, 1,500 points, in October 2026."
    )
    assert summary([OCTOBER]) == "1,500 points went to 3 rows."
    assert summary([]) == "Nothing was given in this period."


def test_months_add_up():
    total = months_total([OCTOBER, NOVEMBER])
    assert total is not None
    assert (total.credited, total.credited_points, total.failed, total.reversed, total.net) == (4, 2000, 1, 200, 1800)
    assert months_total([]) is None
