import {
  ActionIcon,
  Badge,
  Button,
  Group,
  Menu,
  Modal,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconDots } from "@tabler/icons-react";
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
import { languages } from "../../shared/texts";
import { ShownOnce } from "./ShownOnce";
import { useTexts } from "./texts";

type Account = Schemas["AccountOut"];
interface Given {
  name: string;
  link: Schemas["LinkMade"];
}
const staffKey = ["staff"];

/** Everybody who may sign in. */
export function People() {
  const t = useTexts();
  const { time } = useFormats();
  const query = useQuery({ queryKey: staffKey, queryFn: () => got(api.GET("/api/v1/staff")) });
  const [isAdding, adding] = useDisclosure();
  const [given, setGiven] = useState<Given | null>(null);
  return (
    <Stack>
      <Group>
        <Button onClick={adding.open}>{t("add")}</Button>
      </Group>
      <Loaded query={query}>
        {(people) => (
          <ListTable
            rows={people}
            columns={[t("name"), t("role"), t("state"), t("signedIn"), ""]}
            empty={[t("people"), t("nameHelp")]}
            minWidth={680}
          >
            {(person) => <Row key={person.id} person={person} onLink={setGiven} />}
          </ListTable>
        )}
      </Loaded>
      <Modal opened={isAdding} onClose={adding.close} title={t("add")}>
        <Add
          onCancel={adding.close}
          onAdded={(added) => {
            adding.close();
            setGiven(added);
          }}
        />
      </Modal>
      {given && (
        <ShownOnce
          title={t("linkTitle", { name: given.name })}
          help={t("linkHelp", { until: time(given.link.until) })}
          secret={given.link.link}
          onClose={() => setGiven(null)}
        />
      )}
    </Stack>
  );
}

function Row({ person, onLink }: { person: Account; onLink: (given: Given) => void }) {
  const t = useTexts();
  const named = useRoleName();
  const { time } = useFormats();
  const queries = useQueryClient();
  const params = { path: { number: person.id } };
  const renew = () => queries.invalidateQueries({ queryKey: staffKey });
  const change = useMutation({
    mutationFn: (body: Schemas["AccountChange"]) =>
      api.PATCH("/api/v1/staff/{number}", { params, body }),
    onSuccess: renew,
    onError: tellTrouble,
  });
  const link = useMutation({
    mutationFn: () => got(api.POST("/api/v1/staff/{number}/password-link", { params })),
    onSuccess: (made) => {
      onLink({ name: person.name, link: made });
      return renew();
    },
    onError: tellTrouble,
  });
  const signOut = useMutation({
    mutationFn: () => api.DELETE("/api/v1/staff/{number}/sessions", { params }),
    onSuccess: renew,
    onError: tellTrouble,
  });
  // What each of these takes from somebody is said before it is done.
  const sure =
    (what: "newLink" | "mustChange" | "signOut" | "disable", act: () => void) => async () => {
      const title = `${t(what)}: ${person.name}`;
      if (await confirmed({ title, text: t(`${what}What`), label: t(what) })) act();
    };
  const toRole = async (role: Account["role"]) => {
    const values = { name: person.name, role: named(role) };
    const [title, label] = [t("roleSure", values), t("roleChange")];
    if (await confirmed({ title, text: t("roleWhat"), label })) change.mutate({ role });
  };
  return (
    <ListRow
      cells={[
        <div key="name" style={{ overflowWrap: "anywhere" }}>
          <Text size="sm" fw={600}>
            {person.display_name}
          </Text>
          {person.display_name !== person.name && (
            <Text size="xs" c="dimmed">
              {person.name}
            </Text>
          )}
        </div>,
        <Select
          key="role"
          aria-label={t("changeRole", { name: person.name })}
          w={150}
          size="xs"
          allowDeselect={false}
          value={person.role}
          data={ROLES.map((role) => ({ value: role, label: named(role) }))}
          onChange={(role) => role && void toRole(asRole(role))}
        />,
        <Group key="state" gap={6}>
          {person.is_disabled ? (
            <Badge color="red" variant="light">
              {t("disabled")}
            </Badge>
          ) : (
            <Badge color={person.has_password ? "teal" : "gray"} variant="light">
              {person.has_password ? t("active") : t("invited")}
            </Badge>
          )}
          {person.sessions > 0 && (
            <Text size="xs" c="dimmed">
              {t("sessions", { count: person.sessions })}
            </Text>
          )}
        </Group>,
        person.signed_in_at ? time(person.signed_in_at) : t("never"),
        <Menu key="more" position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={t("more", { name: person.name })}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={sure("newLink", link.mutate)}>{t("newLink")}</Menu.Item>
            <Menu.Item onClick={sure("mustChange", () => change.mutate({ must_change: true }))}>
              {t("mustChange")}
            </Menu.Item>
            <Menu.Item onClick={sure("signOut", signOut.mutate)}>{t("signOut")}</Menu.Item>
            <Menu.Item
              color={person.is_disabled ? undefined : "red"}
              onClick={
                person.is_disabled
                  ? () => change.mutate({ is_disabled: false })
                  : sure("disable", () => change.mutate({ is_disabled: true }))
              }
            >
              {person.is_disabled ? t("enable") : t("disable")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>,
      ]}
    />
  );
}

function Add({ onCancel, onAdded }: { onCancel: () => void; onAdded: (added: Given) => void }) {
  const t = useTexts();
  const named = useRoleName();
  const queries = useQueryClient();
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "", display_name: "", role: "supervisor", language: "en" },
  });
  const add = useMutation({
    mutationFn: ({ role, language, ...named }: typeof form.values) =>
      got(
        api.POST("/api/v1/staff", {
          body: { ...named, role: asRole(role), language: language === "zh" ? "zh" : "en" },
        }),
      ),
    onSuccess: ({ account, link }) => {
      onAdded({ name: account.name, link });
      return queries.invalidateQueries({ queryKey: staffKey });
    },
  });
  return (
    <Form
      onSubmit={form.onSubmit((values) => add.mutate(values))}
      onCancel={onCancel}
      error={add.error}
      isBusy={add.isPending}
      label={t("add")}
    >
      <TextInput
        label={t("name")}
        description={t("nameHelp")}
        required
        maxLength={80}
        data-autofocus
        key={form.key("name")}
        {...form.getInputProps("name")}
      />
      <TextInput
        label={t("displayName")}
        maxLength={80}
        key={form.key("display_name")}
        {...form.getInputProps("display_name")}
      />
      <Select
        label={t("role")}
        description={t("roleHelp")}
        allowDeselect={false}
        data={ROLES.map((role) => ({ value: role, label: named(role) }))}
        key={form.key("role")}
        {...form.getInputProps("role")}
      />
      <Select
        label={t("language")}
        allowDeselect={false}
        data={languages.map(([value, label]) => ({ value, label }))}
        key={form.key("language")}
        {...form.getInputProps("language")}
      />
    </Form>
  );
}
