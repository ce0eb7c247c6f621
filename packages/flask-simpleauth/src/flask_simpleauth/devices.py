"""What a person would call the device a request came from."""

from __future__ import annotations

# The first that is in the header: most browsers also claim to be older ones.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "Chrome/": "Chrome",
    "CriOS/": "Chrome",
    "Safari/": "Safari",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def device_name(user_agent: str) -> str:
    """Return a name such as "Firefox · Linux", for the owner to recognise a session.

    It is the same in each language, and empty if nothing is known. A guess from a
    header that anybody can write: never for deciding anything.
    """
    names = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    return " · ".join(filter(None, names))


def _first(names: dict[str, str], user_agent: str) -> str | None:
    return next((name for mark, name in names.items() if mark in user_agent), None)
