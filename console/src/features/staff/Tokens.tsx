import {
  Alert,
  Badge,
  Button,
  Group,
  Modal,
  NumberInput,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, got, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { asRole, ROLES } from "./roles";
import { ShownOnce } from "./ShownOnce";
import { useTexts } from "./texts";

type Token = Schemas["TokenOut"];
const tokensKey = ["tokens"];

/** What programs use the API with. */
export function Tokens() {
  const t = useTexts();
  const query = useQuery({ queryKey: tokensKey, queryFn: () => got(api.GET("/api/v1/tokens")) });
  const [isAdding, adding] = useDisclosure();
  const [made, setMade] = useState<Schemas["TokenMade"] | null>(null);
  return (
    <Stack>
      <Group>
        <Button onClick={adding.open}>{t("addToken")}</Button>
        <Text size="sm" c="dimmed">
          {t("tokenHelp")}
        </Text>
      </Group>
      <Loaded query={query}>
        {(tokens) =>
          tokens.length === 0 ? (
            <EmptyState title={t("noTokens")}>{t("noTokensWhy")}</EmptyState>
          ) : (
            <Table.ScrollContainer minWidth={560}>
              <Table verticalSpacing="xs">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t("name")}</Table.Th>
                    <Table.Th>{t("role")}</Table.Th>
                    <Table.Th>{t("state")}</Table.Th>
                    <Table.Th>{t("used")}</Table.Th>
                    <Table.Th />
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {tokens.map((token) => (
                    <Row key={token.id} token={token} />
                  ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          )
        }
      </Loaded>
      <Modal opened={isAdding} onClose={adding.close} title={t("addToken")}>
        <Add
          onCancel={adding.close}
          onMade={(token) => {
            adding.close();
            setMade(token);
          }}
        />
      </Modal>
      {made && (
        <ShownOnce
          title={t("secretTitle", { name: made.token.name })}
          help={t("secretHelp")}
          secret={made.secret}
          onClose={() => setMade(null)}
        />
      )}
    </Stack>
  );
}

function Row({ token }: { token: Token }) {
  const t = useTexts();
  const { day, time } = useFormats();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () =>
      api.DELETE("/api/v1/tokens/{number}", { params: { path: { number: token.id } } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensKey }),
    onError: (error) => notifications.show({ color: "red", message: error.message }),
  });
  const until = token.expires_at ? t("until", { until: day(token.expires_at) }) : t("forEver");
  return (
    <Table.Tr>
      <Table.Td fw={600}>{token.name}</Table.Td>
      <Table.Td>{t(token.role)}</Table.Td>
      <Table.Td>
        {token.is_in_use ? (
          <Text size="sm">{until}</Text>
        ) : (
          <Badge color="gray" variant="light">
            {token.revoked_at ? t("revoked") : t("expired")}
          </Badge>
        )}
      </Table.Td>
      <Table.Td>{token.used_at ? time(token.used_at) : t("never")}</Table.Td>
      <Table.Td>
        {token.is_in_use && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            loading={revoke.isPending}
            onClick={() => revoke.mutate()}
          >
            {t("revoke")}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Add({
  onCancel,
  onMade,
}: {
  onCancel: () => void;
  onMade: (made: Schemas["TokenMade"]) => void;
}) {
  const t = useTexts();
  const queries = useQueryClient();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "", role: "ops", days: 365 },
  });
  const make = useMutation({
    mutationFn: ({ name, role, days }: typeof form.values) =>
      got(api.POST("/api/v1/tokens", { body: { name, role: asRole(role), days } })),
    onSuccess: (made) => {
      onMade(made);
      return queries.invalidateQueries({ queryKey: tokensKey });
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
      <Stack>
        {make.error && (
          <Alert color="red" role="alert">
            {make.error.message}
          </Alert>
        )}
        <TextInput
          label={t("name")}
          required
          maxLength={80}
          data-autofocus
          key={form.key("name")}
          {...form.getInputProps("name")}
        />
        <Select
          label={t("role")}
          allowDeselect={false}
          data={ROLES.map((role) => ({ value: role, label: t(role) }))}
          key={form.key("role")}
          {...form.getInputProps("role")}
        />
        <NumberInput
          label={t("days")}
          description={t("daysHelp")}
          min={0}
          max={3650}
          required
          key={form.key("days")}
          {...form.getInputProps("days")}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={make.isPending}>
            {t("addToken")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
