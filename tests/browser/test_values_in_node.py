"""Values of claims in words, as a dossier's program puts them and as the pages do in English."""

from __future__ import annotations

import json
import subprocess
from typing import Any, Final

from api.dossier.reading import Words
from api.dossier.script import assemble
from api.dossier.tables import tables
from api.members import OUTCOMES, VOCABULARIES
from api.web.claims import FORMS
from ledger.core.vocabulary import VOCABULARIES as TERMS

SCRIPT: Final = """
import { readFileSync } from "node:fs";
const { cases, times, langs } = JSON.parse(readFileSync(0, "utf8"));
const context = { words: WORDS, called: (name) => `<${name.includes(":") ? "" : "party:"}${name}>` };
const values = cases.map(([name, value, event]) => memberValue(name, value, event, context));
console.log(JSON.stringify([...values, ...times.map(timeText), ...langs.map((one) => langText(one, WORDS))]));
"""
CASES: Final[list[tuple[str, Any]]] = [
    ("scope", {"quantifier": "some", "of": 5, "membersKnown": False}),
    ("scope", {"quantifier": "some", "count": 1200}),
    (
        "scope",
        {"quantifier": "none", "population": {"bound": "more-than", "unit": "factories", "value": "12000"}},
    ),
    ("quantity", {"bound": "at-most", "of": "overtime", "per": "month", "unit": "h", "value": "36.50"}),
    ("quantity", {"bound": "exact", "high": "8", "low": "-4", "unit": "min"}),
    *(
        ("quantity", {"unit": unit, "value": value})
        for unit in TERMS["units"]
        for value in ("1", "1234567.10")
    ),
    *(("quantity", {"bound": one, "unit": "d", "value": "2"}) for one in TERMS["bounds"]),
    *(("quantity", {"per": one, "unit": "d", "value": "2"}) for one in TERMS["periods"]),
    ("sample", {"n": "unknown"}),
    ("sample", {"group": "auditors", "n": 1200, "N": 5000, "share": "90.5", "women": 3}),
    ("sample", {"independentSources": "unknown", "women": "unknown", "share": "unknown"}),
    ("participants", [{"role": "lead", "party": "certifier"}, {"role": "lead"}, {"role": "strange"}]),
    ("addressees", ["one", "party:two", "factory:three"]),
    ("checked", ["unknown", "not-disclosed"]),
    ("withoutLiability", True),
    ("withoutLiability", False),
    ("numberOf", 123456),
    ("country", "CN"),
    ("jurisdiction", "strange"),
    ("constructor", "toString"),
    ("outcome", "constructor"),
    (
        "terms",
        {"due": "2020-02", "constructor": ["a", "b", "c"], "asOf": "2020-02-06T10:00:00Z", "numberOf": 7},
    ),
    *(("due", f"{year}{rest}") for year in ("2019", "0987") for rest in ("", "-06", "-06-01", "/2020-01-31")),
    *(("period", one) for one in ("../2020", "2020/..", "2019-12/2020-01")),
    *((member, code) for member, name in VOCABULARIES.items() for code in TERMS[name]),
    *(("form", code) for code in (*FORMS, "leaflet", "unknown")),
]
TIMES: Final = ["2019-06-01T10:20:30.000Z", "2019-06-01", "2019-06", "2019", "../2019"]
LANGS: Final = ["en", "zh", "zh-Hans", "de-CH", "qqq", "constructor"]


def test_every_value_is_worded_as_the_pages_word_it(node: str) -> None:
    cases = [(name, value, "AllegationMade") for name, value in CASES]
    cases += [("outcome", code, event) for event, name in OUTCOMES.items() for code in TERMS[name]]
    given = {"cases": cases, "times": TIMES, "langs": LANGS}
    done = subprocess.run(
        [node, "--no-warnings", "--input-type=module", "-e", assemble("values.js", WORDS=tables()) + SCRIPT],
        input=json.dumps(given, default=list),
        capture_output=True,
        text=True,
        check=True,
    )
    words = Words(lambda name: f"<{name}>")
    expected = [words.value(*case) for case in cases]
    expected += [*map(words.time, TIMES), *map(words.lang, LANGS)]
    assert json.loads(done.stdout) == expected
