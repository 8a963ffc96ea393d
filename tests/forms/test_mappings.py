from allocations.forms.mappings import MappingForm

HEADER = ["Emp name", "Cell", "Pts", "Dept"]


def form_of(*choices):
    data = {f"column_{index}": choice for index, choice in enumerate(choices)}
    return MappingForm(data, header=HEADER, mapping={})


def test_mapping_is_field_to_column():
    form = form_of("name", "mobile", "amount", "")
    assert (form.is_valid(), form.mapping) == (True, {"name": 0, "mobile": 1, "amount": 2})


def test_mapping_without_a_needed_field_names_it():
    assert form_of("name", "", "", "").non_field_errors() == ["No column is Mobile or Points. Choose one for each."]


def test_field_chosen_twice_is_refused():
    form = form_of("name", "mobile", "amount", "amount")
    assert form.non_field_errors() == ["Points is chosen for 2 columns. Choose one of them."]


def test_field_that_does_not_exist_is_refused():
    assert form_of("name", "mobile", "amount", "state").is_valid() is False


def test_form_opens_with_the_present_mapping():
    form = MappingForm(header=HEADER, mapping={"name": 0, "mobile": 1})
    assert [field.initial for field in form] == ["name", "mobile", "", ""]
