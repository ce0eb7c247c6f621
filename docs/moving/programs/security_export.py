"""Writes the users of the app: ``python security_export.py > users.json``."""

import json

from security_before import User, create_app, db

with create_app().app_context():
    users = [
        {
            "email": user.email,
            "username": user.username,
            "password": user.password,
            "active": user.active,
            "confirmed_at": user.confirmed_at and user.confirmed_at.isoformat(),
            "roles": [role.name for role in user.roles],
        }
        for user in db.session.scalars(db.select(User))
    ]

print(json.dumps(users, indent=2))
