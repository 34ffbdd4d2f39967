import { Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";

import { api, got } from "../../shared/api";
import { Loaded } from "../../shared/Loaded";
import { YamlDesk } from "../../shared/yaml/YamlDesk";
import { useFlowName } from "./FlowPage";
import { testFileOf } from "./queries";
import { useMayEdit } from "./rights";
import { useTexts } from "./testTexts";

const FIRST = `tests:
  a caller is greeted:
    conversation:
      - {hears: Hello}
`;

/** The text of the tests beside a draft. */
export function TestFile() {
  const t = useTexts();
  const flow = useFlowName();
  const mayEdit = useMayEdit();
  const queries = useQueryClient();
  const params = { path: { flow } };
  const query = useQuery({ ...testFileOf(flow), refetchOnWindowFocus: false });
  return (
    <>
      <Text size="sm" c="dimmed">
        {t("testFileHelp")}
      </Text>
      <Loaded query={query}>
        {(found) => (
          <YamlDesk
            key={flow}
            written={found}
            first={found.hash ? "" : FIRST}
            schema={{}}
            readOnly={!mayEdit}
            read={() => got(api.GET("/api/v1/flows/{flow}/test-file", { params }))}
            write={async (text, replaces) => {
              const body = { text, replaces };
              const written = await got(
                api.PUT("/api/v1/flows/{flow}/test-file", { params, body }),
              );
              queries.setQueryData(testFileOf(flow).queryKey, written);
              return written;
            }}
            check={(text) =>
              got(api.POST("/api/v1/flows/{flow}/test-file/check", { params, body: { text } }))
            }
          />
        )}
      </Loaded>
    </>
  );
}
