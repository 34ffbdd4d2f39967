"""The API keeps to its own document, whatever is sent to it: Schemathesis, a few cases of each."""

import pytest
import schemathesis
from fixtures.console_house import ConsoleHouse
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from who_may_what import STREAMS

from crm.staff.models import Role
from voxdesk.app.http.application import PREFIX

pytestmark = pytest.mark.integration

CASES = 3
CHECKS = [
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.mark.timeout(120)
def test_no_request_breaks_an_endpoint_or_gets_what_its_document_does_not_say(
    console_house: ConsoleHouse,
) -> None:
    console_house.person("anna")
    wrong = []
    schema = schemathesis.openapi.from_dict(console_house.app.openapi())
    schema.app = console_house.app
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        if f"{operation.method.upper()} {operation.path.removeprefix(PREFIX)}" in STREAMS:
            continue
        # One for each: what is asked for by chance may be to revoke it.
        program = console_house.program(Role.ADMINISTRATOR, operation.label)

        @settings(
            max_examples=CASES,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def every(case: schemathesis.Case) -> None:
            answer = case.call(headers=dict(program.headers))  # noqa: B023  it runs here
            assert answer.status_code in {*range(500), 503}, answer.text  # 503: no engine runs here
            case.validate_response(answer, checks=CHECKS)

        try:
            every()
        except (AssertionError, schemathesis.errors.SchemathesisError, BaseExceptionGroup) as error:
            wrong.append(f"{operation.label}: {error}")
    assert not wrong, "\n".join(wrong)
