import { useCallback } from "react";

import { makeTexts } from "../../shared/texts";

const en = {
  calls: "calls",
  call_events: "lines of calls' logs",
  call_transfers: "transfers",
  call_facts: "figures of calls",
  call_steps: "steps of calls",
  call_figures: "counts of calls",
  call_jobs: "work after calls",
  call_comments: "comments",
  call_texts: "index entries",
  word_times: "word times",
  waveforms: "waveforms",
  scorings: "scores",
  scoring_answers: "answers of scores",
  messages: "messages left",
  message_texts: "words of messages",
  callbacks: "callbacks",
  callback_attempts: "callback attempts",
  tickets: "tickets",
  orders: "orders (stay, without saying whose)",
  customers: "customer's record",
  asked_questions: "questions asked",
  survey_answers: "survey answers",
  done_acts: "things done in calls",
  imports: "imported files' entries",
  bank_clients: "bank customer",
  bank_accounts: "bank accounts",
  bank_cards: "bank cards",
  bank_payments: "card payments",
  bank_appointments: "appointments",
  recordings: "recordings",
  saved_searches: "saved searches",
  legal_holds: "legal holds",
  alarms: "alarms",
  audit_entries: "audit entries",
  call_words: "text index",
  staff_accounts: "staff accounts",
};

type Kind = keyof typeof en;

const zh: Record<Kind, string> = {
  calls: "通话",
  call_events: "通话日志行",
  call_transfers: "转接",
  call_facts: "通话指标",
  call_steps: "通话步骤",
  call_figures: "通话计数",
  call_jobs: "通话后任务",
  call_comments: "评论",
  call_texts: "检索条目",
  word_times: "词语时间",
  waveforms: "波形",
  scorings: "评分",
  scoring_answers: "评分答案",
  messages: "留言",
  message_texts: "留言文字",
  callbacks: "回拨",
  callback_attempts: "回拨尝试",
  tickets: "工单",
  orders: "订单（保留，但不显示属于谁）",
  customers: "客户资料",
  asked_questions: "提出的问题",
  survey_answers: "满意度回答",
  done_acts: "通话中办理的事项",
  imports: "导入文件条目",
  bank_clients: "银行客户",
  bank_accounts: "银行账户",
  bank_cards: "银行卡",
  bank_payments: "刷卡记录",
  bank_appointments: "预约",
  recordings: "录音",
  saved_searches: "保存的搜索",
  legal_holds: "法律保留",
  alarms: "警报",
  audit_entries: "审计记录",
  call_words: "全文索引",
  staff_accounts: "员工账户",
};

const useTexts = makeTexts("records", { en, zh });

const isKnown = (kind: string): kind is Kind => Object.hasOwn(en, kind);

/** What kinds of records are called; one that came later has its own name. */
export function useRecords(): (kind: string) => string {
  const t = useTexts();
  return useCallback((kind) => (isKnown(kind) ? t(kind) : kind.replaceAll("_", " ")), [t]);
}
