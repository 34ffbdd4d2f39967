import { Tabs, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "react-router";

import schema from "../../../../config/knowledge/knowledge.schema.json";
import { api, got } from "../../shared/api";
import { Loaded } from "../../shared/Loaded";
import { Page } from "../../shared/Page";
import { useSession } from "../../shared/session";
import { YamlDesk } from "../../shared/yaml/YamlDesk";
import { Questions } from "./Questions";
import { useTexts } from "./texts";

/** One file of questions and answers. */
export function KnowledgeFile() {
  const t = useTexts();
  const { name = "" } = useParams();
  const { role } = useSession();
  const queries = useQueryClient();
  const params = { path: { name } };
  const read = () => got(api.GET("/api/v1/knowledge/{name}", { params }));
  const query = useQuery({
    queryKey: ["knowledge", name],
    queryFn: read,
    refetchOnWindowFocus: false,
  });
  return (
    <Page title={name}>
      <Text size="sm" c="dimmed">
        {t("whenLive")}
      </Text>
      <Tabs defaultValue="text" keepMounted>
        <Tabs.List>
          <Tabs.Tab value="text">{t("textTab")}</Tabs.Tab>
          <Tabs.Tab value="questions">{t("questions")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="text" pt="md">
          <Loaded query={query}>
            {(found) => (
              <YamlDesk
                key={name}
                written={found}
                schema={schema}
                readOnly={role !== "administrator" && role !== "ops"}
                read={read}
                write={async (text, replaces) => {
                  const body = { text, replaces };
                  const written = await got(api.PUT("/api/v1/knowledge/{name}", { params, body }));
                  queries.setQueryData(["knowledge", name], written);
                  await queries.invalidateQueries({ queryKey: ["knowledge"], exact: true });
                  await queries.invalidateQueries({ queryKey: ["knowledge", name, "questions"] });
                  return written;
                }}
                check={(text) =>
                  got(api.POST("/api/v1/knowledge/{name}/check", { params, body: { text } }))
                }
              />
            )}
          </Loaded>
        </Tabs.Panel>
        <Tabs.Panel value="questions" pt="md">
          <Questions name={name} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
