import type { Schemas } from "./api";
import { languageNow } from "./texts";
import { said, type Worded } from "./worded";

type Trouble = Schemas["Trouble"];
export type Case = NonNullable<Trouble["case"]>;
/** What the API may answer, and what becomes of a request that it never answers. */
export type Code = Trouble["code"] | "away" | "unknown";

type Texts<T> = Partial<Record<string, T>>;

export interface Told {
  code: string;
  message: string;
  case?: string | null | undefined;
  details?: Record<string, string | number>;
  /** The message taken apart, where its wording has translations. */
  worded?: Worded | null;
}

/**
 * Refusals of the API in the language of the page. Its own words are English and exact, so English
 * pages show them; others say the same by its wording, or have a text for each case, or else for each
 * code, in which `{{message}}` are the API's words. A code or a case without a text doesn't compile.
 */
export function told(trouble: Told, language: string): string {
  // A newer API may know what this page doesn't.
  const [short, translated] = (codes as Texts<readonly [string, string]>)[trouble.code] ?? [];
  const english = trouble.message || short || trouble.code;
  if (language === "en") return english;
  const values = { ...trouble.details, message: english };
  return (
    (trouble.worded ? said(trouble.worded, language) : undefined) ??
    filled((cases as Texts<string>)[trouble.case ?? ""], values) ??
    filled(translated, values) ??
    english
  );
}

/** Why something failed at its time, as it was kept beside its English text. */
export function keptTold(error: string, kept?: Schemas["TroubleKept"] | null): string {
  // What older versions kept is the wording itself, where nothing had to be put into it.
  const trouble = kept ?? { code: "", worded: { wording: error } };
  return error && told({ ...trouble, message: error }, languageNow());
}

/** None where a value is missing: a text with holes helps nobody. */
function filled(text: string | undefined, values: Record<string, string | number>) {
  let isWhole = text !== undefined;
  const whole = text?.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    isWhole &&= name in values;
    return String(values[name]);
  });
  return isWhole ? whole : undefined;
}

