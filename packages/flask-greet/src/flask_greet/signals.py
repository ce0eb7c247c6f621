"""The signal sent when somebody was greeted."""

from blinker import Namespace

#: Sent by the app after a greeting was made for the visitor of a request; handlers get
#: ``greeting``, the :class:`~flask_greet.Greeting`.
greeted = Namespace().signal("greeted")
