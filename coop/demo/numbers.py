"""Invented numbers with right check digits. They belong to nobody: prefixes that are not given out, serials at the end."""

from datetime import date

from stdnum.de import vat as german
from stdnum.fr import tva as french
from stdnum.nl import btw as dutch

BANK = "097"
"""A bank code that no Belgian bank has."""


def enterprise_number(serial: int) -> str:
    """Return an enterprise number in the range 0777 70x xxx; the last two digits are 97 less the rest modulo 97."""
    base = 7_777_000 + serial
    return f"{base:08d}{97 - base % 97:02d}"


def iban(serial: int) -> str:
    """Return a Belgian IBAN at a bank that does not exist; the account's last two digits are the rest modulo 97."""
    account = f"{BANK}{serial:07d}"
    bban = f"{account}{int(account) % 97 or 97:02d}"
    return f"BE{98 - int(f'{bban}111400') % 97:02d}{bban}"


def niss(born_on: date, serial: int) -> str:
    """Return a national number of a day of birth, with a serial at the end of the day's range."""
    base = f"{born_on:%y%m%d}{serial:03d}"
    number = int(f"2{base}") if born_on.year >= 2000 else int(base)
    return f"{base}{97 - number % 97:02d}"


def foreign_vat(country: str, serial: int) -> str:
    """Return a VAT number of France, Germany or the Netherlands that passes the check of its country."""
    check = {"FR": _is_french, "DE": german.is_valid, "NL": dutch.is_valid}[country]
    for candidate in _candidates(country, serial):
        if check(candidate):
            return f"{country}{candidate}"
    raise ValueError(f"no VAT number of {country} near {serial}")


def _is_french(number: str) -> bool:
    return bool(french.is_valid(f"FR{number}"))


def _candidates(country: str, serial: int) -> list[str]:
    """Return numbers near the end of a country's range, of which some have right check digits."""
    numbers = range(999_000_000 + serial * 1000, 999_000_000 + (serial + 1) * 1000)
    if country == "NL":
        return [f"{number}B01" for number in numbers]
    if country == "FR":
        return [f"{(12 + 3 * (number % 97)) % 97:02d}{number}" for number in numbers]
    return [str(number) for number in numbers]
