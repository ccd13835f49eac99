"""Numbers of telephones, identity cards and bank cards in the runs of digits of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from stdnum import luhn
from stdnum.cn import ric

from huiyin.model.personal import Confidence, PersonalKind
from huiyin.rules.privacy.cues import Around
from huiyin.rules.privacy.found import Found
from huiyin.rules.privacy.runs import Run, find_runs
from huiyin.rules.privacy.settings import PrivacySettings

# First two digits of an identity number: the provinces, by region of the country.
_REGIONS = {"1": "12345", "2": "123", "3": "1234567", "4": "123456", "5": "01234", "6": "12345", "7": "1", "8": "123"}
_PROVINCES = frozenset(region + province for region, provinces in _REGIONS.items() for province in provinces)
_ID18 = re.compile(r"(?=([1-8]\d{5}(?:19|20)\d\d[01]\d[0-3]\d{4}[\dX]))")
_ID15 = re.compile(r"(?=([1-8]\d{7}[01]\d[0-3]\d{4}))")
_MOBILE = re.compile(r"(?=((?:(?:00)?86)?0?1[3-9]\d{9}))")
_LANDLINE = re.compile(r"(?=((?:(?:00)?86)?0?(?:10|2\d|[3-9]\d\d)[2-9]\d{6,7}))")
_CARD = re.compile(r"(?=([1-9]\d{15,18}))")
_ISSUERS = re.compile(r"62\d{14,17}|9558\d{15}|95599\d{14}|6013\d{15}|436742\d{13}|4\d{15}|5[1-5]\d{14}|35\d{14}")
# How people group the eleven digits of a mobile number.
_MOBILE_GROUPS = {(11,), (3, 4, 4), (3, 8), (7, 4), (4, 4, 3), (3, 3, 5), (4, 7), (3, 4, 2, 2), (3, 2, 2, 2, 2)}
_RANGES = re.compile(r"\s*[\-‐‑‒–—―−~～]+\s*")


def find_numbers(text: str, settings: PrivacySettings, *, official: bool) -> Iterator[Found]:
    """Findings in each run of digits; the kinds may overlap, the caller chooses."""
    for run in find_runs(text):
        if len(run.digits) >= 15:
            yield from _find_identities(run)
        if len(run.digits) >= 16:
            yield from _find_cards(run)
        if len(run.digits) >= 10:
            yield from _find_mobiles(run, settings)
            yield from _find_landlines(run, settings, official=official)
        yield from _find_local(run, settings, official=official)


def _find_identities(run: Run) -> Iterator[Found]:
    """Resident identity numbers (GB 11643): province, date of birth, check character."""
    for match in _ID18.finditer(run.digits):
        number, start = match[1], match.start()
        if number[:2] not in _PROVINCES or not _is_date(number[6:10], number[10:12], number[12:14]):
            continue
        proven = ric.calc_check_digit(number) == number[-1]
        # Proven ones stand out of any digits around them, so two numbers written without a gap are both found.
        if proven:
            run.borders.update((start, start + 18))
        if proven or run.is_whole(start, start + 18):
            certainty = Confidence.CERTAIN if proven else Confidence.UNCERTAIN
            yield Found(PersonalKind.RESIDENT_ID, *run.span(start, start + 18), certainty)
    end = 0
    for match in _ID15.finditer(run.digits):
        number, start = match[1], match.start()
        if start < end or not run.is_whole(start, start + 15) or number[:2] not in _PROVINCES:
            continue
        around = Around(run.text, *run.span(start, start + 15))
        if _is_date("19" + number[6:8], number[8:10], number[10:12]) and not around.is_serial:
            end = start + 15
            certainty = Confidence.CERTAIN if around.tells_identity else Confidence.UNCERTAIN
            yield Found(PersonalKind.RESIDENT_ID, around.start, around.end, certainty)


def _is_date(year: str, month: str, day: str) -> bool:
    try:
        return bool(date(int(year), int(month), int(day)))
    except ValueError:
        return False


def _find_cards(run: Run) -> Iterator[Found]:
    """Bank cards: length, issuer (ISO/IEC 7812) and Luhn digit."""
    end = 0
    for match in _CARD.finditer(run.digits):
        start = match.start()
        if start < end or start not in run.borders:
            continue
        around = Around(run.text, *run.span(start, start + 1))
        for length in range(len(match[1]), 15, -1):
            certainty = _card_certainty(match[1][:length], around) if start + length in run.borders else None
            if certainty is not None:
                end = start + length
                yield Found(PersonalKind.BANK_CARD, *run.span(start, end), certainty)
                break


def _card_certainty(number: str, around: Around) -> Confidence | None:
    if _ISSUERS.fullmatch(number) and luhn.is_valid(number):
        sure = around.tells_card or (number.startswith(("62", "9558", "95599")) and not around.is_serial)
        return Confidence.CERTAIN if sure else Confidence.UNCERTAIN
    return Confidence.UNCERTAIN if around.tells_card else None


def _find_mobiles(run: Run, settings: PrivacySettings) -> Iterator[Found]:
    end = 0
    for match in _MOBILE.finditer(run.digits):
        start, stop = match.start(), match.start() + len(match[1])
        if start < end or settings.allows_number(match[1]):
            continue
        if run.is_whole(start, stop) or (stop - start == 11 and _is_pair(run, start)):
            end = stop
            around = Around(run.text, *run.span(start, stop))
            certainty = _mobile_certainty(run, start, stop, around)
            if certainty is not None:
                yield Found(PersonalKind.MOBILE, around.start, around.end, certainty)


def _is_pair(run: Run, start: int) -> bool:
    """Whether two mobile numbers stand together without a gap, of which one begins at ``start``."""
    for first in (start, start - 11):
        if first >= 0 and run.is_whole(first, first + 22):
            return bool(re.fullmatch(r"(?:1[3-9]\d{9}){2}", run.digits[first : first + 22]))
    return False


def _mobile_certainty(run: Run, start: int, stop: int, around: Around) -> Confidence | None:
    bare = stop - 11
    groups, gaps = tuple(run.groups(bare, stop)), run.gaps(bare, stop)
    usual = len(set(gaps)) <= 1 or groups in _MOBILE_GROUPS
    if run.is_weak(bare, stop):
        # A list of days and amounts (8/16，8/20，8/21) has gaps of many kinds.
        told = around.tells_phone and groups in _MOBILE_GROUPS and not around.is_quantity
        return Confidence.CERTAIN if told else Confidence.UNCERTAIN if usual else None
    is_range = groups in {(5, 6), (6, 5)} and _RANGES.fullmatch(gaps[0]) is not None
    if is_range and around.is_quantity:
        return None
    if run.honest(bare, stop) < 6 or around.is_quantity or not usual:
        return Confidence.UNCERTAIN
    doubtful = around.is_serial or around.touches_letters or is_range
    return Confidence.UNCERTAIN if doubtful and not around.tells_phone else Confidence.CERTAIN


def _find_landlines(run: Run, settings: PrivacySettings, *, official: bool) -> Iterator[Found]:
    """Numbers with an area code; an office's own is no personal data (第十九条), so a cue decides."""
    for match in _LANDLINE.finditer(run.digits):
        start = match.start()
        if start not in run.borders:
            continue
        for length in (len(match[1]), len(match[1]) - 1):
            number = match[1][:length]
            if start + length not in run.borders or not number.startswith(("0", "86")) or not _is_landline(number):
                continue
            if not settings.allows_number(number):
                around = Around(run.text, *run.span(start, start + length))
                certainty = _landline_certainty(around, official=official)
                if certainty is not None and not around.is_quantity and not around.is_serial:
                    yield Found(PersonalKind.LANDLINE, around.start, around.end, certainty)
            break


