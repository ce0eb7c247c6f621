"""Pages that live inside the site's own layout.

Each package with pages carries this same file, so that each installs alone.
"""

from __future__ import annotations

from flask import current_app, render_template
from jinja2 import BaseLoader, Environment, nodes

_BRIDGE = """\
{{% extends "{base}" %}}
{{% block content %}}  {{# the block your layout fills #}}
{{% block page_content %}}{{% endblock %}}{{% endblock %}}"""


class Layout:
    """Renders an extension's pages inside the template that a configuration key names.

    :param key: the configuration key, for the error that names it.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self._sound: set[str] = set()

    def render(self, template: str, base: str, **context: object) -> str:
        """Render ``template``, which extends the layout it gets as ``base_template``.

        :raises RuntimeError: if ``base`` has no block ``page_content``: the page would
            come out blank.
        """
        if base not in self._sound:
            self._check(base)

        return render_template(template, base_template=base, **context)

    def _check(self, base: str) -> None:
        environment: Environment = current_app.jinja_env
        loader = environment.loader
        if loader is not None and not _has_block(environment, loader, base):
            raise RuntimeError(
                f"{self._key} is {base!r}, a template without a block named"
                " 'page_content', so the page would be blank. Add that block to it, or"
                f" save these three lines as a template and set {self._key} to its"
                f" name:\n\n{_BRIDGE.format(base=base)}"
            )
        self._sound.add(base)


def _has_block(environment: Environment, loader: BaseLoader, name: str) -> bool:
    """Look for the block in the template and in those it extends by a fixed name."""
    if "page_content" in environment.get_template(name).blocks:
        return True

    # A compiled template keeps no record of its parent, so its source is read.
    source, _, _ = loader.get_source(environment, name)
    parent = environment.parse(source).find(nodes.Extends)

    if parent is None:
        return False
    if isinstance(parent.template, nodes.Const):
        return _has_block(environment, loader, parent.template.value)
    return True  # chosen when the page is rendered: not to be known here
