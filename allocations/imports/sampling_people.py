"""Invented people for sample lists: common Indian given and family names, combined at random."""

from dataclasses import dataclass
from random import Random


def _each(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_GIVEN = _each(
    "Aarav Aditi Aisha Ajay Akash Alok Amit Amrita Anand Anil Anita Anjali Ankit Arjun Asha Bhavna Chetan Deepa"
    " Deepak Dev Divya Farhan Fatima Gaurav Geeta Gurpreet Harish Imran Ishaan Jaya Joseph Kabir Kavita Kiran"
    " Lakshmi Lata Mahesh Manish Manoj Maria Meena Mohan Nandini Naveen Neha Nikhil Nisha Pooja Prakash Priya"
    " Rahul Rajesh Rakesh Ramesh Rani Ravi Rekha Ritu Rohan Sachin Salim Sandeep Sangeeta Sanjay Sarita Shreya"
    " Simran Sneha Sunil Sunita Suresh Swati Tara Thomas Uma Varun Vidya Vijay Vikram Vinod Yash Zoya"
)
_FAMILY = _each(
    "Agarwal Ahmed Banerjee Bhat Bose Chatterjee Chauhan Chopra Das Deshmukh Dutta Fernandes Gandhi Ghosh Gill"
    " Goel Gupta Iyer Jain Jha Joshi Kapoor Kaur Khan Kulkarni Kumar Malhotra Mathew Mehta Menon Mishra Mukherjee"
    " Nair Naidu Pandey Patel Patil Pillai Prasad Rao Reddy Roy Saxena Sen Shah Sharma Shetty Shukla Singh Sinha"
    " Srinivasan Subramanian Thakur Tiwari Varghese Varma Verma Yadav"
)
# One writing each of scripts that payroll systems export.
_NATIVE = (
    ("आशा शर्मा", "राहुल वर्मा", "प्रिया सिंह", "सुनीता जोशी", "अमित यादव"),
    ("கவிதா ராமன்", "முருகன் செல்வம்", "லட்சுமி குமார்"),
    ("రవి రెడ్డి", "లక్ష్మి రావు", "సురేష్ నాయుడు"),
    ("ಕಿರಣ್ ಶೆಟ್ಟಿ", "ದೀಪಾ ಭಟ್"),
    ("অনিতা সেন", "সৌরভ ঘোষ"),
    ("ലക്ഷ്മി മേനോൻ", "തോമസ് വർഗീസ്"),
)
_WOMEN = _each(
    "Aditi Aisha Amrita Anita Anjali Asha Bhavna Deepa Divya Fatima Geeta Jaya Kavita Lakshmi Lata Maria Meena"
    " Nandini Neha Nisha Pooja Priya Rani Rekha Ritu Sangeeta Sarita Shreya Simran Sneha Sunita Swati Tara Uma"
    " Vidya Zoya"
)


@dataclass(frozen=True, slots=True)
class Person:
    """`mobile` is ten digits; the e-mail domains are those reserved for examples (RFC 2606)."""

    title: str
    name: str
    email: str
    mobile: str


def invent(random: Random, *, number: int, mobile: str) -> Person:
    """The `number`-th person of a list; the number keeps the e-mail address unique."""
    given, family = random.choice(_GIVEN), random.choice(_FAMILY)
    name = f"{given} {family}"
    if random.random() < 0.06:
        name = random.choice(random.choice(_NATIVE))
    elif random.random() < 0.08:
        name = f"{given} {random.choice('ABCDGKMNPRSTV')}. {family}"
    title = random.choice(("Ms", "Mrs", "Ms")) if given in _WOMEN else "Mr"
    domain = random.choice(("example.com", "example.com", "example.in"))
    email = f"{given}.{family}{number}@{domain}".lower() if random.random() < 0.9 else ""
    return Person(title if random.random() < 0.7 else "", name, email, mobile)


def unique_mobiles(random: Random, count: int) -> list[str]:
    """`count` different numbers that none of our checks finds odd. They may belong to somebody: never call them."""
    numbers: dict[str, None] = {}
    while len(numbers) < count:
        number = f"{random.choice('6789')}{random.randrange(10**9):09}"
        if not number.endswith("0000") and len(set(number)) > 2:
            numbers[number] = None
    return list(numbers)
