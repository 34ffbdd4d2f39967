import {
  AppShell,
  Box,
  Burger,
  Button,
  Group,
  Loader,
  Menu,
  NavLink as MenuLink,
  ScrollArea,
  Text,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { Suspense } from "react";
import { NavLink, Outlet, useLocation } from "react-router";

import { features } from "../features";
import { api, type Schemas } from "../shared/api";
import { may, type MenuItem } from "../shared/feature";
import { KeysOfPage, showKeys } from "../shared/keys";
import { SessionGate, useSession } from "../shared/session";
import { languages, useLanguage } from "../shared/texts";
import { useArrival } from "../shared/useArrival";
import { NotForYou } from "./NotForYou";
import { useTexts } from "./texts";

/** The frame around every page: who isn't signed in sees the sign-in page in it. */
export function Shell() {
  return (
    <SessionGate>
      <Frame />
    </SessionGate>
  );
}

function Frame() {
  const t = useTexts();
  const [isOpen, menu] = useDisclosure();
  const { role } = useSession();
  useArrival("page");
  const { pathname } = useLocation();
  const pages = features.flatMap((feature) => feature.menu);
  const items = pages.filter((item) => may(item, role));
  const page = pages.find(({ to }) => pathname === to || pathname.startsWith(`${to}/`));
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <a className="skip-link" href="#page">
        {t("skip")}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={menu.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t("menu")}
            />
            <img src="/icon.svg" alt="" width={24} height={24} />
            <Text fw={700}>Voxdesk</Text>
          </Group>
          <AccountMenu />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t("menu")}>
        <ScrollArea>
          {items.map((item) => (
            <PageLink key={item.to} item={item} onClick={menu.close} />
          ))}
        </ScrollArea>
      </AppShell.Navbar>
      <KeysOfPage />
      <AppShell.Main id="page" tabIndex={-1}>
        {page && !may(page, role) ? (
          <NotForYou page={page} />
        ) : (
          <Suspense fallback={<Loader m="xl" />}>
            <Outlet />
          </Suspense>
        )}
      </AppShell.Main>
    </AppShell>
  );
}

function PageLink({ item, onClick }: { item: MenuItem; onClick: () => void }) {
  const label = item.useLabel();
  return (
    <NavLink to={item.to} style={{ textDecoration: "none", color: "inherit" }} onClick={onClick}>
      {({ isActive }) => (
        <MenuLink
          component="span"
          active={isActive}
          label={label}
          leftSection={<item.icon size={18} stroke={1.6} aria-hidden />}
          style={{ borderRadius: "var(--mantine-radius-md)" }}
        />
      )}
    </NavLink>
  );
}

function AccountMenu() {
  const t = useTexts();
  const session = useSession();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [language, setLanguage] = useLanguage();
  // Here at once; with the person for their other browsers, and no matter when that can't be.
  const keep = (preferences: Schemas["PreferencesIn"]) =>
    void api.PATCH("/api/v1/session/preferences", { body: preferences }).catch(() => undefined);
  return (
    <Menu position="bottom-end" width={220} keepMounted={false}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-md"
          rightSection={<IconChevronDown size={16} aria-hidden />}
        >
          <Box component="span" maw={160} style={{ overflow: "hidden", textOverflow: "ellipsis" }}>
            {session.display_name}
          </Box>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {features
          .flatMap((feature) => feature.accountMenu ?? [])
          .map((item) => (
            <AccountLink key={item.to} item={item} />
          ))}
        <Menu.Label>{t("theme")}</Menu.Label>
        {(["light", "dark", "auto"] as const).map((scheme) => (
          <Menu.Item
            key={scheme}
            onClick={() => {
              setColorScheme(scheme);
              keep({ theme: scheme });
            }}
            aria-current={colorScheme === scheme}
            fw={colorScheme === scheme ? 700 : undefined}
          >
            {t(scheme)}
          </Menu.Item>
        ))}
        <Menu.Label>{t("language")}</Menu.Label>
        {languages.map(([tag, name]) => (
          <Menu.Item
            key={tag}
            lang={tag}
            onClick={() => {
              setLanguage(tag);
              keep({ language: tag });
            }}
            aria-current={language === tag}
            fw={language === tag ? 700 : undefined}
          >
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={showKeys}>{t("keys")}</Menu.Item>
        <Menu.Item onClick={() => void session.signOut()}>{t("signOut")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function AccountLink({ item }: { item: MenuItem }) {
  const label = item.useLabel();
  return (
    <Menu.Item component={NavLink} to={item.to} leftSection={<item.icon size={16} aria-hidden />}>
      {label}
    </Menu.Item>
  );
}
