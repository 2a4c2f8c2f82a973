"""The rules: who may say what, in which state. Pure; the server and every auditor run the same code.

`decide` judges one statement from its entry bytes and earlier entries alone, `evolve` folds a decided
entry into its stream's aggregate, `needs` names beforehand everything `decide` may look at.
"""
