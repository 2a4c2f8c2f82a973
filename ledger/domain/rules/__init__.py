"""One module per kind: who may say it, by hand and by voice, in which state of the log, and about what.

Each `check(view, statement)` relies on the common rules of `ledger.domain.decide` having passed: subjects, references
and parties exist. Rules about content test the voice (`claimants`), rules about rights the hand (`issuers`). A rule
whose facts stand in the disclosures of a sealed statement cannot be checked and lets it pass: verifiers report it as
unchecked.
"""
