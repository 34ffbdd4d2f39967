import { Box, List, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

import type { Schemas } from "../../shared/api";
import { useTexts } from "./texts";

type Diff = Schemas["VersionDiff"];

/** What is different, by step: what went is struck through, what came is underlined. */
export function DiffView({ diff }: { diff: Diff }) {
  const t = useTexts();
  const parts = [
    diff.settings,
    diff.added,
    diff.removed,
    diff.renamed,
    diff.changed,
    diff.knowledge,
  ];
  if (parts.every((part) => part.length === 0)) return <Text c="dimmed">{t("noChanges")}</Text>;
  return (
    <Stack gap="sm">
      {diff.settings.length > 0 && (
        <Part title={t("settings")}>
          <Changes changes={diff.settings} />
        </Part>
      )}
      {diff.renamed.map((one) => (
        <Part key={one.after} title={t("renamed", { before: one.before, after: one.after })} />
      ))}
      <Steps added={diff.added} removed={diff.removed} changed={diff.changed} />
      {diff.knowledge.map((known) => (
        <Part key={known.name} title={t("knowledge", { name: known.name })}>
          <Changes changes={known.settings} />
          <Steps added={known.added} removed={known.removed} changed={known.changed} />
        </Part>
      ))}
    </Stack>
  );
}

function Steps({ added, removed, changed }: Pick<Diff, "added" | "removed" | "changed">) {
  const t = useTexts();
  return (
    <>
      {changed.map((step) => (
        <Part key={`~${step.name}`} title={step.name} about={step.kind}>
          <Changes changes={step.changes} />
        </Part>
      ))}
      {added.map((step) => (
        <Part key={`+${step.name}`} title={`+ ${step.name}`} about={`${step.kind} · ${t("added")}`}>
          <Whole step={step} mark="added" />
        </Part>
      ))}
      {removed.map((step) => (
        <Part
          key={`-${step.name}`}
          title={`− ${step.name}`}
          about={`${step.kind} · ${t("removed")}`}
        >
          <Whole step={step} mark="removed" />
        </Part>
      ))}
    </>
  );
}

function Part({ title, about, children }: { title: string; about?: string; children?: ReactNode }) {
  return (
    <Box>
      <Title order={3} size="h6">
        {title}{" "}
        {about && (
          <Text span c="dimmed" size="sm" fw={400}>
            {about}
          </Text>
        )}
      </Title>
      {children}
    </Box>
  );
}

function Changes({ changes }: { changes: Schemas["ChangedValue"][] }) {
  return (
    <List size="sm" listStyleType="none" withPadding={false}>
      {changes.map((change) => (
        <List.Item key={change.place}>
          <Text span c="dimmed" size="sm">
            {change.place}:{" "}
          </Text>
          {change.words ? (
            change.words.map(([mark, text], place) => (
              <Marked key={place} mark={mark}>
                {text}
              </Marked>
            ))
          ) : (
            <>
              {change.before !== null && <Marked mark="removed">{change.before}</Marked>}{" "}
              {change.after !== null && <Marked mark="added">{change.after}</Marked>}
            </>
          )}
        </List.Item>
      ))}
    </List>
  );
}

function Whole({ step, mark }: { step: Schemas["WholeStep"]; mark: string }) {
  return (
    <List size="sm" listStyleType="none">
      {step.values.map(([place, value]) => (
        <List.Item key={place}>
          <Text span c="dimmed" size="sm">
            {place}:{" "}
          </Text>
          <Marked mark={mark}>{value}</Marked>
        </List.Item>
      ))}
    </List>
  );
}

function Marked({ mark, children }: { mark: string; children: ReactNode }) {
  if (mark === "added") return <ins className="diff-added">{children}</ins>;
  if (mark === "removed") return <del className="diff-removed">{children}</del>;
  return <>{children}</>;
}
