import {
  Badge,
  Button,
  Group,
  Modal,
  NumberInput,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, got, type Schemas } from "../../shared/api";
import { confirmed } from "../../shared/confirm";
import { Form } from "../../shared/Form";
import { useFormats } from "../../shared/formats";
import { ListRow, ListTable } from "../../shared/ListTable";
import { Loaded } from "../../shared/Loaded";
import { asRole, ROLES, useRoleName } from "../../shared/roles";
import { tellTrouble } from "../../shared/tell";
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
        {(tokens) => (
          <ListTable
            rows={tokens}
            columns={[t("name"), t("role"), t("state"), t("used"), ""]}
            empty={[t("noTokens"), t("noTokensWhy")]}
            minWidth={560}
          >
            {(token) => <Row key={token.id} token={token} />}
          </ListTable>
        )}
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
  const named = useRoleName();
  const { day, time } = useFormats();
  const queries = useQueryClient();
  const revoke = useMutation({
    mutationFn: () =>
      api.DELETE("/api/v1/tokens/{number}", { params: { path: { number: token.id } } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: tokensKey }),
    onError: tellTrouble,
  });
  const sure = {
    title: t("revokeSure", { name: token.name }),
    text: t("revokeWhat"),
    label: t("revoke"),
  };
  const until = token.expires_at ? t("until", { until: day(token.expires_at) }) : t("forEver");
  return (
    <ListRow
      cells={[
        <Text key="name" size="sm" fw={600}>
          {token.name}
        </Text>,
        named(token.role),
        token.is_in_use ? (
          until
        ) : (
          <Badge key="state" color="gray" variant="light">
            {token.revoked_at ? t("revoked") : t("expired")}
          </Badge>
        ),
        token.used_at ? time(token.used_at) : t("never"),
        token.is_in_use && (
          <Button
            key="revoke"
            size="compact-sm"
            variant="subtle"
            color="red"
            loading={revoke.isPending}
            onClick={async () => {
              if (await confirmed(sure)) revoke.mutate();
            }}
          >
            {t("revoke")}
          </Button>
        ),
      ]}
    />
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
  const named = useRoleName();
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
    <Form
      onSubmit={form.onSubmit((values) => make.mutate(values))}
      onCancel={onCancel}
      error={make.error}
      isBusy={make.isPending}
      label={t("addToken")}
    >
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
        data={ROLES.map((role) => ({ value: role, label: named(role) }))}
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
    </Form>
  );
}
