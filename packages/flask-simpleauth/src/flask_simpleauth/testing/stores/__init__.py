"""What every store promises, as tests that the author of a store inherits.

.. code-block:: python

    # test_my_store.py
    import pytest
    from flask_simpleauth.testing.stores import StoreTests

    class TestMyStore(StoreTests):
        @pytest.fixture
        def open_store(self, tmp_path):
            return lambda: MyStore(tmp_path / "accounts")

Each test is one promise, and its first sentence says which. Needs pytest.
"""

import pytest

# So that a promise that is not kept says which values were compared.
pytest.register_assert_rewrite(
    *(f"{__name__}.{name}" for name in ("counters", "shared", "tokens", "users"))
)

from .counters import CounterTests  # noqa: E402 # after what must come first
from .shared import StoreTests  # noqa: E402 # likewise
from .tokens import TokenTests  # noqa: E402 # likewise
from .users import UserTests  # noqa: E402 # likewise

__all__ = ["CounterTests", "StoreTests", "TokenTests", "UserTests"]
