import { Select } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { api, got, type Schemas } from "../../shared/api";
import { FileName } from "../../shared/FileName";
import { Form } from "../../shared/Form";
import { EXAMPLES, type Example } from "./examples";
import { useTexts } from "./texts";

const COPY = "copy:";

/** A name and what to begin with: a small example, or a copy of another flow. */
export function NewFlow({
  flows,
  onCancel,
}: {
  flows: Schemas["FlowOut"][];
  onCancel: () => void;
}) {
  const t = useTexts();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({ mode: "uncontrolled", initialValues: { name: "", from: "question" } });
  const create = useMutation({
    mutationFn: async ({ name, from }: { name: string; from: string }) =>
      api.PUT("/api/v1/flows/{flow}/draft", {
        params: { path: { flow: name } },
        body: { text: await textOf(from, flows), replaces: "" },
      }),
    onSuccess: async (_, { name }) => {
      await queries.invalidateQueries({ queryKey: ["flows"] });
      await navigate(`/flows/${name}/edit`);
    },
  });
  return (
    <Form
      onSubmit={form.onSubmit((values) => create.mutate(values))}
      onCancel={onCancel}
      error={create.error}
      isBusy={create.isPending}
      label={t("create")}
    >
      <FileName
        description={t("newNameHelp")}
        key={form.key("name")}
        {...form.getInputProps("name")}
      />
      <Select
        label={t("beginWith")}
        allowDeselect={false}
        data={[
          {
            group: t("examples"),
            items: [
              { value: "question", label: t("exampleQuestion") },
              { value: "menu", label: t("exampleMenu") },
              { value: "lookup", label: t("exampleLookup") },
            ],
          },
          {
            group: t("copyOf"),
            items: flows.map(({ name }) => ({ value: COPY + name, label: name })),
          },
        ].filter((group) => group.items.length > 0)}
        key={form.key("from")}
        {...form.getInputProps("from")}
      />
    </Form>
  );
}

async function textOf(from: string, flows: Schemas["FlowOut"][]): Promise<string> {
  if (!from.startsWith(COPY)) return EXAMPLES[from as Example];
  const flow = from.slice(COPY.length);
  const listed = flows.find((one) => one.name === flow);
  const path = { flow, number: listed?.live ?? 1 };
  if (listed?.has_draft) {
    return (await got(api.GET("/api/v1/flows/{flow}/draft", { params: { path } }))).text;
  }
  return (await got(api.GET("/api/v1/flows/{flow}/versions/{number}", { params: { path } }))).text;
}
