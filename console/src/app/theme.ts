import {
  createTheme,
  defaultVariantColorsResolver,
  parseThemeColor,
  type CSSVariablesResolver,
  type VariantColorsResolver,
} from "@mantine/core";

/** Texts on a light ground of their own colour are darker than Mantine's, which have about 3:1. */
const readableVariants: VariantColorsResolver = (input) => {
  const usual = defaultVariantColorsResolver(input);
  const { color, isThemeColor } = parseThemeColor({
    color: input.color ?? input.theme.primaryColor,
    theme: input.theme,
  });
  if (!isThemeColor || (input.variant !== "light" && input.variant !== "subtle")) return usual;
  const dark = `color-mix(in srgb, var(--mantine-color-${color}-9) 65%, black)`;
  return { ...usual, color: `light-dark(${dark}, var(--mantine-color-${color}-2))` };
};

/** Colours have 4.5:1 against their ground in both themes; controls are at least 24 px (WCAG 2.2). */
export const theme = createTheme({
  primaryColor: "cyan",
  primaryShade: 9,
  autoContrast: true,
  variantColorResolver: readableVariants,
  defaultRadius: "md",
  fontFamily:
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Noto Sans CJK SC", sans-serif',
  headings: { fontWeight: "600" },
  components: {
    Badge: { defaultProps: { tt: "none" } },
    // On a phone closer together, so that they stay in one row as long as they can.
    Tabs: {
      styles: { list: { flexWrap: "wrap" }, tab: { paddingInline: "clamp(7px, 2vw, 16px)" } },
    },
  },
});

/** Dimmed texts, placeholders and errors have only 3.3:1 in Mantine's own light theme. */
export const colours: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
    "--mantine-color-placeholder": "var(--mantine-color-gray-7)",
    "--mantine-color-error": "var(--mantine-color-red-9)",
  },
  dark: {
    "--mantine-color-dimmed": "var(--mantine-color-dark-1)",
    "--mantine-color-placeholder": "var(--mantine-color-dark-1)",
    "--mantine-color-error": "var(--mantine-color-red-5)",
  },
});
