import { Anchor, Mark, Stack, Text } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { Link } from "react-router";

import { durationOf } from "../../shared/formats";
import { wordsOf } from "./filters";
import { passagesIn, type CallLine, type Passages as Found } from "./queries";
import { useTexts } from "./texts";

/** Calls whose words are asked for at once: each is read anew, and the first should show soon. */
const AT_ONCE = 10;

/** What was said where a search found these calls, by call; comes in behind the list itself. */
export function usePassages(calls: readonly CallLine[], q: string): ReadonlyMap<string, Found> {
  const ids = wordsOf(q).size > 0 ? calls.map((call) => call.id) : [];
  const parts = Array.from({ length: Math.ceil(ids.length / AT_ONCE) }, (_, part) =>
    ids.slice(part * AT_ONCE, (part + 1) * AT_ONCE),
  );
  return useQueries({
    queries: parts.map((part) => passagesIn(part, q)),
    combine: (answers) =>
      new Map(answers.flatMap(({ data }) => data ?? []).map((found) => [found.call, found])),
  });
}

/** The places of one call; each opens it where it was said. */
export function Passages({ found, q }: { found: Found; q: string }) {
  const t = useTexts();
  return (
    <Stack gap={2}>
      {found.passages.map((passage) => {
        const at = String(Math.floor(passage.at_ms / 100) / 10);
        const to = `/calls/${found.call}?${new URLSearchParams({ q, t: at }).toString()}`;
        const time = durationOf(passage.at_ms / 1000);
        return (
          <Text key={passage.at_ms} size="sm" style={{ overflowWrap: "anywhere" }}>
            <Anchor component={Link} to={to} size="sm" aria-label={t("goTo", { time })}>
              {time}
            </Anchor>{" "}
            <Text span size="sm" c="dimmed">
              {t(`${passage.side}_side`)}:
            </Text>{" "}
            {passage.pieces.map((piece, place) =>
              piece.found ? <Mark key={place}>{piece.text}</Mark> : piece.text,
            )}
          </Text>
        );
      })}
      {found.more > 0 && (
        <Text size="xs" c="dimmed">
          {t("moreFound", { count: found.more })}
        </Text>
      )}
    </Stack>
  );
}
