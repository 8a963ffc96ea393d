"""Nobody's data is kept of an answer, and texts that differ only by it are one text."""

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allocations.enkash.contract.comparing import differences
from allocations.enkash.contract.names import NO_NAME, code, field_name, plain
from allocations.enkash.contract.shapes import Call
from allocations.enkash.contract.vocabulary import WORDS
from tests.enkash.raw_server import raw

# Given and family names, some of them English words as well.
PEOPLE = [
    "aarav",
    "aditi",
    "akash",
    "amit",
    "anil",
    "anita",
    "anjali",
    "arjun",
    "asha",
    "ashok",
    "bhavna",
    "chitra",
    "deepak",
    "dev",
    "divya",
    "farhan",
    "fatima",
    "gaurav",
    "geeta",
    "gita",
    "grace",
    "harish",
    "hope",
    "iqbal",
    "isha",
    "jaya",
    "joseph",
    "joy",
    "karan",
    "kavita",
    "kiran",
    "lakshmi",
    "lata",
    "lily",
    "mahesh",
    "manoj",
    "mark",
    "mary",
    "may",
    "maya",
    "meena",
    "mohan",
    "mohammed",
    "naveen",
    "neha",
    "nisha",
    "noor",
    "om",
    "pankaj",
    "peter",
    "pooja",
    "prakash",
    "prem",
    "priya",
    "rahul",
    "raj",
    "raja",
    "rajesh",
    "ram",
    "ravi",
    "rekha",
    "ritu",
    "rohan",
    "rose",
    "roshan",
    "sachin",
    "salim",
    "sana",
    "sanjay",
    "sapna",
    "sara",
    "sarah",
    "seema",
    "shanti",
    "sharad",
    "sheela",
    "shyam",
    "simran",
    "sneha",
    "sonia",
    "suman",
    "sunil",
    "sunita",
    "suresh",
    "sushma",
    "tara",
    "usha",
    "varun",
    "vijay",
    "vikram",
    "vinod",
    "will",
    "yash",
    "zara",
    "agarwal",
    "ahuja",
    "anand",
    "bakshi",
    "banerjee",
    "bansal",
    "batra",
    "bedi",
    "bhat",
    "bill",
    "bose",
    "chandra",
    "chawla",
    "chopra",
    "contractor",
    "das",
    "datta",
    "desai",
    "deshmukh",
    "doctor",
    "engineer",
    "fernandes",
    "gandhi",
    "garg",
    "ghosh",
    "gill",
    "gupta",
    "iyer",
    "jain",
    "joshi",
    "kapoor",
    "kaur",
    "khan",
    "khanna",
    "kulkarni",
    "kumar",
    "lal",
    "lall",
    "mahajan",
    "malhotra",
    "malik",
    "master",
    "mathur",
    "mehta",
    "menon",
    "merchant",
    "mishra",
    "mistry",
    "mittal",
    "modi",
    "mukherjee",
    "nair",
    "naidu",
    "nanda",
    "narang",
    "nayak",
    "pai",
    "pal",
    "pandey",
    "parekh",
    "patel",
    "patil",
    "pillai",
    "pinto",
    "prasad",
    "rajan",
    "rao",
    "rathore",
    "reddy",
    "roy",
    "sahni",
    "saxena",
    "sen",
    "sethi",
    "shah",
    "sharma",
    "shetty",
    "shukla",
    "singh",
    "sinha",
    "soni",
    "sood",
    "srivastava",
    "suri",
    "tandon",
    "thakur",
    "thomas",
    "tiwari",
    "trivedi",
    "varma",
    "verma",
    "wadia",
    "yadav",
    "young",
]


def test_no_word_of_the_vocabulary_is_somebody_s_name():
    assert WORDS.isdisjoint(PEOPLE)


