"""One table for all benches. A bench fails only when what it measures did not work; no figure is ever a pass mark."""

from collections.abc import Iterator

import pytest
from figures import Figures, machine_busy

_FIGURES = pytest.StashKey[Figures]()
_BUSY = pytest.StashKey[tuple[float, float]]()


def pytest_configure(config: pytest.Config) -> None:
    """Empty at the beginning of the run."""
    config.stash[_FIGURES] = Figures()
    config.stash[_BUSY] = machine_busy()


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Iterator[Figures]:
    """Where a bench puts what it measured."""
    found = request.config.stash[_FIGURES]
    before = len(found.rows)
    yield found
    for line in Figures(found.rows[before:]).lines()[2:]:
        print(f"\n  {line}", end="")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """The table."""
    found = config.stash[_FIGURES]
    if not found.rows:
        return
    busy, idle = (now - then for now, then in zip(machine_busy(), config.stash[_BUSY], strict=True))
    terminalreporter.section("figures")
    for line in found.lines():
        terminalreporter.write_line(line)
    terminalreporter.write_line(
        f"the machine was {busy / (busy + idle):.0%} busy meanwhile, with whatever else runs on it"
    )
