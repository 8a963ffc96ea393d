import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.enkash.envelope import NotSealed, open_sealed, seal, sealed_text

KEY = "demo-secret"
ROWS = b'[{"name":"A","mobile":"9999999999","loadAmount":1,"uniqueReferenceNumber":"R1"}]'
SEALED_ROWS = (
    "vxeKlAJBJ2VJ6N5C9427LdZo6RaYKoo8xxQRIABjhgp2AFDRCbX3TW5R8AZMKUoEtbEBMjhzQqm43m3BkBtBb6MOVxBe7WY47TZhpX8hOmwho1Kk"
    "Wqsf86n4P1+2At3w"
)


@pytest.mark.parametrize(("plain", "sealed"), [(b'{"a":1}', "2PCMz7wALq35sL6Emp2SwA=="), (ROWS, SEALED_ROWS)])
def test_seal_matches_the_check_vectors(plain, sealed):
    assert json.loads(seal(plain, KEY)) == {"request": sealed}
    assert open_sealed(sealed, KEY) == plain


@pytest.mark.parametrize("text", ["", "%", "2PCMz7wALq35sL6Emp2S", "AAAA", "2PCMz7wALq35sL6Emp2SwA=", "\u20b9"])
def test_open_sealed_refuses_what_is_cut_or_no_base64(text):
    with pytest.raises(NotSealed):
        open_sealed(text, KEY)


def test_open_sealed_refuses_another_key():
    with pytest.raises(NotSealed):
        open_sealed("2PCMz7wALq35sL6Emp2SwA==", "another")


@given(st.binary(max_size=100), st.text(max_size=20))
def test_open_sealed_undoes_seal(plain, key):
    assert open_sealed(json.loads(seal(plain, key))["request"], key) == plain


@pytest.mark.parametrize(
    ("value", "found"), [({"request": "x"}, "x"), ({"request": 1}, None), ({"request": "x", "a": 1}, None), ([], None)]
)
def test_sealed_text_is_an_object_with_nothing_else(value, found):
    assert sealed_text(value) == found