@given(
    st.sampled_from(PEOPLE),
    st.sampled_from(PEOPLE),
    st.integers(6 * 10**9, 10**10 - 1),
    st.sampled_from(("example.com", "corp.co.in", "gmail.com")),
    st.sampled_from(
        (
            "Wallet of {name} is dormant",
            "User {name} ({mobile}) is blocked by {email}",
            "Mobile {mobile} is registered with {email}",
            "{name}<{email}>: +91-{mobile} limit exceeded",
            "Card linked to {name}/{mobile};{email} not active",
            "{email}",
        )
    ),
)
def test_a_text_keeps_nobody_and_is_one_text_whoever_it_tells_of(given_name, family, mobile, host, form):
    def said(given_name, family, mobile, host):
        name = f"{given_name.title()} {family.title()}"
        return form.format(name=name, mobile=mobile, email=f"{given_name}.{family}{mobile % 100}@{host}")

    kept = plain(said(given_name, family, mobile, host))
    assert not any(part in kept.split() for part in (given_name, family, host))
    assert not any(sign.isdigit() or sign == "@" for sign in kept)
    assert kept == plain(said("zubeida", "oberoi", 9123456789, "elsewhere.org"))


@given(st.text())
def test_of_any_text_only_words_of_the_vocabulary_are_kept(said):
    for word in plain(said).removesuffix("…").split():
        assert word in {"…", "#"} or all(part in WORDS for part in word.split("-")) or len(plain(said)) == 200


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("User is blocked", "user is blocked"),
        ("Monthly load limit of the user is exceeded", "monthly load limit of the user is exceeded"),
        ("loadAmount must be greater than 0", "loadamount must be greater than #"),
        ("Card account XY12 not found.", "card account … not found"),
        ("वॉलेट बंद है", "…"),
        ("IP 10.2.3.4 is not allowed", "ip # is not allowed"),
        ("Request 5f0c-11ee timed out", "request … timed out"),
    ],
)
def test_what_a_text_says_can_still_be_read(said, kept):
    assert plain(said) == kept


@pytest.mark.parametrize(
    ("value", "kept"),
    [(7, "7"), (9876543210, "…"), ("ON_HOLD", "ON_HOLD"), ("ON_RAVI", "…"), ("HOLD", "HOLD"), ("In progress", "IN PROGRESS"), ("RAVI", "…"),
     ("9876543210", "…"), (True, "…"), (None, "…"), ([], "…")],
)  # fmt: skip
def test_a_code_is_kept_only_if_it_can_be_one(value, kept):
    assert code(value) == kept


@pytest.mark.parametrize(
    "key",
    [
        "9876543210",
        "ravi.kumar@example.com",
        "Ravi Kumar",
        "u9876543210",
        "ravi",
        "ravikumar",
        "ravi_kumar",
        "",
        "x" * 61,
    ],
)
def test_a_key_that_can_be_somebody_is_kept_nowhere(key):
    row = {
        "name": "Ravi Kumar", "email": "ravi.kumar@example.com", "mobile": "9876543210", key: 1, "loyaltyTier": "x",
    }  # fmt: skip
    body = {"code": 0, "message": "Success", "payload": {"successBulkEnKashCardCreateDTOs": [row]}}
    paths = [one.path for one in differences(Call.BULK, raw(200, json.dumps(body))) if one.kind == "unknown_field"]
    assert {path.rpartition("[].")[2] for path in paths} == {NO_NAME, "loyaltytier"}


@given(st.text(alphabet=string.ascii_lowercase + string.digits + "_", min_size=1, max_size=70))
def test_a_field_s_name_is_kept_whole_or_not_at_all(key):
    assert field_name(key, of_people=frozenset()) in {key, NO_NAME}


@given(
    st.fixed_dictionaries(
        {name: st.sampled_from(PEOPLE).map(str.title) | st.integers(6 * 10**9, 10**10 - 1).map(str)
         for name in ("name", "email", "mobile", "title", "failureReason", "companyId", "status", "userId", "secret")}
    )
)  # fmt: skip
def test_no_value_of_a_row_is_in_a_difference(row):
    payload = {"successBulkEnKashCardCreateDTOs": [], "failureBulkEnKashCardCreateDTOs": [row]}
    body = {"code": 0, "message": row["name"], "payload": payload}
    found = differences(Call.BULK, raw(200, json.dumps(body)))
    kept = {word for one in found for word in f"{one.path} {one.detail}".casefold().replace(".", " ").split()}
    assert kept.isdisjoint(value.casefold() for value in row.values())