/** By code: in English where the API says nothing, and in Chinese. */
const codes: Record<Code, readonly [string, string]> = {
  away: [
    "The console can't be reached. Is the network there? It is tried again by itself.",
    "无法连接控制台。请检查网络，系统会自动重试。",
  ],
  unknown: ["Something answered that isn't the console.", "应答的不是控制台：{{message}}"],
  access_refused: ["This can't be done.", "无法这样做：{{message}}"],
  audio_format: ["The sound has a format that isn't known.", "音频格式不正确：{{message}}"],
  bad_request: ["The request makes no sense.", "请求无效：{{message}}"],
  busy: [
    "Too many requests at the same time; try again in a second.",
    "同时的请求太多，请稍后再试。",
  ],
  call_elsewhere: ["Another machine serves this call.", "此通话由另一台机器处理：{{message}}"],
  conflict: ["This doesn't go together with how it is now.", "与当前状态不符：{{message}}"],
  database: [
    "The database is away; try again in a moment.",
    "数据库暂时不可用，请稍后再试。（{{message}}）",
  ],
  disk_full: ["There is no room for this file.", "磁盘空间不足，文件未保存：{{message}}"],
  engine_away: ["The engine is not there.", "通话引擎未运行：{{message}}"],
  error: ["Something went wrong here; the log says what.", "系统内部出错，详情见日志。"],
  flow: ["The flow has mistakes.", "流程有错误：\n{{message}}"],
  forbidden: ["Your role may not do this.", "您的角色无权执行此操作。"],
  held: ["This is under legal hold.", "处于法律保留之下：{{message}}"],
  hold_refused: ["This can't be held.", "无法设置保留：{{message}}"],
  hopeless: ["This can't be done.", "无法完成：{{message}}"],
  import: ["This can't be imported.", "无法导入：{{message}}"],
  link_spent: ["This link is worth nothing any more.", "此链接已失效。"],
  method_not_allowed: ["This can't be done here.", "此处不支持该操作。"],
  model_missing: ["A model is missing.", "缺少模型：{{message}}"],
  model_unreachable: ["A model can't be fetched.", "无法获取模型：{{message}}"],
  no_leg_free: ["All lines are busy.", "所有线路都在使用中。"],
  no_sound: ["There is no sound.", "没有声音：{{message}}"],
  no_voice: ["That can't be said, or not be understood.", "无法朗读或听懂：{{message}}"],
  not_found: ["There is no such thing.", "找不到所请求的内容。"],
  not_now: ["Not as things are now.", "目前无法这样做：{{message}}"],
  not_sound: ["This file has no sound.", "此文件不是可用的录音：{{message}}"],
  not_taken: ["The file can't be kept.", "无法保存文件：{{message}}"],
  not_there: ["There is no such thing.", "不存在：{{message}}"],
  not_valid: ["Some fields are wrong.", "这些内容无效：{{fields}}（{{message}}）"],
  not_yours: ["It is somebody else's.", "这属于别人：{{message}}"],
  password_change_needed: ["Choose another password first.", "管理员要求您先更换密码。"],
  password_refused: ["This password is too easy to guess.", "密码不可用：{{message}}"],
  protocol: ["Parts of Voxdesk don't understand each other.", "内部通信出错：{{message}}"],
  publish_conflict: [
    "Somebody else has published meanwhile.",
    "{{author}} 已发布版本 {{number}}（原因：{{reason}}），而您的 {{flow}} 草稿不是由它修改而来，因此未发布。请先比较两者的差异。",
  ],
  publish_refused: ["This can't be published.", "无法发布：{{message}}"],
  recognizer: ["Speech recognition failed.", "语音识别失败：{{message}}"],
  recording_locked: [
    "The recording's key isn't here.",
    "录音的密钥不在这里，无法解锁：{{message}}",
  ],
  recording_missing: ["The recording is gone.", "录音不存在：可能已被删除或移动。"],
  recording_unreadable: ["The recording can't be read.", "录音无法读取：{{message}}"],
  score_conflict: ["This scoring was changed elsewhere.", "此评分已在别处更改：{{message}}"],
  score_refused: ["This scoring can't be kept.", "无法保存评分：{{message}}"],
  score_taken: ["Somebody else scores this.", "由他人评分中：{{message}}"],
  scorecard: ["The scorecard has mistakes.", "评分表有错误：\n{{message}}"],
  search: ["This search isn't understood.", "无法理解此搜索：{{message}}"],
  service: ["A system outside failed.", "外部系统出错：{{message}}"],
  session_over: ["Your session is over. Sign in again.", "您的会话已结束，请重新登录。"],
  settings: ["A setting is wrong.", "设置有误：{{message}}"],
  sign_in_refused: ["Signing in was refused.", "无法登录：{{message}}"],
  still_talking: ["A call with this person goes on.", "此人正在通话中，请在通话结束后再删除。"],
  synthesis: ["A voice failed.", "语音合成失败：{{message}}"],
  telephony: ["Telephony failed.", "电话系统出错：{{message}}"],
  too_large: ["The file is too large.", "文件过大：{{message}}"],
  too_long: ["The request is too long.", "请求内容过长：{{message}}"],
  too_many_streams: ["Too many pages watch or listen.", "正在观看或监听的页面太多：{{message}}"],
  too_many_tries: ["Too many tries.", "尝试次数过多，请在 {{wait_s}} 秒后再试。"],
  trial: ["This can't be done now.", "现在不能这样做：{{message}}"],
  unauthorized: ["Sign in first.", "请先登录。"],
  unprocessable_entity: ["This can't be taken.", "无法接受：{{message}}"],
  voxdesk: ["This did not work.", "操作未成功：{{message}}"],
  wrong_host: ["The console isn't reached by this name.", "不能用此名称访问控制台：{{message}}"],
  wrong_origin: ["Another site asked for this.", "请求来自其他网站，已拒绝。"],
};

