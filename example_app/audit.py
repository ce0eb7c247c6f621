"""What happens to accounts, kept in a table: one receiver of one signal."""

from __future__ import annotations

import logging
from datetime import datetime, timezone

from flask import Flask
from flask.logging import default_handler
from flask_simpleauth import AuditRecord, audited

from .extensions import db
from .models import AuditEntry


def init_app(app: Flask) -> None:
    """Keep the records, and write them into the log as lines of JSON."""
    audited.connect(_keep, app)
    logger = logging.getLogger("flask_simpleauth.audit")
    logger.addHandler(default_handler)
    logger.setLevel(logging.INFO)


def _keep(app: Flask, record: AuditRecord) -> None:
    db.session.add(
        AuditEntry(
            at=datetime.fromtimestamp(record.at, timezone.utc),
            what=record.what,
            outcome=record.outcome,
            account=record.account,
            actor=record.actor,
            address=record.address,
            detail=record.detail[:200],
        )
    )
    db.session.commit()
