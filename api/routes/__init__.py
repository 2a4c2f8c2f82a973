"""The documented routes, one module for each noun. `ROUTERS` are below `/v1`, `UNVERSIONED` are not."""

from __future__ import annotations

from fastapi import APIRouter

from api.routes import (
    anchors,
    bundles,
    checkpoint,
    criteria,
    documents,
    factories,
    health,
    investigations,
    ledger,
    metrics,
    open_items,
    parties,
    proofs,
    schemas,
    search,
    statements,
    tiles,
)

ROUTERS: tuple[APIRouter, ...] = (
    statements.router,
    bundles.router,
    proofs.router,
    factories.router,
    parties.router,
    open_items.router,
    criteria.router,
    investigations.router,
    search.router,
    documents.router,
    schemas.router,
    checkpoint.router,
    anchors.router,
    ledger.router,
)
UNVERSIONED: tuple[APIRouter, ...] = (tiles.router, health.router, metrics.router)
