"""A site on Flask-Security, with the models that it brings."""

from flask import Flask
from flask_security import (
    Security,
    SQLAlchemyUserDatastore,
    auth_required,
    current_user,
    roles_required,
)
from flask_security.models import fsqla_v3 as fsqla
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
fsqla.FsModels.set_db_info(db)


class Role(db.Model, fsqla.FsRoleMixin):
    pass


class User(db.Model, fsqla.FsUserMixin):
    pass


datastore = SQLAlchemyUserDatastore(db, User, Role)


@auth_required()
def index():
    return f"Hello, {current_user.username}!"


@roles_required("editor")
def edit():
    return "For editors."


def create_app(database: str = "sqlite:///site.sqlite3") -> Flask:
    app = Flask(__name__)
    app.config["SECRET_KEY"] = "change-me-to-32-random-bytes"
    app.config["SECURITY_PASSWORD_SALT"] = "146585145368132386173505678016728509634"
    app.config["SQLALCHEMY_DATABASE_URI"] = database
    db.init_app(app)
    Security(app, datastore)
    app.add_url_rule("/", view_func=index)
    app.add_url_rule("/edit", view_func=edit)
    with app.app_context():
        db.create_all()
    return app
