"""What ``rules/privacy.yaml`` allows: numbers and mail domains of offices, which are nobody's personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huiyin.model.problem import HuiyinError, Problem

PATH = "rules/privacy.yaml"


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """The allow-list in force; empty by default, so that a record without the file is judged most strictly.

    Args:
        numbers: public telephone numbers as digits alone, with area code where they have one.
        domains: mail domains of offices in lower case; their subdomains are allowed too.
    """

    numbers: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> PrivacySettings:
        """The settings of a parsed ``rules/privacy.yaml`` that its schema has accepted.

        Raises:
            HuiyinError: HY701, an entry stands there twice, so that two sources could contradict each other.
        """
        problems = []
        found: dict[str, set[str]] = {"numbers": set(), "domains": set()}
        for field, name in (("numbers", "number"), ("domains", "domain")):
            for index, item in enumerate(data[field]):
                value = digits_of(item[name]) if name == "number" else item[name].lower()
                if value in found[field]:
                    problems.append(
                        Problem("HY701", "这一项已经列过。", PATH, f"/{field}/{index}/{name}", article="19")
                    )
                found[field].add(value)
        if problems:
            raise HuiyinError(*problems)
        return cls(frozenset(found["numbers"]), frozenset(found["domains"]))

    def allows_number(self, digits: str) -> bool:
        """Whether the number is listed, with or without the country's code or the area's."""
        national = digits.removeprefix("00").removeprefix("86") if digits.startswith(("86", "0086")) else digits
        if {digits, national, "0" + national} & self.numbers:
            return True
        # A local number stands for the listed one that ends in it behind an area code of three or four digits.
        return len(digits) in {7, 8} and any(n.startswith("0") and digits in {n[3:], n[4:]} for n in self.numbers)

    def allows_domain(self, domain: str) -> bool:
        """Whether the mail domain or one above it is listed."""
        labels = domain.lower().split(".")
        return any(".".join(labels[i:]) in self.domains for i in range(len(labels)))


def digits_of(text: str) -> str:
    """The digits of a written number."""
    return "".join(c for c in text if c.isdecimal())
