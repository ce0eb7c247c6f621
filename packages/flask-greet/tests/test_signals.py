from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from flask_greet import Greet, Greeting, greeted


def test_greeted_is_sent_by_the_app(
    app: Flask, greet: Greet, client: FlaskClient
) -> None:
    """Who was greeted is told with the app as sender; other greetings are not."""
    heard: list[tuple[object, Greeting]] = []

    def listen(sender: object, greeting: Greeting) -> None:
        heard.append((sender, greeting))

    with greeted.connected_to(listen, app), app.app_context():
        client.get("/")
        client.get("/user/Eve")
        greet.greet("Eve")

    assert heard == [(app, Greeting())]
