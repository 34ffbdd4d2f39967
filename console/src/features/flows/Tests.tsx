import {
  Alert,
  Badge,
  Group,
  NumberInput,
  SegmentedControl,
  Stack,
  Switch,
  Table,
  Text,
  Title,
} from "@mantine/core";
import { useState } from "react";
import { useSearchParams } from "react-router";

import type { Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { problemSaid, said } from "../../shared/worded";
import { useFlowName } from "./FlowPage";
import { Missed } from "./Missed";
import { Numbers } from "./Numbers";
import { RunDesk } from "./runs";
import { TestFile } from "./TestFile";
import { useTexts } from "./testTexts";
import { Train } from "./Train";
import { Walk } from "./Walk";

type Run = Schemas["TestRun"];
const USUAL_ERRORS = 25;

/** All that says beforehand how a draft will fare: its tests, random calls, its examples. */
export function Tests() {
  const t = useTexts();
  const [asked, setAsked] = useSearchParams();
  const part = asked.get("part") ?? "run";
  return (
    <Stack>
      <SegmentedControl
        value={part}
        onChange={(value) => setAsked({ part: value }, { replace: true })}
        style={{ alignSelf: "flex-start", flexWrap: "wrap" }}
        data={[
          { value: "run", label: t("tests") },
          { value: "file", label: t("testFile") },
          { value: "walk", label: t("walk") },
          { value: "train", label: t("train") },
        ]}
      />
      {part === "file" ? (
        <TestFile />
      ) : part === "walk" ? (
        <Walk />
      ) : part === "train" ? (
        <Train />
      ) : (
        <RunTests />
      )}
    </Stack>
  );
}

/** The tests beside a draft: which pass, how the others fail, and what they never reach. */
function RunTests() {
  const t = useTexts();
  const flow = useFlowName();
  const [withErrors, setWithErrors] = useState(false);
  const [errors, setErrors] = useState(USUAL_ERRORS);
  const [repeat, setRepeat] = useState(20);
  const [seed, setSeed] = useState(1);
  return (
    <RunDesk
      flow={flow}
      wanted={{ do: "tests", errors: withErrors ? errors : null, repeat, seed }}
      label={t("run")}
      empty={<EmptyState title={t("notRun")}>{t("notRunWhy")}</EmptyState>}
      options={
        <>
          <Switch
            label={t("withErrors")}
            checked={withErrors}
            onChange={(event) => setWithErrors(event.currentTarget.checked)}
          />
          {withErrors && (
            <>
              <NumberInput
                label={t("errorsIn100")}
                description={t("errorsHelp")}
                min={1}
                max={100}
                value={errors}
                onChange={(value) => setErrors(Number(value) || USUAL_ERRORS)}
              />
              <Numbers label={t("repeat")} value={repeat} most={1000} onChange={setRepeat} />
              <Numbers label={t("seed")} help={t("seedHelp")} value={seed} onChange={setSeed} />
            </>
          )}
        </>
      }
    >
      {(run) => run.tests && <Results run={run.tests} />}
    </RunDesk>
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
          {t("line", { line: problem.line })}: {problemSaid(problem).text}{" "}
          {problemSaid(problem).hint}
        </Alert>
      ))}
      {failed.map((test) => (
        <Failure key={test.name} test={test} />
      ))}
      <Missed coverage={coverage} />
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
      <Table.ScrollContainer minWidth={320}>
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
        {said(failure.did_worded) ?? failure.did}”
      </Text>
      {failure.differences.map((one, place) => (
        <Text key={place} size="sm">
          {t("expected")} <b>{said(one.expected_worded) ?? one.expected}</b>, {t("gotInstead")}{" "}
          <b>{said(one.got_worded) ?? one.got}</b>
        </Text>
      ))}
      <Text size="sm" c="dimmed">
        “{failure.heard}”
      </Text>
    </Alert>
  );
}
