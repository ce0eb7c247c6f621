from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]


def test_table(pytester: pytest.Pytester) -> None:
    """The table shows which store keeps which promise, or breaks it, or gives none."""
    pytester.makepyfile(
        """
        import pytest
        from flask_simpleauth.stores.memory import MemoryCounters, MemoryStore
        from flask_simpleauth.testing.stores import StoreTests

        class TestRight(StoreTests):
            is_shared = False

            @pytest.fixture
            def open_store(self):
                store = MemoryStore()
                return lambda: store

        class TestWrong(TestRight):
            @pytest.fixture
            def open_store(self):
                class Counters(MemoryCounters):
                    def refund(self, keys):
                        raise ZeroDivisionError

                store = MemoryStore()
                store.counters = Counters()
                return lambda: store

        class TestUnfinished(StoreTests):
            def test_more(self):
                pass

        def test_of_something_else():
            pass
        """
    )
    ran = pytester.runpytest_inprocess(
        "-p",
        "flask_simpleauth.testing.promises",
        "-p",
        "no:cacheprovider",
        "-k",
        "refund or processes or more or else",
    )
    ran.stdout.fnmatch_lines(
        [
            "*Stores and their promises*",
            "A  Right",
            "B  Wrong",
            "C  Unfinished",
            "yes  NO   NO   A refund takes one hit back, and never below zero.",
            "-    -    NO   For four processes too: *",
            "          yes  test_more",
        ]
    )
    assert "needs a fixture 'open_store'" in ran.stdout.str()
