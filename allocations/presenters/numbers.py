"""Numbers as they are read in India: 12,34,567, the full value always, "–" for no value."""

from decimal import Decimal

from allocations.domain import numerals

NO_VALUE = "–"
MINUS = "−"  # the real minus sign: as wide as a digit, and not broken off at a line's end

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SCALES = ((10_000_000, "crore"), (100_000, "lakh"), (1_000, "thousand"), (100, "hundred"))


def grouped(value: int | Decimal | None) -> str:
    """1234567 -> 12,34,567. Two decimals only where there are any."""
    if value is None:
        return NO_VALUE
    whole, paise = divmod(int(_size(value) * 100), 100)
    decimals = f".{paise:02}" if paise else ""
    return f"{MINUS if value < 0 else ''}{numerals.grouped(whole)}{decimals}"


def _size(value: int | Decimal) -> Decimal:
    return abs(Decimal(value))


def signed(value: int | Decimal) -> str:
    """A change: +2,51,000 or −4,000."""
    return f"+{grouped(value)}" if value > 0 else grouped(value)


def counted(number: int, noun: str, plural: str = "") -> str:
    """1 row, 4,973 rows."""
    return f"{grouped(number)} {noun if number == 1 else plural or f'{noun}s'}"


def points(value: int | Decimal | None) -> str:
    if value is None:
        return NO_VALUE
    return f"{grouped(value)} {'point' if value == 1 else 'points'}"


def in_words(number: int) -> str:
    """1234567 -> twelve lakh thirty-four thousand five hundred and sixty-seven. `number` is not negative."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    size, name = next(scale for scale in _SCALES if number >= scale[0])
    front, rest = divmod(number, size)
    joint = " and " if rest < 100 else " "
    return f"{in_words(front)} {name}" + (f"{joint}{in_words(rest)}" if rest else "")


def points_in_words(number: int) -> str:
    return f"{in_words(number)} {'point' if number == 1 else 'points'}"


def file_size(size: int) -> str:
    """Bytes as people read them: 820 bytes, 12.4 KB, 3.1 MB."""
    if size < 1024:
        return counted(size, "byte")
    for unit in ("KB", "MB"):
        size_in_tenths = size * 10 // 1024
        size //= 1024
        if size < 1024 or unit == "MB":
            break
    tenths = f".{size_in_tenths % 10}" if size_in_tenths % 10 else ""
    return f"{grouped(size_in_tenths // 10)}{tenths} {unit}"
