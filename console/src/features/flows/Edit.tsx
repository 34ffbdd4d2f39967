import { Alert, Button, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api, got } from "../../shared/api";
import { EmptyState } from "../../shared/EmptyState";
import { Loaded } from "../../shared/Loaded";
import type { Problem } from "../../shared/yaml/Editor";
import { YamlDesk } from "../../shared/yaml/YamlDesk";
import { useFlowName } from "./FlowPage";
import { Publish } from "./Publish";
import { allFlows, draftOf } from "./queries";
import { useMayEdit } from "./rights";
import { useTexts } from "./texts";

/** The draft's text, with its mistakes at their lines; saved and published from here. */
export function Edit() {
  const t = useTexts();
  const flow = useFlowName();
  const mayEdit = useMayEdit();
  const queries = useQueryClient();
  const [publishing, setPublishing] = useState("");
  const draft = useQuery({ ...draftOf(flow), refetchOnWindowFocus: false });
  const listed = useQuery(allFlows).data?.find((one) => one.name === flow);
  const live = listed?.live ?? 0;
  const schema = useQuery({
    queryKey: ["flow-schema"],
    queryFn: () => got(api.GET("/api/v1/flow-schema")),
    staleTime: Infinity,
  });
  const params = { path: { flow } };
  const read = () => got(api.GET("/api/v1/flows/{flow}/draft", { params }));
  const write = async (text: string, replaces: string) => {
    const body = { text, replaces };
    const written = await got(api.PUT("/api/v1/flows/{flow}/draft", { params, body }));
    queries.setQueryData(draftOf(flow).queryKey, written);
    await queries.invalidateQueries({ queryKey: ["flows"], refetchType: "none" });
    await queries.invalidateQueries({ queryKey: ["flows"], exact: true });
    return written;
  };
  const check = (text: string): Promise<Problem[]> =>
    got(api.POST("/api/v1/flows/{flow}/check", { params, body: { text } }));
  if (listed && !listed.has_draft) return <NoDraft flow={flow} live={live} />;
  return (
    <Loaded query={draft}>
      {(found) => (
        <Loaded query={schema}>
          {(keys) => (
            <>
              <YamlDesk
                key={flow}
                written={found}
                schema={keys}
                readOnly={!mayEdit}
                read={read}
                write={write}
                check={check}
                actions={(ready) =>
                  mayEdit && (
                    <Button
                      variant="light"
                      disabled={!ready}
                      onClick={() => setPublishing(ready?.hash ?? "")}
                    >
                      {t("publish")}
                    </Button>
                  )
                }
              />
              {publishing && (
                <Publish
                  flow={flow}
                  hash={publishing}
                  base={draft.data?.base ?? 0}
                  live={live}
                  onClose={() => setPublishing("")}
                />
              )}
            </>
          )}
        </Loaded>
      )}
    </Loaded>
  );
}

/** Published once, and its file is gone: what is live is made the draft. */
function NoDraft({ flow, live }: { flow: string; live: number }) {
  const t = useTexts();
  const mayEdit = useMayEdit();
  const queries = useQueryClient();
  const take = useMutation({
    mutationFn: () =>
      got(
        api.POST("/api/v1/flows/{flow}/draft/take", {
          params: { path: { flow } },
          body: { version: live, replaces: "" },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["flows"] }),
  });
  return (
    <EmptyState title={t("noDraft")}>
      <Stack align="center">
        <Text>{t("noDraftWhy", { number: live })}</Text>
        {take.error && <Alert color="red">{take.error.message}</Alert>}
        {mayEdit && (
          <Button loading={take.isPending} onClick={() => take.mutate()}>
            {t("takeLive", { number: live })}
          </Button>
        )}
      </Stack>
    </EmptyState>
  );
}
