import { makeTexts } from "../texts";

export const useTexts = makeTexts("yaml", {
  en: {
    save: "Save draft",
    saved: "Draft saved",
    unsaved: "Not saved",
    noProblems: "No mistakes found",
    line: "Line {{line}}",
    conflict: "Somebody changed this meanwhile",
    conflictHelp:
      "Your text is still here. Look at what is different, then keep yours or take theirs.",
    keepMine: "Keep mine",
    takeTheirs: "Take theirs",
    leave: "Leave without saving?",
    leaveWhat: "What you changed since it was last saved is lost.",
    leaveNow: "Leave",
    help: "Ctrl+S saves · Ctrl+Space completes · Ctrl+F finds",
  },
  zh: {
    save: "保存草稿",
    saved: "草稿已保存",
    unsaved: "未保存",
    noProblems: "未发现错误",
    line: "第 {{line}} 行",
    conflict: "此内容已被他人修改",
    conflictHelp: "您的文本仍在。请查看差异，然后保留您的或采用对方的。",
    keepMine: "保留我的",
    takeTheirs: "采用对方的",
    leave: "不保存就离开？",
    leaveWhat: "上次保存之后的更改将会丢失。",
    leaveNow: "离开",
    help: "Ctrl+S 保存 · Ctrl+Space 补全 · Ctrl+F 查找",
  },
});