def _landline_certainty(around: Around, *, official: bool) -> Confidence | None:
    if official:
        return Confidence.UNCERTAIN if around.tells_citizen else None
    return Confidence.CERTAIN if around.tells_own_phone and not around.tells_office else Confidence.UNCERTAIN


def _is_landline(number: str) -> bool:
    import phonenumbers  # takes a tenth of a second, and most texts hold no such number

    try:
        parsed = phonenumbers.parse(
            "+" + number.removeprefix("00") if number.startswith(("86", "0086")) else number, "CN"
        )
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(parsed)


def _find_local(run: Run, settings: PrivacySettings, *, official: bool) -> Iterator[Found]:
    """Numbers without an area code: told by a cue alone, so never certain."""
    groups = run.groups(0, len(run.digits))
    if groups not in ([7], [8], [3, 4], [4, 4]) or run.digits[0] in "01" or "X" in run.digits:
        return
    if len(groups) == 2 and run.digits[-4:-2] in {"19", "20"}:
        return  # years: 2015-2020, JGJ 242-2011
    around = Around(run.text, *run.span(0, len(run.digits)))
    told = around.tells_call and (around.tells_citizen or not official)
    if told and not around.is_quantity and not settings.allows_number(run.digits):
        yield Found(PersonalKind.LANDLINE, around.start, around.end, Confidence.UNCERTAIN)
