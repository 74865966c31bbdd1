// Grace says no and why: nothing happens, and Ada reads the reason.

import { ask, card } from "./asking.mjs";

const ACTION = "Freeze user";

export default async function story(workspace) {
  await ask(workspace, ACTION);
  await workspace.press("Deny…", await card(workspace, ACTION));
  await workspace.field("Why not?").getByRole("textbox").fill("She is on leave");
  await workspace.press("Deny");
  await workspace.closeAll();

  await workspace.as("U0ADA", "C0ADMINS");
  await workspace.messages();
  await workspace.see("She is on leave", workspace.message(`${ACTION}: denied`));
}
