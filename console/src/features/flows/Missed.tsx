import { Anchor, List, Title } from "@mantine/core";
import { Link } from "react-router";

import type { Schemas } from "../../shared/api";
import { useFlowName } from "./FlowPage";
import { useTexts } from "./testTexts";

/** What nobody reached: steps and branches, each a link to its place. */
export function Missed({ coverage }: { coverage: Schemas["TestCoverage"] }) {
  const t = useTexts();
  const flow = useFlowName();
  const to = (step: string) => `/flows/${flow}/edit?step=${encodeURIComponent(step)}`;
  return (
    <>
      {coverage.missed_steps.length > 0 && (
        <div>
          <Title order={2} size="h5">
            {t("missedSteps")}
          </Title>
          <List size="sm">
            {coverage.missed_steps.map((step) => (
              <List.Item key={step}>
                <Anchor component={Link} to={to(step)}>
                  {step}
                </Anchor>
              </List.Item>
            ))}
          </List>
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
                <Anchor component={Link} to={to(way.step)}>
                  {way.step}
                </Anchor>{" "}
                → {way.to} ({way.key}, {t("line", { line: way.line })})
              </List.Item>
            ))}
          </List>
        </div>
      )}
    </>
  );
}
