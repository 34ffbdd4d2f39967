import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";

import { api, got } from "../../shared/api";
import { useTexts } from "./texts";

const LOOK_MS = 400;
const AT_MOST_MS = 90_000;

/** Says how a published version fares until the engine runs it, or says why it doesn't. */
export function useTakeover(): (flow: string, number: number) => void {
  const t = useTexts();
  const queries = useQueryClient();
  const follow = async (flow: string, number: number) => {
    const id = `takeover ${flow} ${number}`;
    const message = t("takesOver", { number });
    notifications.show({ id, loading: true, autoClose: false, message });
    const over = (color: string, text: string) => {
      notifications.update({ id, loading: false, autoClose: 10_000, color, message: text });
      return queries.invalidateQueries({ queryKey: ["flows"], exact: true });
    };
    const until = Date.now() + AT_MOST_MS;
    while (Date.now() < until) {
      const params = { path: { flow } };
      const live = await got(api.GET("/api/v1/flows/{flow}/live", { params })).catch(() => null);
      if (live && !live.engine) return over("yellow", t("publishedNoEngine", { number }));
      if (live?.engine && live.engine.runs >= number)
        return over("teal", t("published", { number }));
      if (live?.engine?.trouble) return over("red", live.engine.trouble);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return over("yellow", t("takesLong", { number }));
  };
  return (flow, number) => void follow(flow, number);
}
