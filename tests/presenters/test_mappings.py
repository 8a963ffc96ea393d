from allocations.presenters.mappings import Column, columns, mapped


def test_columns_pair_headers_with_their_first_values():
    assert columns(["Name", "Mobile"], [["Asha", "Zubin"]]) == [
        Column(0, "A", "Name", ("Asha", "Zubin")),
        Column(1, "B", "Mobile", ()),
    ]


def test_mapped_follows_the_order_of_the_columns():
    found = mapped(["Points", "Full name"], {"name": 1, "amount": 0}, labels={"name": "Name", "amount": "Points"})
    assert found == [("Points", "Points"), ("Name", "Full name")]


def test_mapped_passes_over_a_column_that_the_header_lacks():
    assert mapped(["Name"], {"name": 0, "mobile": 4}, labels={}) == [("name", "Name")]
