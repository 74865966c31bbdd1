// Ada asks, Grace approves: the row leaves the board, and an undo with its own approval brings it back.

import { BOARD, ask, card, send } from "./asking.mjs";

const ACTION = "Deactivate user";

export default async function story(workspace) {
  const name = await ask(workspace, ACTION);
  const row = workspace.message(BOARD).getByRole("row", { name });
  await approve(workspace, ACTION);

  await workspace.as("U0ADA", "C0ADMINS");
  await row.waitFor({ state: "detached" });
  await workspace.messages();
  await workspace.press("Undo…", workspace.message(`${ACTION}: done`));
  await send(workspace);
  await approve(workspace, "Reactivate user");
  await workspace.as("U0ADA", "C0ADMINS");
  await row.waitFor();
}

async function approve(workspace, action) {
  const asked = await card(workspace, action);
  await workspace.press(`Approve: ${action}`, asked);
  const confirm = workspace.page.locator("dialog.confirm").getByRole("button", { name: "Approve" });
  const ended = workspace.message(`${action}: done`);
  // A destructive action asks once more.
  await confirm.or(ended).first().waitFor();
  if (await confirm.isVisible()) await confirm.click();
  await ended.waitFor();
}
