import pytest

from allocations.domain.manifest import short_code
from allocations.domain.searching import Meant, read_search

DIGEST = "5f" * 32


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Meant()),
        ("  ", Meant()),
        ("214", Meant(batch=214, code="214")),
        ("#214", Meant(batch=214, code="#214")),
        ("98765 43211", Meant(mobile="9876543211")),
        ("+91-98765-43211", Meant(mobile="9876543211", code="+91-98765-43211")),
        ("9876543211", Meant(mobile="9876543211", code="9876543211", digest="9876543211")),
        ("Asha@Example.com", Meant(email="Asha@Example.com", code="Asha@Example.com")),
        ("Asha R", Meant(name="Asha R")),
        ("Rao", Meant(code="Rao", name="Rao")),
        ("आशा", Meant(code="आशा", name="आशा")),
        ("EMP-7", Meant(code="EMP-7")),
        ("ab", Meant(code="ab")),
        ("a@b c", Meant(name="a@b c")),
        (DIGEST.upper(), Meant(code=DIGEST.upper(), digest=DIGEST)),
        (short_code(DIGEST), Meant(code=short_code(DIGEST), digest=DIGEST[:10])),
        (short_code(DIGEST).lower().replace("-", " "), Meant(digest=DIGEST[:10])),
    ],
)
def test_a_text_means_everything_that_fits(text, meant):
    assert read_search(text) == meant
