"""Dossiers: a bundle as one HTML page that prints it, checks itself and needs no network."""
