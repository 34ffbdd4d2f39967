import {
  Alert,
  Anchor,
  Badge,
  Button,
  Group,
  List,
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
      tabs={[
        { value: "files", label: t("files"), content: <Files /> },
        { value: "ask", label: t("ask"), content: <Ask /> },
        { value: "unanswered", label: t("unanswered"), content: <Unanswered /> },
      ]}
    />
  );
}

const allKnowledge = {
  queryKey: ["knowledge"],
  queryFn: () => got(api.GET("/api/v1/knowledge")),
};

function Files() {
  const t = useTexts();
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
                    <Table.Td>{file.languages.join(", ")}</Table.Td>
                    <Table.Td ta="right">{file.questions}</Table.Td>
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
  const { percent } = useFormats();
  const files = useQuery(allKnowledge).data ?? [];
  const languages = [...new Set(files.flatMap((file) => file.languages))];
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { question: "", language: "en" },
  });
  const ask = useMutation({
    mutationFn: (body: { question: string; language: string }) =>
      got(api.POST("/api/v1/knowledge-matches", { body })),
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
            w={100}
            allowDeselect={false}
            data={languages.length ? languages : ["en"]}
            key={form.key("language")}
            {...form.getInputProps("language")}
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
      {ask.data?.map((match) => (
        <div key={match.question}>
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
  const [days, setDays] = useState(30);
  const query = useQuery({
    queryKey: ["unanswered", days],
    queryFn: () => got(api.GET("/api/v1/unanswered", { params: { query: { days } } })),
  });
  return (
    <Stack>
      <Select
        label={t("period")}
        w={150}
        allowDeselect={false}
        value={String(days)}
        onChange={(value) => setDays(Number(value))}
        data={PERIODS.map((count) => ({ value: String(count), label: t("days", { count }) }))}
      />
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
