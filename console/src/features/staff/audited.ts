import { makeTexts } from "../../shared/texts";

/** What the log says that something was done to: "call 0f3a…", "comment 3 of call 0f3a…". */
const things = {
  "a person": "a person",
  "audit log": "audit log",
  "live calls": "live calls",
  "saved search": "saved search",
  "scores by": "scores by",
  alarm: "alarm",
  call: "call",
  callback: "callback",
  callbacks: "callbacks",
  calls: "calls",
  "calls to score": "calls to score",
  comment: "comment",
  customer: "customer",
  erasure: "erasure",
  flow: "flow",
  "customers in a trial": "customers in a trial",
  hold: "hold",
  holds: "holds",
  import: "import",
  imports: "imports",
  jobs: "jobs",
  knowledge: "knowledge",
  "mentions of a person": "mentions of a person",
  message: "message",
  messages: "messages",
  people: "people",
  person: "person",
  recording: "recording",
  scores: "scores",
  scoring: "scoring",
  session: "session",
  speakers: "speakers",
  staff: "staff",
  "unanswered questions": "unanswered questions",
  ticket: "ticket",
  tickets: "tickets",
  token: "token",
  words: "words",
};
const useThings = makeTexts("audited", {
  en: things,
  zh: {
    "a person": "某个人",
    "audit log": "审计日志",
    "live calls": "实时通话",
    "saved search": "已保存的搜索",
    "scores by": "评分结果，按",
    alarm: "警报",
    call: "通话",
    callback: "回拨",
    callbacks: "回拨",
    calls: "通话列表",
    "calls to score": "待评分的通话",
    comment: "评论",
    customer: "客户",
    erasure: "删除记录",
    flow: "流程",
    "customers in a trial": "试用中的客户",
    hold: "保留",
    holds: "保留列表",
    import: "导入",
    imports: "导入列表",
    jobs: "通话后处理",
    knowledge: "知识库",
    "mentions of a person": "提及某个人的内容",
    message: "留言",
    messages: "留言",
    people: "查找的人",
    person: "个人",
    recording: "录音",
    scores: "评分",
    scoring: "评分",
    session: "会话",
    speakers: "说话人",
    staff: "员工",
    "unanswered questions": "未回答的问题",
    ticket: "工单",
    tickets: "工单",
    token: "令牌",
    words: "话语",
  },
});

const useReasons = makeTexts("audited-why", {
  en: {
    command: "on the command line",
    "display name": "display name",
    "everywhere else": "everywhere else",
    "first one": "the first one",
    "link for a password": "link for a password",
    revoked: "revoked",
    "signed out": "signed out",
  },
  zh: {
    command: "命令行",
    "display name": "显示名称",
    "everywhere else": "其他所有登录",
    "first one": "首位",
    "link for a password": "密码链接",
    revoked: "已撤销",
    "signed out": "已退出登录",
  },
});
type Thing = keyof typeof things;
const THINGS = (Object.keys(things) as Thing[]).sort((a, b) => b.length - a.length);
const REASONS = [
  "command",
  "display name",
  "everywhere else",
  "first one",
  "link for a password",
  "revoked",
  "signed out",
] as const;

/** The log's names of things in the language of the page; names of ours and numbers stay. */
export function useOf(): (of: string) => string {
  const t = useThings();
  const part = (text: string) => {
    const thing = THINGS.find((one) => text === one || text.startsWith(`${one} `));
    return thing ? t(thing) + text.slice(thing.length) : text;
  };
  // "mentions of a person" is one thing, "comment 3 of call 0f3a" two.
  return (of) => (of in things ? part(of) : of.split(" of ").map(part).join(" · "));
}

/** What people wrote stays as it is; what the system gives as a reason is translated. */
export function useReason(): (why: string) => string {
  const t = useReasons();
  return (why) => {
    const known = REASONS.find((one) => one === why);
    return known ? t(known) : why;
  };
}
