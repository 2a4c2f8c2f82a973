"""Dossiers on paper in tests: a log that has a bit of everything, and what a machine needs to print it."""

from __future__ import annotations

import shutil
import subprocess

from api.dossier.pdf import demand_pdf
from ledger.core.refusal import LedgerError
from tests.support.builder import Log
from tests.support.bundles import case
from tests.support.requirements import missing

FONTS = ("Noto Serif", "Noto Sans", "Noto Serif CJK SC")
CHINESE = "每个工人只接受了四个小时的培训。"


def demand_paper() -> None:
    """Skip, or fail where nothing may be missing, on a machine that cannot print."""
    try:
        demand_pdf()
    except LedgerError as error:
        missing(f"{error.what}: {error.mend}")
    for font in FONTS:
        if font not in run("fc-match", "--format=%{family}", font):
            missing(f"the font {font} is not installed: `apt-get install fonts-noto-core fonts-noto-cjk`")


def run(tool: str, *arguments: str) -> str:
    """What a tool of the system prints; skips where it is not installed."""
    if shutil.which(tool) is None:
        missing(f"{tool} is not installed")
    done = subprocess.run([tool, *arguments], capture_output=True, text=True, timeout=120, check=False)
    return done.stdout


def paper_case() -> Log:
    """The small case, and after it names and texts in Chinese, words of others, and a withdrawal."""
    log = Log.opened()
    case(log)
    log.say(
        "FactoryAmended",
        "registrar",
        about=["factory:toys"],
        claim={},
        hidden={"names": [{"lang": "en", "text": "Toys & Co."}, {"lang": "zh", "text": "玩具厂"}]},
    )
    said = log.say(
        "AllegationMade",
        "ngo",
        about=["factory:toys"],
        claim={"issue": "osh/pre-job-training"},
        hidden={"text": {"lang": "zh", "text": CHINESE}},
    )
    letter = log.document("ngo", about=["factory:toys"])
    log.say(
        "AllegationMade",
        "ngo",
        about=["factory:toys"],
        claimants=["certifier"],
        attribution={"form": "paraphrase"},
        said="2019-12",
        claim={"issue": "osh/ppe"},
        refs=[("statedIn", letter, "p2")],
    )
    log.say("StatementWithdrawn", "ngo", refs=[("amends", said)], claim={})
    log.index()
    return log
