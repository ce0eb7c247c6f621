"""The names of time zones, as a visitor's browser or a configuration gives them."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

# Read from the disk when the first zone is asked for. Some systems list "localtime",
# which is the zone of the server.
_names = cache(lambda: available_timezones() - {"localtime"})


def find_zone(name: object) -> ZoneInfo | None:
    """Return the zone of an IANA name such as ``Europe/Prague``, if there is one.

    The name may come from a stranger. ``ZoneInfo`` takes a name for a path, so only
    one that is on the list of names reaches it.
    """
    return ZoneInfo(str(name)) if str(name) in _names() else None
