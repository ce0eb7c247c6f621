"""The signal sent when somebody was greeted."""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

#: Sent by the app after a greeting was made for the visitor of a request; handlers get
#: ``greeting``, the :class:`~flask_greet.Greeting`.
greeted = _signals.signal("greeted")
