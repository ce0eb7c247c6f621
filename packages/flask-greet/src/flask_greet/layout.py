"""Pages that live inside the site's own layout.

Each package with pages carries this same file, so that each installs alone.
"""

from __future__ import annotations

from flask import current_app, render_template
from jinja2 import Environment, TemplateNotFound, nodes

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

        :raises RuntimeError: if there is no ``base``, or if it has no block
            ``page_content``: the page would come out blank.
        """
        if base not in self._sound:
            self._check(base)
            self._sound.add(base)

        return render_template(template, base_template=base, **context)

    def _check(self, base: str) -> None:
        try:
            if _has_block(current_app.jinja_env, base):
                return
        except TemplateNotFound as error:
            raise RuntimeError(f"{self._key}: there is no template {error}.") from error

        raise RuntimeError(
            f"{self._key} is {base!r}, a template without a block named 'page_content',"
            " so the page would be blank. Add it, or save these lines as a template"
            f" and set {self._key} to its name:\n\n{_BRIDGE.format(base=base)}"
        )


def _has_block(environment: Environment, name: str) -> bool:
    """Look for the block in the template and in those it extends by a fixed name."""
    if "page_content" in environment.get_template(name).blocks:
        return True

    # A compiled template keeps no record of its parent, so its source is read.
    source = environment.loader.get_source(environment, name)[0]  # type: ignore[union-attr] # Flask's has a loader
    extends = environment.parse(source).find(nodes.Extends)

    if extends is not None and isinstance(extends.template, nodes.Const):
        return _has_block(environment, extends.template.value)
    # A parent that is chosen when the page is rendered is not to be known here.
    return extends is not None
