"""What tests of a flow and comparisons of two versions answer, with every field named."""

from pydantic import BaseModel, Field

from voxdesk.app.http.worded import WordedOut


class TestProblem(BaseModel):
    """A mistake in the file of tests."""

    line: int
    text: str
    hint: str
    worded: WordedOut
    hint_worded: WordedOut


class Difference(BaseModel):
    """What should have been, and what was."""

    expected: str
    got: str
    expected_worded: WordedOut
    got_worded: WordedOut


class TestFailure(BaseModel):
    """Where a test went wrong."""

    line: int
    did: str = Field(description="What the caller did last.")
    did_worded: WordedOut
    differences: list[Difference]
    heard: str = Field(description="What the caller heard then.")
    step: str


class TestResult(BaseModel):
    """One test."""

    name: str
    line: int
    passed: bool
    failure: TestFailure | None = None


class MissedBranch(BaseModel):
    """A branch that no test took."""

    step: str
    key: str
    to: str
    line: int


class TestCoverage(BaseModel):
    """What the tests reach."""

    steps: int
    branches: int
    missed_steps: list[str]
    missed_branches: list[MissedBranch]


class StepErrors(BaseModel):
    """How a step stands recognition errors."""

    step: str
    heard: int = Field(description="Runs in which something was said here with errors.")
    broken: int


class ErrorRuns(BaseModel):
    """All tests again, with recognition errors."""

    runs: int
    failed: int
    steps: list[StepErrors]


class TestRun(BaseModel):
    """All tests of a flow."""

    flow: str
    version: str
    file: str
    problems: list[TestProblem]
    tests: list[TestResult]
    took_s: float
    coverage: TestCoverage
    errors: ErrorRuns | None = None


class ChangedValue(BaseModel):
    """One value that is different."""

    place: str = Field(description='Its keys, "say.en"; entries of a list by number, from 1.')
    before: str | None = Field(description="None: it wasn't there.")
    after: str | None = Field(description="None: it isn't there any more.")
    words: list[tuple[str, str]] | None = Field(
        None, description='[mark, text] of what was written: mark is "same", "removed", "added".'
    )


class WholeStep(BaseModel):
    """A step, or a question, that only one side has."""

    name: str
    kind: str
    values: list[tuple[str, str]]


class ChangedStep(BaseModel):
    """A step, or a question, that both have."""

    name: str
    kind: str
    changes: list[ChangedValue]


class RenamedStep(BaseModel):
    """A step that has another name."""

    before: str
    after: str
    followed: list[str] = Field(description="Places that name it by the new name now.")


class ChangedKnowledge(BaseModel):
    """A file of questions that the flow answers from."""

    name: str
    settings: list[ChangedValue]
    added: list[WholeStep]
    removed: list[WholeStep]
    changed: list[ChangedStep]


class VersionDiff(BaseModel):
    """Everything that is different between two versions."""

    settings: list[ChangedValue]
    added: list[WholeStep]
    removed: list[WholeStep]
    renamed: list[RenamedStep]
    changed: list[ChangedStep]
    knowledge: list[ChangedKnowledge]
