"""Language models: asked for claims and for reviews, never for a verdict.

Off unless a command is given ``--model NAME``. What a model answers is text that somebody else
wrote: its claims go through the checkers of :mod:`racewright.audit`, and those alone decide. What
is sent, and why nothing that is answered can turn a verdict, is told in
``docs/explanation/why-a-model-never-decides.md``.
"""

from __future__ import annotations

from racewright.language_model.client import Client, Limits, Message, ModelFailure, why_no_client
from racewright.language_model.endpoint import Endpoint, endpoint_for
from racewright.language_model.extracting import requests_for, with_claims
from racewright.language_model.reviewing import review_requests, with_review

__all__ = [
    "Client",
    "Endpoint",
    "Limits",
    "Message",
    "ModelFailure",
    "endpoint_for",
    "requests_for",
    "review_requests",
    "why_no_client",
    "with_claims",
    "with_review",
]
