"""What every test may use; see the modules in tests/fixtures."""

pytest_plugins = [
    "fixtures.console_house",
    "fixtures.databases",
    "fixtures.system",
    "fixtures.served",
    "fixtures.sturdy",
]
