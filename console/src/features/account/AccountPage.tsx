import { Badge, Button, Group, Paper, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { api, got } from "../../shared/api";
import { useFormats } from "../../shared/formats";
import { Loaded } from "../../shared/Loaded";
import { confirmed } from "../../shared/confirm";
import { Page } from "../../shared/Page";
import { useRoleName } from "../../shared/roles";
import { sessionKey, useSession } from "../../shared/session";
import { tellTrouble } from "../../shared/tell";
import { ChangePassword } from "./ChangePassword";
import { useTexts } from "./texts";

/** What everybody may change about themselves. */
export function AccountPage() {
  const t = useTexts();
  const named = useRoleName();
  const { name, role } = useSession();
  return (
    <Page title={t("account")}>
      <Stack maw={640}>
        <Card title={t("you")}>
          <Text c="dimmed">{t("youAre", { name, role: named(role) })}</Text>
          <DisplayName />
        </Card>
        <Card title={t("password")}>
          <ChangePassword />
        </Card>
        <Card title={t("places")}>
          <Places />
        </Card>
      </Stack>
    </Page>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Stack>
        <Title order={2} size="h4">
          {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  );
}

function DisplayName() {
  const t = useTexts();
  const { display_name } = useSession();
  const queries = useQueryClient();
  const form = useForm({ mode: "uncontrolled", initialValues: { display_name } });
  const save = useMutation({
    mutationFn: (body: typeof form.values) =>
      got(api.PATCH("/api/v1/session/preferences", { body })),
    onSuccess: (session) => {
      queries.setQueryData(sessionKey, session);
      notifications.show({ color: "teal", message: t("saved") });
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Group align="flex-end">
        <TextInput
          label={t("displayName")}
          required
          maxLength={80}
          style={{ flex: 1 }}
          error={save.error?.message}
          key={form.key("display_name")}
          {...form.getInputProps("display_name")}
        />
        <Button type="submit" loading={save.isPending}>
          {t("save")}
        </Button>
      </Group>
    </form>
  );
}

function Places() {
  const t = useTexts();
  const { time } = useFormats();
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ["places"],
    queryFn: () => got(api.GET("/api/v1/session/places")),
  });
  const leave = useMutation({
    mutationFn: () => api.DELETE("/api/v1/session/places"),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["places"] }),
    onError: tellTrouble,
  });
  const sure = {
    title: t("signOutElsewhere"),
    text: t("signOutElsewhereWhat"),
    label: t("signOutElsewhere"),
  };
  return (
    <Loaded query={query}>
      {(places) => (
        <Stack align="flex-start">
          {places.map((place) => (
            <div key={place.id}>
              <Text size="sm">
                {place.address} {place.is_this && <Badge variant="light">{t("here")}</Badge>}
              </Text>
              <Text size="sm" c="dimmed">
                {t("since", { time: time(place.began_at) })} ·{" "}
                {t("used", { time: time(place.used_at) })}
              </Text>
            </div>
          ))}
          {places.length > 1 && (
            <Button
              variant="default"
              loading={leave.isPending}
              onClick={async () => {
                if (await confirmed(sure)) leave.mutate();
              }}
            >
              {t("signOutElsewhere")}
            </Button>
          )}
        </Stack>
      )}
    </Loaded>
  );
}
