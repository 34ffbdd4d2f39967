import { Alert, Anchor, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { api, got, type Schemas } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { useFormats } from "../../shared/formats";
import { ListRow, ListTable } from "../../shared/ListTable";
import { Loaded } from "../../shared/Loaded";
import { Found } from "./Found";
import { Mentions } from "./Mentions";
import { useTexts } from "./texts";

type Candidate = Schemas["CandidateOut"];
const BY = ["phone", "name", "customer", "account", "order", "ticket", "call"] as const;
const isBy = (by: string): by is (typeof BY)[number] => (BY as readonly string[]).includes(by);

/** Somebody is looked up and chosen; then given out, or erased. */
export function Person() {
  const t = useTexts();
  const form = useForm({ initialValues: { said: "" } });
  const [said, setSaid] = useState("");
  const [chosen, setChosen] = useState<Candidate>();
  const [erased, setErased] = useState<Schemas["ErasedOut"]>();
  const query = useQuery({
    queryKey: ["privacy", "people", said],
    queryFn: () => got(api.GET("/api/v1/privacy/people", { params: { query: { said } } })),
    enabled: said !== "",
    gcTime: 0,
  });
  return (
    <Stack>
      <form
        onSubmit={form.onSubmit((values) => {
          setErased(undefined);
          setChosen(undefined);
          setSaid(values.said.trim());
        })}
      >
        <Group align="flex-end">
          <TextInput
            label={t("who")}
            description={t("whoHelp")}
            required
            maxLength={100}
            maw={460}
            {...form.getInputProps("said")}
          />
          <Button type="submit">{t("find")}</Button>
        </Group>
      </form>
      {erased && <Receipt erased={erased} />}
      {chosen ? (
        <Found
          who={chosen}
          onBack={() => setChosen(undefined)}
          onErased={(done) => {
            setErased(done);
            setChosen(undefined);
            setSaid("");
            form.reset();
          }}
        />
      ) : said === "" ? (
        !erased && <EmptyState title={t("nobody")}>{t("nobodyWhy")}</EmptyState>
      ) : (
        <Loaded query={query}>
          {(people) => <Candidates people={people} onChosen={setChosen} />}
        </Loaded>
      )}
    </Stack>
  );
}

function Candidates({
  people,
  onChosen,
}: {
  people: readonly Candidate[];
  onChosen: (one: Candidate) => void;
}) {
  const t = useTexts();
  const { number } = useFormats();
  return (
    <ListTable
      rows={people}
      columns={[
        t("name"),
        t("phone"),
        t("customerNumber"),
        { label: t("calls"), align: "right" },
        t("foundBy"),
        "",
      ]}
      empty={[t("noneFound"), t("noneFoundWhy")]}
      minWidth={520}
    >
      {(one) => (
        <ListRow
          key={`${one.customer} ${one.phone}`}
          cells={[
            one.name || t("noName"),
            one.phone,
            one.customer ?? t("notCustomer"),
            number(one.calls),
            isBy(one.by) ? t(`by_${one.by}`) : one.by,
            <Button
              key="choose"
              size="xs"
              variant="light"
              onClick={() => onChosen(one)}
              aria-label={t("chooseNamed", { name: one.name || one.phone })}
            >
              {t("choose")}
            </Button>,
          ]}
        />
      )}
    </ListTable>
  );
}

function Receipt({ erased }: { erased: Schemas["ErasedOut"] }) {
  const t = useTexts();
  const isClean = erased.left.mentions.length === 0 && erased.left.files.length === 0;
  return (
    <Alert color={isClean ? "green" : "yellow"} title={t("erased", { receipt: erased.receipt })}>
      <Stack gap="xs">
        <Text size="sm">{isClean ? t("nothingLeft") : t("somethingLeft")}</Text>
        <Mentions found={erased.left} />
        <Anchor component={Link} to="/privacy?tab=retention" size="sm">
          {t("wasDeleted")}
        </Anchor>
      </Stack>
    </Alert>
  );
}
