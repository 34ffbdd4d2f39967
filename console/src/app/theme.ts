import { createTheme } from "@mantine/core";

/** Colours have 4.5:1 against their ground in both themes; controls are at least 24 px (WCAG 2.2). */
export const theme = createTheme({
  primaryColor: "cyan",
  primaryShade: { light: 9, dark: 5 },
  autoContrast: true,
  defaultRadius: "md",
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Noto Sans CJK SC", sans-serif',
  headings: { fontWeight: "600" },
  components: { Badge: { defaultProps: { tt: "none" } } },
});