/** By case, in Chinese. */
const cases: Record<Case, string> = {
  account_disabled: "此账户已停用，请联系管理员。",
  account_exists: "“{{name}}”已有账户。",
  administrator_exists: "已有管理员，请由其添加其他人。",
  base_unknown: "{{flow}}：草稿称其由版本 {{base}} 修改而来，而最新版本是 {{number}}。",
  call_on_node: "此通话由 {{node}} 处理，请打开那台机器的控制台来监听或结束。",
  call_over: "此通话已结束，可在“通话”中查看。",
  comment_of_another: "此评论是 {{owner}} 写的，只有其本人可以修改。",
  disk_small: "磁盘空间不足：文件有 {{needs_mb}} MB，磁盘只剩 {{has_mb}} MB。请先腾出空间再上传。",
  draft_changed: "{{flow}} 的草稿已被他人更改，请重新查看后再试。",
  engine_starts: "此机器的通话引擎未运行；它会自动重新启动，请几秒后再试。",
  erase_unconfirmed: "未删除任何内容：确认文字必须是 ERASE。",
  file_empty: "文件是空的，没有任何内容。",
  file_large: "录音不能超过 {{most_mb}} MB（设置 imports.most_mb）。",
  held_by: "处于法律保留（{{numbers}}）之下，未删除任何内容。如确属应当，请先解除保留。",
  hold_of_one: "保留只能针对一个通话或一位客户。",
  hold_reason: "保留需要原因：案件编号，或由谁提出。",
  import_busy: "它正在处理中，或已成为通话：请先取消，或删除该通话。",
  import_gone: "它的文件已不在这里，请重新上传。",
  import_not_failed: "只有失败的导入才能重试。",
  last_administrator: "{{name}} 是最后一位可以登录的管理员。请先将其他人设为管理员。",
  link_first: "此链接已使用或已过期。没有管理员时可生成新的：voxdesk staff first-link",
  link_password: "此链接已使用或已过期，请向管理员索取新的。",
  live_already: "{{flow}}：这与线上的版本 {{number}} 相同，未做任何更改。",
  name_not_valid: "名称须为 1 至 {{most}} 个可见字符。",
  name_of_person: "“{{name}}”是一位人员的用户名，请为令牌换一个名称。",
  name_of_token: "已有名为“{{name}}”的令牌，请换一个名称。",
  never_published: "{{flow}} 从未发布过，请查看其草稿。",
  no_account: "没有这个账户。",
  no_alarm: "没有这条警报。",
  no_call: "没有这个通话，可能已被删除。",
  no_calls_of: "没有符合条件的 {{flow}} 已结束通话。",
  no_comment: "没有这条评论，可能已被删除。",
  no_customer: "没有这位客户。",
  no_draft: "{{flow}} 没有草稿。",
  no_hold: "没有这项保留，或已解除。",
  no_import: "没有这个导入。",
  no_knowledge: "没有名为 {{name}} 的知识文件。",
  no_language: "{{flow}} 没有语言 {{language}}。",
  no_person: "这里没有此人的任何数据。",
  no_run: "这次运行已不存在，请重新开始。",
  no_scorecard: "config/scorecards 中没有评分表“{{name}}”。",
  no_search: "没有这个已保存的搜索，可能已被删除。",
  no_speaker: "此通话中没有说话人 {{number}}，现有：{{known}}。",
  no_tests: "{{flow}} 没有测试。",
  no_token: "没有这个令牌。",
  no_version: "{{flow}} 没有版本 {{number}}，现有 1 至 {{newest}}。",
  not_recorded: "此通话没有录音。",
  nothing_before: "{{flow}}：线上版本之前没有其他版本。",
  only_people: "令牌没有密码、偏好设置和会话。",
  password_changed: "密码已在别处更改，请重新登录。",
  password_has_name: "密码中不能包含用户名。",
  password_known: "这是最容易被猜到的密码之一，请换一个。",
  password_long: "密码最多 {{most}} 个字符。",
  password_repeats: "此密码中重复的字符太多，请换一个。",
  password_same: "这就是您现在的密码，请换一个。",
  password_short: "密码至少 {{least}} 个字符。四个互不相关的词既好记又难猜。",
  present_wrong: "当前密码不正确。",
  reason_missing: "请写明原因，以便他人日后了解。",
  recording_damaged: "录音已损坏，无法播放。",
  recording_empty: "录音是空的：还没有录到声音，通话就结束了。",
  recording_gone: "录音不存在：已被删除或移动。",
  runs_full: "已有其他运行在等待，请在一个完成后再试。",
  score_begun:
    "{{owner}} 正在用同一评分表为此通话评分，最近保存于 {{at}}。您可以同时各自评分，或接手对方的评分继续。",
  score_done: "此评分已完成；要修改请先重新打开。",
  score_elsewhere: "此评分已在别处保存（可能是另一个窗口），您的内容未保存。请重新查看。",
  score_gone: "此评分已不存在：已被丢弃，或其通话已被删除。",
  score_missing: "尚未回答：{{questions}}。请回答，或选择“不适用”。",
  score_nothing_counts: "没有任何计分的问题适用于此通话，因此没有得分。",
  score_of_another: "此评分属于 {{owner}}；您可以对同一通话另行评分。",
  score_unfinished: "{{owner}} 尚未完成此评分。",
  search_between: "{{operator}} 应在两个词之间。",
  search_field: "没有“{{field}}:”这个条件。可用的有：{{fields}}",
  search_field_excluded: "-{{field}}: 不能排除条件，只能排除词语。",
  search_long: "搜索最多 {{most}} 个字符，现有 {{has}} 个。",
  search_near_far: "NEAR 之间最多相隔 {{most}} 个词：NEAR/{{most}}",
  search_near_three: "NEAR 只能连接两个词或短语。",
  search_no_word: "“{{text}}”中没有可搜索的词。",
  search_number: "“{{text}}”不是可用的数字。",
  search_of_another: "此搜索属于 {{owner}}，只有其本人可以删除。",
  search_page: "此页的地址已失效，请从第一页开始。",
  search_pattern:
    "“{{word}}”中有 {{signs}}：词语按原样搜索，不支持通配符。请去掉符号，或加上引号。",
  search_quote_open: '引号没有成对：请在短语末尾也加上 "。',
  search_slow: "此搜索超过 {{within_s}} 秒，已停止。请缩短时间范围，或使用更少见的词。",
  search_stray: "不能只搜索 {{sign}}。",
  search_time: "“{{text}}”不是时间：请写成 2026-11-21 或 2026-11-21T14:30。",
  search_twice: "{{field}}: 出现了两次，一个通话不可能同时符合。",
  search_value_missing: "{{field}}: 后面缺少内容。",
  search_version: "没有流程发布过版本 {{version}}。",
  search_word_missing: "{{operator}} 后面缺少词语。",
  search_word_wanted: "{{operator}} 后面应是词语或短语。",
  search_words: "搜索最多 {{most}} 个词，现有 {{has}} 个。",
  search_consent: "consent: 只能是 {{allowed}}，而不是 {{text}}。",
  search_yes_or_no: "{{field}}: 只能是 yes 或 no，而不是 {{text}}。",
  searches_full: "您已有 {{most}} 个保存的搜索，请先删除一个。",
  sign_in_wrong: "用户名或密码不正确，或账户已停用。",
  streams_full: "已有 {{most}} 个页面在观看或监听；请关闭无人使用的页面。",
  talk_begin: "这是对话的开头，没有可撤回的内容。",
  talk_long: "一次对话最多 {{most}} 步，请重新开始。",
  talk_old: "{{flow}} 的草稿已更改，请重新开始对话。",
  text_long: "最多 {{most}} 个字符，现有 {{has}} 个。",
  token_exists: "已有名为“{{name}}”的令牌，请先撤销它。",
  version_unrunnable: "{{flow}}：当前程序已无法运行版本 {{number}}：\n{{message}}",
  voice_away: "语音没有应答，请重试。",
  who_is_missing: "请说明是谁：电话号码或客户编号。",
};
