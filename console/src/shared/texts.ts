import i18next from "i18next";
import { useCallback, useSyncExternalStore } from "react";
import { initReactI18next, useTranslation } from "react-i18next";

/** What the interface can be read in: language tag, and its name in itself. */
export const languages = [
  ["en", "English"],
  ["zh", "中文"],
] as const;
export type Language = (typeof languages)[number][0];

const KEPT_AS = "voxdesk-language";

function firstLanguage(): Language {
  const wanted = localStorage.getItem(KEPT_AS) ?? navigator.language;
  return languages.find(([tag]) => wanted.toLowerCase().startsWith(tag))?.[0] ?? "en";
}

void i18next.use(initReactI18next).init({
  lng: firstLanguage(),
  fallbackLng: "en",
  resources: {},
  interpolation: { escapeValue: false }, // React escapes
  react: { useSuspense: false },
  initAsync: false,
});
document.documentElement.lang = i18next.language;
i18next.on("languageChanged", (tag) => (document.documentElement.lang = tag));

/** `calls_one`, `calls_other` are asked for as `calls`, with a `count`. */
type Asked<Key> = Key extends `${infer Base}_${"zero" | "one" | "other"}` ? Base : Key;
type Values = Record<string, string | number>;
export type Translate<Key extends string> = (key: Asked<Key>, values?: Values) => string;

/**
 * Texts of one feature, in every language: `const useTexts = makeTexts("calls", { en, zh })`,
 * then `const t = useTexts(); t("found", { count: 3 })`. A language that lacks a key doesn't compile.
 */
export function makeTexts<const T extends Record<string, string>>(
  namespace: string,
  texts: { en: T; zh: { [Key in keyof T]: string } },
): () => Translate<keyof T & string> {
  i18next.addResourceBundle("en", namespace, texts.en);
  i18next.addResourceBundle("zh", namespace, texts.zh);
  return function useTexts() {
    const { t } = useTranslation(namespace);
    return useCallback((key, values) => t(key, values), [t]);
  };
}

/** The language now, for what isn't part of a page. */
export const languageNow = (): Language => i18next.language as Language;

/** The language now, and how to change it; kept in this browser. */
export function useLanguage(): [Language, (tag: Language) => void] {
  const language = useSyncExternalStore(
    (changed) => {
      i18next.on("languageChanged", changed);
      return () => i18next.off("languageChanged", changed);
    },
    () => i18next.language as Language,
  );
  const change = useCallback((tag: Language) => {
    localStorage.setItem(KEPT_AS, tag);
    void i18next.changeLanguage(tag);
  }, []);
  return [language, change];
}
