import { makeTexts } from "../../shared/texts";

export const useTexts = makeTexts("sign-in", {
  en: {
    title: "Sign in to Voxdesk",
    name: "Name",
    password: "Password",
    signIn: "Sign in",
  },
  zh: {
    title: "登录 Voxdesk",
    name: "用户名",
    password: "密码",
    signIn: "登录",
  },
});
