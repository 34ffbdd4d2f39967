import { Button, Modal } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { api } from "../../shared/api";
import { FileName } from "../../shared/FileName";
import { Form } from "../../shared/Form";
import { useSession } from "../../shared/session";
import { useTexts } from "./texts";

const FIRST = `questions:
  parking:
    question: Where can I park?
    variants: [is there a car park, where do I leave my car]
    answer: There is a car park behind the shop.
`;

/** A file of questions and answers, begun with one of them. */
export function NewFile() {
  const t = useTexts();
  const { role } = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [isOpen, dialog] = useDisclosure();
  const form = useForm({ mode: "uncontrolled", initialValues: { name: "" } });
  const create = useMutation({
    mutationFn: (name: string) =>
      api.PUT("/api/v1/knowledge/{name}", {
        params: { path: { name } },
        body: { text: FIRST, replaces: "" },
      }),
    onSuccess: async (_, name) => {
      await queries.invalidateQueries({ queryKey: ["knowledge"] });
      await navigate(`/knowledge/${name}`);
    },
  });
  if (role !== "administrator" && role !== "ops") return null;
  return (
    <>
      <Button onClick={dialog.open}>{t("newFile")}</Button>
      <Modal opened={isOpen} onClose={dialog.close} title={t("newFile")}>
        <Form
          onSubmit={form.onSubmit(({ name }) => create.mutate(name))}
          onCancel={dialog.close}
          error={create.error}
          isBusy={create.isPending}
          label={t("create")}
        >
          <FileName
            description={t("newNameHelp")}
            key={form.key("name")}
            {...form.getInputProps("name")}
          />
        </Form>
      </Modal>
    </>
  );
}
