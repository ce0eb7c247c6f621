"""What the log tells the developer of a form that was sent again and again: the cause
that no visitor could mend, and the cure. Nothing that was sent is in it.
"""

from __future__ import annotations

UNTRUSTED = (
    "it came with arguments that this session was not shown, or without those that its"
    " 'load' takes. Is the session's cookie refused, or the marker in '_form' left out?"
)


def why_unproven(*, has_marker: bool, has_token: bool, has_session: bool) -> str:
    """Return why a request has no token that counts.

    :param has_marker: whether the field ``_form`` was posted.
    :param has_token: whether any token was.
    :param has_session: whether the session has what tokens are made of.
    """
    if not has_token and not has_marker:
        return (
            "it came without the form's hidden fields. Put {{ form.hidden_tag() }} into"
            " the form; a script sends the text of csrf_token() in the header"
            " X-CSRFToken."
        )
    if not has_token:
        return (
            "its page has no token, since it was made for a browser that sends"
            " Sec-Fetch-Site. Is there a cache that does not heed 'Vary'?"
        )
    if not has_session:
        return (
            "the session that has its token did not come back. Does the browser refuse"
            " the cookie (SESSION_COOKIE_SECURE asks for https; SESSION_COOKIE_DOMAIN),"
            " or is SECRET_KEY another one with each start? A view that streams its"
            " page has to call csrf.token() first, since the cookie is a header."
        )

    return "its token is of another form, or of a session that has begun anew since."
