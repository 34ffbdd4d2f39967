import { ActionIcon, Button, Checkbox, Group, Menu, Modal, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearchParams } from "react-router";

import { api } from "../../shared/api";
import { confirmed } from "../../shared/confirm";
import { savedSearches } from "./queries";
import { useTexts } from "./texts";

/** One's own searches and what others share: open, keep, delete. */
export function SavedSearches() {
  const t = useTexts();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const [isOpen, dialog] = useDisclosure();
  const { data } = useQuery(savedSearches);
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: (number: number) =>
      api.DELETE("/api/v1/saved-searches/{number}", { params: { path: { number } } }),
    onSettled: () => queries.invalidateQueries(savedSearches),
  });
  return (
    <>
      <Menu position="bottom-end" width={300} closeOnItemClick>
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={16} aria-hidden />}>
            {t("saved")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {data?.length === 0 && <Menu.Label>{t("savedNone")}</Menu.Label>}
          {data?.map((search) => (
            <Group key={search.id} gap={4} wrap="nowrap">
              <Menu.Item onClick={() => void navigate(`/calls?${search.query}`)}>
                {search.name}
                {!search.mine && ` · ${t("by", { owner: search.owner })}`}
              </Menu.Item>
              {search.mine && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t("remove", { name: search.name })}
                  onClick={async () => {
                    const sure = {
                      title: t("remove", { name: search.name }),
                      text: search.shared ? t("removeShared") : t("removeWhat"),
                      label: t("erase"),
                    };
                    if (await confirmed(sure)) remove.mutate(search.id);
                  }}
                >
                  <IconTrash size={16} aria-hidden />
                </ActionIcon>
              )}
            </Group>
          ))}
          <Menu.Divider />
          <Menu.Item disabled={params.size === 0} onClick={dialog.open}>
            {t("saveThis")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={isOpen} onClose={dialog.close} title={t("saveThis")}>
        <SaveForm query={params.toString()} onDone={dialog.close} />
      </Modal>
    </>
  );
}

function SaveForm({ query, onDone }: { query: string; onDone: () => void }) {
  const t = useTexts();
  const queries = useQueryClient();
  const form = useForm({ mode: "uncontrolled", initialValues: { name: "", shared: false } });
  const save = useMutation({
    mutationFn: (body: { name: string; shared: boolean }) =>
      api.POST("/api/v1/saved-searches", { body: { ...body, query } }),
    onSuccess: async () => {
      await queries.invalidateQueries(savedSearches);
      onDone();
    },
  });
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <TextInput
          label={t("name")}
          required
          maxLength={100}
          data-autofocus
          error={save.error?.message}
          key={form.key("name")}
          {...form.getInputProps("name")}
        />
        <Checkbox
          label={t("share")}
          key={form.key("shared")}
          {...form.getInputProps("shared", { type: "checkbox" })}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t("save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
