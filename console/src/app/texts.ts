import { makeTexts } from "../shared/texts";

export const useTexts = makeTexts("app", {
  en: {
    menu: "Menu",
    skip: "Skip to the page",
    signOut: "Sign out",
    keys: "Keys (?)",
    theme: "Theme",
    light: "Light",
    dark: "Dark",
    auto: "As the system",
    language: "Language",
    nothingHere: "No page for your role yet",
    nothingHereWhy: "An administrator can give you another role.",
    notForYou: "{{page}} is not for your role",
    notForYouWhy:
      "You are {{role}} here; this page is for: {{roles}}. An administrator can give you another role.",
    noSuchPage: "There is no such page",
    noSuchPageWhy: "Perhaps the link is old. The menu has every page that you may open.",
  },
  zh: {
    menu: "菜单",
    skip: "跳到页面内容",
    signOut: "退出登录",
    keys: "快捷键 (?)",
    theme: "主题",
    light: "浅色",
    dark: "深色",
    auto: "跟随系统",
    language: "语言",
    nothingHere: "您的角色暂无可用页面",
    nothingHereWhy: "管理员可以为您更改角色。",
    notForYou: "您的角色不能打开“{{page}}”",
    notForYouWhy: "您在此的角色是{{role}}；此页面面向：{{roles}}。管理员可以为您更改角色。",
    noSuchPage: "没有这个页面",
    noSuchPageWhy: "链接可能已失效。菜单中列出了您可以打开的所有页面。",
  },
});
