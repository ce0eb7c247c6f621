"""What happens to accounts, kept in a table: one receiver of one signal."""

from __future__ import annotations

import logging
from datetime import datetime, timezone

from flask import Flask
from flask_simpleauth import AuditRecord, audited
from sqlalchemy.exc import SQLAlchemyError

from .extensions import db
from .models import AuditEntry


def init_app(app: Flask) -> None:
    """Keep the records, and write them into the app's log as lines of JSON."""
    audited.connect(_keep, app)
    audited.connect(_log, app)
    # A logger of this app's own: that of Flask-SimpleAuth is the whole process's.
    _logger_of(app).setLevel(logging.INFO)


def _logger_of(app: Flask) -> logging.Logger:
    logger: logging.Logger = app.logger
    return logger.getChild("audit")


def _log(app: Flask, record: AuditRecord) -> None:
    _logger_of(app).info("%s", record)


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
    try:
        db.session.commit()
    except SQLAlchemyError:
        db.session.rollback()  # so that the session can be used for what comes
        raise
