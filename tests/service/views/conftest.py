"""A fleet in the state of a service."""

import pytest

from leeboard.service.service import Service
from watched_fleet import Fleet


@pytest.fixture
def fleet(service: Service) -> Fleet:
    return Fleet(service)
