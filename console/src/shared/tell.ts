import { notifications } from "@mantine/notifications";

/** At the edge of the page: why something that was asked for isn't done. */
export const tellTrouble = (error: Error) =>
  notifications.show({ color: "red", role: "alert", message: error.message });
