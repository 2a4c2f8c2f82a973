"""The routes of the pages, one module for each noun; all are below `/{language}`."""

from __future__ import annotations

from fastapi import APIRouter

from api.web.routes import (
    criteria,
    entrance,
    factories,
    home,
    investigations,
    open_items,
    parties,
    search,
    statements,
    static,
    submit,
    verify,
)

# Where pages stand; `/factories` without a language leads to `/en/factories` or another one.
ROUTERS: tuple[APIRouter, ...] = (
    static.router,
    verify.own,
    home.router,
    factories.router,
    open_items.router,
    criteria.router,
    investigations.router,
    parties.router,
    search.router,
    statements.router,
    verify.router,
    submit.router,
    # Last: it sends on what came without a language.
    entrance.router,
)
