import { Button, Collapse, Group, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";

import { DayField, TimeField } from "../../shared/dates";
import { useSession } from "../../shared/session";
import { useTexts } from "./tryTexts";

/** As whom one talks, when, and who answers what the flow looks up. */
export interface TryOptions {
  language: string;
  phone: string;
  today: string;
  now: string;
  answers: "me" | "crm" | "records";
  records: string;
}

export const RECORDS = `order:
  "4711": {status: shipped, carrier: UPS}
`;

/** The rarer ones are folded away. */
export function TrySettings({
  options,
  onChange,
}: {
  options: TryOptions;
  onChange: (options: TryOptions) => void;
}) {
  const t = useTexts();
  const [isOpen, fold] = useDisclosure();
  const maySeeCustomers = useSession().role !== "ops";
  const set = (changed: Partial<TryOptions>) => onChange({ ...options, ...changed });
  return (
    <Stack gap="xs">
      <Button
        variant="subtle"
        size="compact-sm"
        w="fit-content"
        ml={-8}
        rightSection={
          isOpen ? (
            <IconChevronUp size={14} aria-hidden />
          ) : (
            <IconChevronDown size={14} aria-hidden />
          )
        }
        aria-expanded={isOpen}
        onClick={fold.toggle}
      >
        {t("tryOptions")}
      </Button>
      <Collapse expanded={isOpen}>
        <Stack gap="xs">
          <Group align="flex-end">
            <TextInput
              label={t("phone")}
              w={180}
              inputMode="tel"
              maxLength={40}
              value={options.phone}
              onChange={(event) => set({ phone: event.currentTarget.value })}
            />
            <DayField
              label={t("day")}
              w={160}
              value={options.today}
              onChange={(today) => set({ today })}
            />
            <TimeField
              label={t("time")}
              w={150}
              value={options.now}
              onChange={(now) => set({ now })}
            />
            <Select
              label={t("answersBy")}
              w={230}
              allowDeselect={false}
              value={options.answers}
              onChange={(value) => set({ answers: value as TryOptions["answers"] })}
              data={[
                { value: "me", label: t("answersMe") },
                { value: "records", label: t("answersRecords") },
                { value: "crm", label: t("answersCrm"), disabled: !maySeeCustomers },
              ]}
            />
          </Group>
          {options.answers === "records" && (
            <Textarea
              label={t("records")}
              description={t("recordsHelp")}
              autosize
              minRows={3}
              styles={{ input: { fontFamily: "monospace" } }}
              value={options.records}
              onChange={(event) => set({ records: event.currentTarget.value })}
            />
          )}
        </Stack>
      </Collapse>
    </Stack>
  );
}
