"""Grammars of single values: base64, hexadecimal, names, points in time, dates and decimals.

`is_...` functions decide, decoders raise `Refusal`. Dates follow EDTF level 0 (ISO 8601-2) with years 0001 to
9999; the calendar is the proleptic Gregorian one. Times are UTC without leap seconds.
"""

import binascii
import re
from functools import lru_cache

from .refusal import Refusal

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,127}\Z")
_PERSON = re.compile(r"p-[0-9a-f]{16}\Z")
_HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+\Z"
)
_TOKEN = re.compile(r"[A-Za-z0-9.-][A-Za-z0-9._:/@+-]{0,127}\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?\Z")
_MINUTE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})\Z")
_MINUTE_LENGTH = len("YYYY-MM-DDThh:mm")
_SECONDS = re.compile(r":([0-5][0-9])(\.[0-9]{3})?Z\Z")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?\Z")
_ORIGIN = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(/[A-Za-z0-9._~-]+)*\Z")
_DAY_LENGTH = len("YYYY-MM-DD")
_LONGEST_DATE = 2 * _DAY_LENGTH + 1
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

# --- bytes as text ---------------------------------------------------------


def base64_encode(data: bytes) -> str:
    """Standard base64 with padding (RFC 4648 section 4)."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def base64_decode(text: str, where: str = "") -> bytes:
    """Bytes of canonical, padded base64; anything that does not encode back to `text` is refused."""
    try:
        data = binascii.a2b_base64(text)
    except (binascii.Error, ValueError) as error:
        raise Refusal("bad-base64", str(error), where) from error
    if base64_encode(data) != text:
        raise Refusal("bad-base64", "it does not encode back to the same text", where)
    return data


def base64url_encode(data: bytes) -> str:
    """URL-safe base64 without padding (RFC 4648 section 5, as RFC 9901 uses it)."""
    return binascii.b2a_base64(data, newline=False).rstrip(b"=").translate(_TO_URL).decode("ascii")


def base64url_decode(text: str, where: str = "") -> bytes:
    """Bytes of canonical, unpadded base64url; anything that does not encode back to `text` is refused."""
    try:
        standard = text.encode("ascii").translate(_FROM_URL) + b"===="[: -len(text) % 4]
        data = binascii.a2b_base64(standard)
    except (binascii.Error, ValueError) as error:
        raise Refusal("bad-base64url", str(error), where) from error
    # The alphabets map one to one, so comparing in the standard one is as good.
    if binascii.b2a_base64(data, newline=False) != standard:
        raise Refusal("bad-base64url", "it does not encode back to the same text", where)
    return data


_TO_URL = bytes.maketrans(b"+/", b"-_")
# The other alphabet's characters become one that no alphabet has, so that they cannot slip through.
_FROM_URL = bytes.maketrans(b"-_+/=", b"+/!!!")


def is_digest(text: str) -> bool:
    """Whether `text` is a SHA-256 in 64 lower-case hexadecimal digits."""
    return _DIGEST.match(text) is not None


# --- names -----------------------------------------------------------------


def is_slug(text: str) -> bool:
    """Whether `text` matches [a-z0-9][a-z0-9._-]{0,127}."""
    return _SLUG.match(text) is not None


def is_person_slug(text: str) -> bool:
    """Whether the slug is that of a natural person: `p-` and 16 hexadecimal digits."""
    return _PERSON.match(text) is not None


def is_host(text: str) -> bool:
    """Whether `text` is a lower-case domain name of at least two labels."""
    return _HOST.match(text) is not None


def is_token(text: str) -> bool:
    """Whether `text` may stand in the clear without a grammar or vocabulary of its own."""
    return _TOKEN.match(text) is not None


def is_origin(text: str) -> bool:
    """Whether `text` is a schema-less URL fit to name a log: no space, no plus, at most 255 characters."""
    return len(text) <= 255 and _ORIGIN.match(text) is not None


def split_name(name: str) -> tuple[str, str] | None:
    """The prefix and the rest of a name such as `factory:foshan`; None if it is no name of the ledger."""
    prefix, colon, rest = name.partition(":")
    if not colon:
        return None
    if prefix in ("party", "factory", "criterion"):
        return (prefix, rest) if is_slug(rest) else None
    if prefix in ("document", "statement"):
        return (prefix, rest) if is_digest(rest) else None
    return (prefix, rest) if name == "ledger:main" else None


# --- numbers ---------------------------------------------------------------


def is_decimal(text: str) -> bool:
    """Whether `text` is a measured value: -?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,9})?"""
    return _DECIMAL.match(text) is not None


# --- time ------------------------------------------------------------------


def is_leap_year(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    return 29 if month == 2 and is_leap_year(year) else _MONTH_DAYS[month - 1]


def _is_day(year: int, month: int, day: int) -> bool:
    return year >= 1 and 1 <= month <= 12 and 1 <= day <= days_in_month(year, month)


def _milliseconds(text: str) -> int | None:
    # Moments differ in their seconds, minutes come again: those are what is worth remembering.
    rest = _SECONDS.match(text, _MINUTE_LENGTH)
    minutes = None if rest is None else _minutes(text[:_MINUTE_LENGTH])
    if rest is None or minutes is None:
        return None
    return minutes * 60_000 + int(rest[1]) * 1_000 + (int(rest[2][1:]) if rest[2] else 0)


@lru_cache(maxsize=4096)
def _minutes(text: str) -> int | None:
    match = _MINUTE.match(text)
    if match is None:
        return None
    year, month, day, hour, minute = (int(part) for part in match.groups())
    if not _is_day(year, month, day) or hour > 23 or minute > 59:
        return None
    return _days_since_1970(year, month, day) * 1_440 + hour * 60 + minute


def _days_since_1970(year: int, month: int, day: int) -> int:
    # Years that begin in March put the leap day last; a day number is then a linear function of the month.
    year -= month < 3
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return year * 365 + year // 4 - year // 100 + year // 400 + of_year - 719_468


def is_issued_at(text: str) -> bool:
    """Whether `text` is an existing moment `YYYY-MM-DDThh:mm:ssZ`."""
    return len(text) == 20 and _milliseconds(text) is not None


@lru_cache(maxsize=1024)  # the entries of one batch have one time
def is_recorded_at(text: str) -> bool:
    """Whether `text` is an existing moment `YYYY-MM-DDThh:mm:ss.sssZ`."""
    return len(text) == 24 and _milliseconds(text) is not None


def milliseconds(text: str) -> int:
    """Milliseconds since 1970-01-01T00:00:00Z of either form of time; raises `Refusal`."""
    value = _milliseconds(text)
    if value is None:
        raise Refusal("bad-time", f"{text!r} is not a moment that exists")
    return value


def format_recorded_at(value: int) -> str:
    """The moment `value` milliseconds after 1970-01-01T00:00:00Z, in the form of `recordedAt`."""
    days, rest = divmod(value, 86_400_000)
    year, month, day = _civil(days)
    seconds, thousandths = divmod(rest, 1_000)
    hour, minute, second = seconds // 3_600, seconds // 60 % 60, seconds % 60
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{thousandths:03}Z"


def _civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of a day number; the inverse of `_days_since_1970`."""
    era, of_era = divmod(days + 719_468, 146_097)
    year_of_era = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + (3 if shifted < 10 else -9)
    return era * 400 + year_of_era + (month < 3), month, of_year - (153 * shifted + 2) // 5 + 1


