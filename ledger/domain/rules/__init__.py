"""One module per kind: who may say it, by hand and by voice, in which state of the log, and about what.

Kinds without a module (documents, investigations, requests, commitments, links, criteria, the ledger
itself) are settled by their form and by the common rules: anybody, or the one issuer that the form
names, may say them at any time. Only a conductor's voice fills an investigation's checklist, but that is
derived and forbids nothing.

Each `check(view, statement)` relies on the common rules of `ledger.domain.decide` having passed:
subjects, references and parties exist. Rules about content test the voice (`claimants`), rules about
rights the hand (`issuers`). A rule whose facts stand in the disclosures of a sealed statement cannot be
checked and lets it pass: verifiers report it as unchecked.
"""
