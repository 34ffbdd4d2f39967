import { MantineProvider } from "@mantine/core";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { Confirmation, confirmed } from "./confirm";

test("what loses something is done only when somebody says so", async () => {
  render(
    <MantineProvider env="test">
      <Confirmation />
    </MantineProvider>,
  );
  const user = userEvent.setup();
  const question = { title: "Revoke it?", text: "Its program is let in no more.", label: "Revoke" };

  const first = confirmed(question);
  await user.click(await screen.findByRole("button", { name: "Cancel" }));
  expect(await first).toBe(false);

  const second = confirmed(question);
  await user.click(await screen.findByRole("button", { name: "Revoke" }));
  expect(await second).toBe(true);
});