# --- dates -----------------------------------------------------------------


def date_bounds(text: str) -> tuple[str | None, str | None] | None:
    """First and last day (`YYYY-MM-DD`) of a date or interval; None on an open side; None if it is no date.

    A date is `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, an interval two of them around a slash, one side possibly
    `..`, where the first side does not begin after the second one ends.
    """
    return _date_bounds(text) if len(text) <= _LONGEST_DATE else None


# Statements name the same dates again and again.
@lru_cache(maxsize=4096)
def _date_bounds(text: str) -> tuple[str | None, str | None] | None:
    left, slash, right = text.partition("/")
    if not slash:
        return _span(left)
    first, last = _side(left), _side(right)
    if first is None or last is None or left == right == "..":
        return None
    if first[0] is not None and last[1] is not None and first[0] > last[1]:
        return None
    return first[0], last[1]


def _side(text: str) -> tuple[str | None, str | None] | None:
    return (None, None) if text == ".." else _span(text)


def _span(text: str) -> tuple[str, str] | None:
    match = _DATE.match(text)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if not _is_day(year, month or 1, day or 1) or month == 0 or day == 0:
        return None
    last_month = month or 12
    last_day = day or days_in_month(year, last_month)
    return f"{year:04}-{month or 1:02}-{day or 1:02}", f"{year:04}-{last_month:02}-{last_day:02}"


def is_date(text: str) -> bool:
    """Whether `text` is a date or interval with days, months or years."""
    return date_bounds(text) is not None


def is_coarse_date(text: str) -> bool:
    """Whether `text` is a date or interval of months and years, as `occurred` and `period` in the clear."""
    return len(text) <= _LONGEST_DATE and _is_coarse_date(text)


@lru_cache(maxsize=4096)
def _is_coarse_date(text: str) -> bool:
    left, _, right = text.partition("/")
    return len(left) != _DAY_LENGTH and len(right) != _DAY_LENGTH and date_bounds(text) is not None
