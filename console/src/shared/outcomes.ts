import { useCallback } from "react";

import { makeTexts } from "./texts";

const en = {
  abandoned: "hung up before",
  busy: "busy",
  caller_hung_up: "caller hung up",
  cancelled: "gave up while it rang",
  connected: "connected",
  done: "done",
  ended_by_staff: "ended by staff",
  error: "our fault",
  failed: "failed",
  hung_up: "hung up",
  imported: "imported",
  left_queue: "left the queue",
  line_lost: "line lost",
  machine_full: "machine full",
  media_lost: "sound lost",
  message_left: "message left",
  no_agents: "nobody on duty",
  no_answer: "no answer",
  refused: "refused",
  rejected: "rejected",
  shutdown: "shut down",
  timed_out: "waited too long",
  too_long: "too long",
  transferred: "transferred",
};

const useTexts = makeTexts("outcomes", {
  en,
  zh: {
    abandoned: "提前挂断",
    busy: "占线",
    caller_hung_up: "来电者挂断",
    cancelled: "接听前挂断",
    connected: "已接通",
    done: "完成",
    ended_by_staff: "由员工结束",
    error: "系统出错",
    failed: "失败",
    hung_up: "系统挂断",
    imported: "导入",
    left_queue: "离开队列",
    line_lost: "线路中断",
    machine_full: "系统满载",
    media_lost: "声音中断",
    message_left: "已留言",
    no_agents: "无人值班",
    no_answer: "无人接听",
    refused: "对方拒绝",
    rejected: "已拒接",
    shutdown: "系统关闭",
    timed_out: "等待超时",
    too_long: "超时",
    transferred: "已转接",
  },
});

/** What came of a call, or why it ended; what a flow calls by a name of its own keeps it. */
export function useOutcome(): (outcome: string) => string {
  const t = useTexts();
  return useCallback(
    (outcome) => (outcome in en ? t(outcome as keyof typeof en) : outcome.replaceAll("_", " ")),
    [t],
  );
}

const useFeelingTexts = makeTexts("feelings", {
  en: { calm: "calm", frustrated: "frustrated", angry: "angry", pleased: "pleased" },
  zh: { calm: "平静", frustrated: "不满", angry: "愤怒", pleased: "满意" },
});
const FEELINGS = ["calm", "frustrated", "angry", "pleased"] as const;

/** How a caller sounds. */
export function useFeeling(): (feeling: string) => string {
  const t = useFeelingTexts();
  return useCallback(
    (feeling) => {
      const known = FEELINGS.find((one) => one === feeling);
      return known ? t(known) : feeling;
    },
    [t],
  );
}
