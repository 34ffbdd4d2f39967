import { TextInput, type TextInputProps } from "@mantine/core";

import { makeTexts } from "./texts";

const useTexts = makeTexts("file-name", { en: { name: "Name" }, zh: { name: "名称" } });

/** What a new file of an installation is called. */
export function FileName(field: TextInputProps) {
  const t = useTexts();
  return (
    <TextInput
      label={t("name")}
      required
      pattern="[a-z0-9][a-z0-9_\-]*"
      data-autofocus
      {...field}
    />
  );
}
