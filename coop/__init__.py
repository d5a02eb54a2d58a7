"""Shared administration: the lowest layer of the product, and its settings."""

from coop.celery import app as celery_app

__all__ = ["celery_app"]
