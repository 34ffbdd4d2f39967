import {
  Alert,
  Button,
  Group,
  Modal,
  NumberInput,
  Stack,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, got, type Schemas } from "../../shared/api";
import { useFormats } from "../../shared/formats";
import { ListRow, ListTable } from "../../shared/ListTable";
import { Loaded } from "../../shared/Loaded";
import { useSession } from "../../shared/session";
import { tellTrouble } from "../../shared/tell";
import { confirmed } from "../../shared/confirm";
import { useTexts } from "./texts";

const holdsKey = ["privacy", "holds"];

/** What nothing may delete. */
export function Holds() {
  const t = useTexts();
  const mayAct = useSession().role === "administrator";
  const [lifted, setLifted] = useState(false);
  const [isAdding, adding] = useDisclosure();
  const query = useQuery({
    queryKey: [...holdsKey, lifted],
    queryFn: () => got(api.GET("/api/v1/privacy/holds", { params: { query: { lifted } } })),
  });
  return (
    <Stack>
      <Group>
        {mayAct && <Button onClick={adding.open}>{t("addHold")}</Button>}
        <Switch
          label={t("showLifted")}
          checked={lifted}
          onChange={(event) => setLifted(event.currentTarget.checked)}
        />
      </Group>
      <Loaded query={query}>
        {(holds) => (
          <ListTable
            rows={holds}
            columns={["#", t("what"), t("reason"), t("placed"), t("attempts"), ""]}
            empty={[t("noHolds"), t("noHoldsWhy")]}
            minWidth={560}
          >
            {(hold) => <Row key={hold.id} hold={hold} mayAct={mayAct} />}
          </ListTable>
        )}
      </Loaded>
      <Modal
        closeButtonProps={{ "aria-label": t("cancel") }}
        opened={isAdding}
        onClose={adding.close}
        title={t("addHold")}
      >
        <Add onDone={adding.close} />
      </Modal>
    </Stack>
  );
}

function Row({ hold, mayAct }: { hold: Schemas["HoldOut"]; mayAct: boolean }) {
  const t = useTexts();
  const { time } = useFormats();
  const queries = useQueryClient();
  const lift = useMutation({
    mutationFn: () =>
      api.DELETE("/api/v1/privacy/holds/{number}", { params: { path: { number: hold.id } } }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["privacy"] }),
    onError: tellTrouble,
  });
  return (
    <ListRow
      cells={[
        `#${hold.id}`,
        hold.call_id
          ? t("ofCall", { id: hold.call_id })
          : t("ofCustomer", { id: String(hold.customer_id) }),
        hold.reason,
        `${time(hold.placed_at)}, ${hold.placed_by}`,
        hold.attempts,
        hold.lifted_at ? (
          <Text key="lifted" size="sm">
            {t("lifted", { at: time(hold.lifted_at), by: hold.lifted_by })}
          </Text>
        ) : (
          mayAct && (
            <Button
              key="lift"
              size="xs"
              variant="default"
              aria-label={`${t("lift")} ${hold.id}`}
              loading={lift.isPending}
              onClick={async () => {
                const sure = {
                  title: t("liftSure", { id: String(hold.id) }),
                  text: t("liftWhat"),
                  label: t("lift"),
                };
                if (await confirmed(sure)) lift.mutate();
              }}
            >
              {t("lift")}
            </Button>
          )
        ),
      ]}
    />
  );
}

function Add({ onDone }: { onDone: () => void }) {
  const t = useTexts();
  const queries = useQueryClient();
  const form = useForm<{ call_id: string; customer_id: number | string; reason: string }>({
    initialValues: { call_id: "", customer_id: "", reason: "" },
  });
  const add = useMutation({
    mutationFn: (wanted: Schemas["HoldIn"]) => api.POST("/api/v1/privacy/holds", { body: wanted }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["privacy"] });
      onDone();
    },
  });
  return (
    <form
      onSubmit={form.onSubmit((values) =>
        add.mutate({
          call_id: values.call_id.trim(),
          customer_id: typeof values.customer_id === "number" ? values.customer_id : null,
          reason: values.reason,
        }),
      )}
    >
      <Stack>
        <TextInput label={t("callId")} data-autofocus {...form.getInputProps("call_id")} />
        <NumberInput
          label={t("customerId")}
          min={1}
          allowDecimal={false}
          {...form.getInputProps("customer_id")}
        />
        <TextInput
          label={t("reason")}
          description={t("reasonHelp")}
          required
          minLength={3}
          maxLength={300}
          {...form.getInputProps("reason")}
        />
        {add.error && <Alert color="red">{add.error.message}</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {t("cancel")}
          </Button>
          <Button type="submit" loading={add.isPending}>
            {t("hold")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
