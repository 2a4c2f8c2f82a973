"""`evidence-verify`: built, installed beside nothing but PyNaCl, and run as its users run it."""

from __future__ import annotations

import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.merkle import Frontier, batch_inclusion_proofs, leaf_hash
from ledger.core.note import Signer
from ledger.core.receipt import Trust, format_proof, format_trust, unwitnessed_policy
from tests.support.builder import LOG_KEY, ORIGIN, Log, log_vkey


@pytest.fixture(scope="module")
def receipts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the receipts of a small log and its trust file."""
    log = Log.opened()
    log.register("clw")
    log.factory("foshan")
    log.say("AllegationMade", "clw", about=["factory:foshan"], claim={"issue": "osh/pre-job-training"})
    folder = tmp_path_factory.mktemp("receipts")
    leaves = [leaf_hash(entry) for entry in log.entries]
    root = Frontier().append(leaves).frontier.root()
    note = sign_checkpoint(Checkpoint(ORIGIN, len(leaves), root), Signer(ORIGIN, LOG_KEY.seed))
    for index, path in enumerate(batch_inclusion_proofs(Frontier(), leaves)):
        (folder / f"{index}.entry").write_bytes(log.entries[index])
        (folder / f"{index}.tlog-proof").write_text(format_proof(index, path, note))
    trust = Trust(ORIGIN, log.genesis_id, log_vkey(), unwitnessed_policy(log_vkey()))
    (folder / "trust.json").write_text(format_trust(trust))
    return folder


def run(home: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [home / "evidence-verify", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_wheel_holds_core_rules_and_verifier_and_nothing_else(wheel: Path) -> None:
    names = {Path(name).parts[:2] for name in zipfile.ZipFile(wheel).namelist()}
    held = {parts[1] for parts in names if parts[0] == "evidence_verify"}
    assert held == {"__init__.py", "LICENSE", "core", "domain", "verifier"}
    assert {parts[0] for parts in names} == {"evidence_verify", "evidence_verify-0.1.0.dist-info"}


def test_it_lives_beside_pynacl_alone(verifier_home: Path) -> None:
    listing = "import importlib.metadata as m; print(*sorted(d.name.lower() for d in m.distributions()))"
    python = str(verifier_home / "python")
    ran = subprocess.run([python, "-I", "-c", listing], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["cffi", "evidence-verify", "pycparser", "pynacl"]


def test_every_module_of_it_imports_there(verifier_home: Path) -> None:
    walk = (
        "import importlib, pkgutil, evidence_verify as top\n"
        "for found in pkgutil.walk_packages(top.__path__, 'evidence_verify.'):\n"
        "    importlib.import_module(found.name)\n"
        "    print(found.name)"
    )
    python = str(verifier_home / "python")
    ran = subprocess.run(
        [python, "-I", "-W", "error", "-c", walk], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "evidence_verify.domain.decide" in ran.stdout.split()


def test_receipts_are_verified_there(verifier_home: Path, receipts: Path) -> None:
    ran = run(verifier_home, receipts / "1.entry", receipts / "3.entry", "--trust", receipts / "trust.json")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stdout.count("verdict: logged, unwitnessed") == 2


def test_without_a_trust_file_the_exit_code_is_3(verifier_home: Path, receipts: Path) -> None:
    ran = run(verifier_home, receipts / "3.entry", "--json")
    assert ran.returncode == 3
    assert json.loads(ran.stdout)["verdict"] == "trust root: unverified"


def test_what_failed_is_exit_code_1(verifier_home: Path, receipts: Path, tmp_path: Path) -> None:
    (tmp_path / "3.entry").write_bytes((receipts / "2.entry").read_bytes())
    (tmp_path / "3.tlog-proof").write_bytes((receipts / "3.tlog-proof").read_bytes())
    ran = run(verifier_home, tmp_path / "3.entry", "--trust", receipts / "trust.json")
    assert ran.returncode == 1
    assert "inclusion    failed" in ran.stdout


def test_what_cannot_be_read_is_exit_code_2(verifier_home: Path, receipts: Path, tmp_path: Path) -> None:
    assert run(verifier_home, tmp_path / "nothing.entry").returncode == 2
    assert run(verifier_home, receipts / "3.entry", "--trust", tmp_path / "nothing.json").returncode == 2


def test_of_several_files_the_gravest_answer_counts(
    verifier_home: Path, receipts: Path, tmp_path: Path
) -> None:
    ran = run(verifier_home, receipts / "3.entry", tmp_path / "nothing.entry", "--json")
    assert ran.returncode == 2
    assert [one["exitCode"] for one in json.loads(ran.stdout)] == [3, 2]
