import {
  Alert,
  Badge,
  Button,
  Group,
  List,
  NumberInput,
  Stack,
  Switch,
  Table,
  Text,
  Title,
} from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";

import { api, got, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { useFlowName } from "./FlowPage";
import { useTexts } from "./texts";

type Run = Schemas["TestRun"];
const USUAL_ERRORS = 25;

/** The tests beside a draft: which pass, how the others fail, and what they never reach. */
export function Tests() {
  const t = useTexts();
  const flow = useFlowName();
  const [withErrors, setWithErrors] = useState(false);
  const [errors, setErrors] = useState(USUAL_ERRORS);
  const run = useMutation({
    mutationFn: () =>
      got(
        api.POST("/api/v1/flows/{flow}/tests", {
          params: { path: { flow }, query: withErrors ? { errors } : {} },
        }),
      ),
  });
  return (
    <Stack>
      <Group align="flex-end">
        <Button onClick={() => run.mutate()} loading={run.isPending}>
          {t("run")}
        </Button>
        <Switch
          label={t("withErrors")}
          checked={withErrors}
          onChange={(event) => setWithErrors(event.currentTarget.checked)}
        />
        {withErrors && (
          <NumberInput
            label={t("errorsHelp")}
            min={1}
            max={100}
            value={errors}
            onChange={(value) => setErrors(Number(value) || USUAL_ERRORS)}
          />
        )}
      </Group>
      {run.error && (
        <Alert color="red" role="alert" style={{ whiteSpace: "pre-wrap" }}>
          {run.error.message}
        </Alert>
      )}
      {run.data ? (
        <Results run={run.data} />
      ) : (
        !run.error && <EmptyState title={t("notRun")}>{t("notRunWhy")}</EmptyState>
      )}
    </Stack>
  );
}

function Results({ run }: { run: Run }) {
  const t = useTexts();
  const { number, percent } = useFormats();
  const failed = run.tests.filter((test) => !test.passed);
  const { coverage } = run;
  const counts = {
    steps: coverage.steps - coverage.missed_steps.length,
    allSteps: coverage.steps,
    branches: coverage.branches - coverage.missed_branches.length,
    allBranches: coverage.branches,
  };
  const reachesAll = counts.steps === counts.allSteps && counts.branches === counts.allBranches;
  return (
    <Stack>
      <Group role="status">
        <Badge size="lg" color={failed.length ? "red" : "teal"}>
          {t("passed", { passed: run.tests.length - failed.length, all: run.tests.length })}
        </Badge>
        <Text size="sm" c="dimmed">
          {t("took", { seconds: number(run.took_s) })}
        </Text>
        <Text size="sm">{reachesAll ? t("allReached") : t("coverage", counts)}</Text>
      </Group>
      {run.problems.map((problem) => (
        <Alert key={problem.line} color="red">
          {t("line", { line: problem.line })}: {problem.text} {problem.hint}
        </Alert>
      ))}
      {failed.map((test) => (
        <Failure key={test.name} test={test} />
      ))}
      {coverage.missed_steps.length > 0 && (
        <div>
          <Title order={2} size="h5">
            {t("missedSteps")}
          </Title>
          <Text>{coverage.missed_steps.join(", ")}</Text>
        </div>
      )}
      {coverage.missed_branches.length > 0 && (
        <div>
          <Title order={2} size="h5">
            {t("missedBranches")}
          </Title>
          <List size="sm">
            {coverage.missed_branches.map((way) => (
              <List.Item key={`${way.step} ${way.key} ${way.to}`}>
                {way.step} → {way.to} ({way.key}, {t("line", { line: way.line })})
              </List.Item>
            ))}
          </List>
        </div>
      )}
      {run.errors && (
        <div>
          <Title order={2} size="h5">
            {t("robustness", { failed: run.errors.failed, runs: run.errors.runs })}
          </Title>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("step")}</Table.Th>
                <Table.Th ta="right">{t("broken")}</Table.Th>
                <Table.Th ta="right">{t("heardRuns")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {run.errors.steps.map((step) => (
                <Table.Tr key={step.step}>
                  <Table.Td>{step.step}</Table.Td>
                  <Table.Td ta="right">
                    {percent(step.heard ? step.broken / step.heard : 0)}
                  </Table.Td>
                  <Table.Td ta="right">{number(step.heard)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      <Table.ScrollContainer minWidth={360}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("test")}</Table.Th>
              <Table.Th>{t("result")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {run.tests.map((test) => (
              <Table.Tr key={test.name}>
                <Table.Td>{test.name}</Table.Td>
                <Table.Td>
                  <Badge variant="light" color={test.passed ? "teal" : "red"}>
                    {test.passed ? t("pass") : t("fail")}
                  </Badge>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}

function Failure({ test }: { test: Schemas["TestResult"] }) {
  const t = useTexts();
  const { failure } = test;
  if (!failure) return null;
  return (
    <Alert color="red" title={test.name}>
      <Text size="sm">
        {t("line", { line: failure.line })} · {t("step")} {failure.step} · {t("after")} “
        {failure.did}”
      </Text>
      {failure.differences.map((one, place) => (
        <Text key={place} size="sm">
          {t("expected")} <b>{one.expected}</b>, {t("gotInstead")} <b>{one.got}</b>
        </Text>
      ))}
      <Text size="sm" c="dimmed">
        “{failure.heard}”
      </Text>
    </Alert>
  );
}
