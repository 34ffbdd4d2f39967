import { Alert, Button, Group, Text } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";

import { api } from "../../shared/api";
import { useFormats } from "../../shared/formats";
import { useSession } from "../../shared/session";
import { tellTrouble } from "../../shared/tell";
import type { Alarm } from "./store";
import { useTexts } from "./texts";
import { useNumber } from "./Tiles";

/** The alarms that ring. */
export function Alarms({ alarms }: { alarms: readonly Alarm[] }) {
  return (
    <div role="alert">
      {alarms.map((alarm) => (
        <OneAlarm key={alarm.id} alarm={alarm} />
      ))}
    </div>
  );
}

function OneAlarm({ alarm }: { alarm: Alarm }) {
  const t = useTexts();
  const shown = useNumber();
  const formats = useFormats();
  const { role } = useSession();
  const seen = useMutation({
    mutationFn: () =>
      api.POST("/api/v1/live/alarms/{alarm_id}/acknowledge", {
        params: { path: { alarm_id: alarm.id } },
        body: { note: "" },
      }),
    onError: tellTrouble,
  });
  const name = t(alarm.name as "asa_s");
  return (
    <Alert
      color={alarm.acknowledged_by ? "gray" : "red"}
      icon={<IconBell size={18} />}
      mb="xs"
      p="xs"
    >
      <Group justify="space-between">
        <Text size="sm">
          {t("alarm", {
            name,
            value: shown(alarm.name, alarm.value),
            goal: shown(alarm.name, alarm.goal),
          })}{" "}
          · {formats.clock(alarm.raised_at)}
        </Text>
        {alarm.acknowledged_by ? (
          <Text size="sm">{t("seenBy", { who: alarm.acknowledged_by })}</Text>
        ) : (
          role !== "auditor" && (
            <Button
              size="compact-sm"
              variant="default"
              loading={seen.isPending}
              onClick={() => seen.mutate()}
            >
              {t("acknowledge")}
            </Button>
          )
        )}
      </Group>
    </Alert>
  );
}
