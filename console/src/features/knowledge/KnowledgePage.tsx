import {
  Alert,
  Anchor,
  Badge,
  Button,
  Group,
  List,
  Paper,
  Progress,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api, got, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { TabbedPage } from "../../shared/TabbedPage";
import { NewFile } from "./NewFile";
import { allKnowledge } from "./queries";
import { useTexts } from "./texts";

/** Wordings of a group that are shown. */
const SHOWN = 5;
const PERIODS = [7, 30, 90, 365];

/** What callers' questions are answered from, and what it lacks. */
export function KnowledgePage() {
  const t = useTexts();
  return (
    <TabbedPage
      title={t("knowledge")}
      actions={<NewFile />}
      tabs={[
        { value: "files", label: t("files"), content: <Files /> },
        { value: "ask", label: t("ask"), content: <Ask /> },
        { value: "unanswered", label: t("unanswered"), content: <Unanswered /> },
      ]}
    />
  );
}

function Files() {
  const t = useTexts();
  const { number, language } = useFormats();
  const query = useQuery(allKnowledge);
  return (
    <Loaded query={query}>
      {(files) =>
        files.length === 0 ? (
          <EmptyState title={t("none")}>{t("noneWhy")}</EmptyState>
        ) : (
          <Table.ScrollContainer minWidth={360}>
            <Table highlightOnHover>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("file")}</Table.Th>
                  <Table.Th>{t("languages")}</Table.Th>
                  <Table.Th ta="right">{t("questions")}</Table.Th>
                  <Table.Th ta="right" visibleFrom="sm">
                    {t("wordings")}
                  </Table.Th>
                  <Table.Th>{t("usedBy")}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {files.map((file) => (
                  <Table.Tr key={file.name}>
                    <Table.Td>
                      <Anchor component={Link} to={`/knowledge/${file.name}`} fw={600}>
                        {file.name}
                      </Anchor>{" "}
                      {file.problems > 0 && (
                        <Badge color="red" variant="light">
                          {t("problems", { count: file.problems })}
                        </Badge>
                      )}
                    </Table.Td>
                    <Table.Td>{file.languages.map(language).join(", ")}</Table.Td>
                    <Table.Td ta="right">{number(file.questions)}</Table.Td>
                    <Table.Td ta="right" visibleFrom="sm">
                      {number(file.wordings)}
                    </Table.Td>
                    <Table.Td>
                      {file.used_by.length === 0 ? (
                        <Text size="sm" c="dimmed">
                          {t("usedByNone")}
                        </Text>
                      ) : (
                        file.used_by.map((flow) => (
                          <Anchor key={flow} component={Link} to={`/flows/${flow}`} mr="xs">
                            {flow}
                          </Anchor>
                        ))
                      )}
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )
      }
    </Loaded>
  );
}

function Ask() {
  const t = useTexts();
  const { percent, languages: choices } = useFormats();
  const files = useQuery(allKnowledge).data ?? [];
  const languages = [...new Set(files.flatMap((file) => file.languages))];
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { question: "", language: "en", file: "" },
  });
  const ask = useMutation({
    mutationFn: ({ question, language, file }: Record<"question" | "language" | "file", string>) =>
      got(
        api.POST("/api/v1/knowledge-matches", {
          body: { question, language, knowledge: file ? [file] : [] },
        }),
      ),
  });
  return (
    <Stack maw={640}>
      <form onSubmit={form.onSubmit((values) => ask.mutate(values))}>
        <Group align="flex-end">
          <TextInput
            style={{ flex: 1, minWidth: 220 }}
            label={t("question")}
            required
            maxLength={500}
            key={form.key("question")}
            {...form.getInputProps("question")}
          />
          <Select
            label={t("language")}
            w={130}
            allowDeselect={false}
            data={choices(languages.length ? languages : ["en"])}
            key={form.key("language")}
            {...form.getInputProps("language")}
          />
          <Select
            label={t("file")}
            w={150}
            allowDeselect={false}
            data={[
              { value: "", label: t("allFiles") },
              ...files.filter((one) => !one.problems).map(({ name }) => name),
            ]}
            key={form.key("file")}
            {...form.getInputProps("file")}
          />
          <Button type="submit" loading={ask.isPending}>
            {t("find")}
          </Button>
        </Group>
      </form>
      {ask.error && (
        <Alert color="red" role="alert">
          {ask.error.message}
        </Alert>
      )}
      {ask.data?.length === 0 && <Text>{t("noMatch")}</Text>}
      {ask.data?.map((match, place) => (
        <div key={match.question}>
          {place === 0 && (
            <Paper withBorder p="sm" mb="sm">
              <Text size="xs" c="dimmed">
                {match.asks_first ? t("isAsked") : t("isHeard")}
              </Text>
              {match.asks_first && (
                <>
                  <Text>“{match.asks_first}”</Text>
                  <Text size="xs" c="dimmed" mt={4}>
                    {t("afterYes")}
                  </Text>
                </>
              )}
              <Text>“{match.answer}”</Text>
            </Paper>
          )}
          <Group justify="space-between">
            <Text>{match.question}</Text>
            <Text size="sm">{percent(match.confidence)}</Text>
          </Group>
          <Progress
            value={match.confidence * 100}
            aria-label={`${t("confidence")}: ${match.question}`}
          />
        </div>
      ))}
    </Stack>
  );
}

function Unanswered() {
  const t = useTexts();
  const { languages: choices } = useFormats();
  const [days, setDays] = useState(30);
  const [language, setLanguage] = useState<string | null>(null);
  const [flow, setFlow] = useState<string | null>(null);
  const asked = { days, language: language ?? "", flow: flow ?? "" };
  const query = useQuery({
    queryKey: ["unanswered", asked],
    queryFn: () => got(api.GET("/api/v1/unanswered", { params: { query: asked } })),
  });
  const files = useQuery(allKnowledge).data ?? [];
  return (
    <Stack>
      <Group align="flex-end">
        <Select
          label={t("period")}
          w={150}
          allowDeselect={false}
          value={String(days)}
          onChange={(value) => setDays(Number(value))}
          data={PERIODS.map((count) => ({ value: String(count), label: t("days", { count }) }))}
        />
        <Select
          label={t("language")}
          w={130}
          clearable
          value={language}
          onChange={setLanguage}
          data={choices([...new Set(files.flatMap((file) => file.languages))])}
        />
        <Select
          label={t("flow")}
          w={160}
          clearable
          value={flow}
          onChange={setFlow}
          data={[...new Set(files.flatMap((file) => file.used_by))]}
        />
      </Group>
      <Loaded query={query}>
        {(found) => (
          <>
            {found.groups.length === 0 ? (
              <EmptyState title={t("allAnswered")}>{t("allAnsweredWhy")}</EmptyState>
            ) : (
              <Groups groups={found.groups} />
            )}
            {found.answered_now > 0 && (
              <Text c="dimmed">{t("answeredNow", { count: found.answered_now })}</Text>
            )}
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function Groups({ groups }: { groups: Schemas["UnansweredGroup"][] }) {
  const t = useTexts();
  const { day } = useFormats();
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th ta="right">{t("times")}</Table.Th>
            <Table.Th>{t("asked")}</Table.Th>
            <Table.Th>{t("nearest")}</Table.Th>
            <Table.Th>{t("last")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {groups.map((group) => (
            <Table.Tr key={group.texts[0]}>
              <Table.Td ta="right">{group.count}</Table.Td>
              <Table.Td>
                <List size="sm" lang={group.language}>
                  {group.texts.slice(0, SHOWN).map((text) => (
                    <List.Item key={text}>{text}</List.Item>
                  ))}
                </List>
              </Table.Td>
              <Table.Td>{group.nearest}</Table.Td>
              <Table.Td>{day(group.last)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
