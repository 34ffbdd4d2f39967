import { Anchor, List } from "@mantine/core";
import { Link } from "react-router";

import type { Schemas } from "../../shared/api";
import { useFormats } from "../../shared/formats";
import { useRecords } from "./records";
import { useTexts } from "./texts";

/** Where others mention somebody: what they said or wrote isn't the person's own, and stays. */
export function Mentions({ found }: { found: Schemas["TracesOut"] }) {
  const t = useTexts();
  const { number } = useFormats();
  const named = useRecords();
  return (
    <List size="sm">
      {found.mentions.map((one) => (
        <List.Item key={one.kind}>
          {named(one.kind)}: {number(one.rows)}{" "}
          {one.calls.map((call) => (
            <Anchor key={call} component={Link} to={`/calls/${call}`} size="sm" mr="xs">
              {call}
            </Anchor>
          ))}
        </List.Item>
      ))}
      {found.files.map((name) => (
        <List.Item key={name}>{t("inFile", { name })}</List.Item>
      ))}
    </List>
  );
}
