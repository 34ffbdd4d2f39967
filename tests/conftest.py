"""What every test may use; see the modules in tests/fixtures."""

pytest_plugins = [
    "fixtures.databases",
    "fixtures.system",
    "fixtures.served",
    "fixtures.sturdy",
    "fixtures.browser",
    "fixtures.console_house",
    "fixtures.s3_server",
]
