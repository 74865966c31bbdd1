// The org is slow, somebody stops everything: what was not begun is left alone, and Ada reads how many. The org answers its first call
// only after the stop.

import { card, send } from "./asking.mjs";

const BOARD = "Idle paid seats";
const ACTION = "Remove role";

export default async function story(workspace) {
  await workspace.as("U0ADA", "C0ADMINS");
  await workspace.say(`/boards ${BOARD}`);
  await workspace.press("Actions…", workspace.message(BOARD));
  await workspace.window("Actions");
  await workspace.choose(ACTION);
  await workspace.window(ACTION);
  await workspace.dialog.getByLabel(/All \d+ rows of the board/).check();
  await workspace.press("Preview");
  await send(workspace);

  await workspace.press(`Approve: ${ACTION}`, await card(workspace, ACTION));
  await workspace.message(`${ACTION}: running`).waitFor();
  await workspace.as("U0GRACE", "C0ADMINS");
  await workspace.say("/weft stop");
  await workspace.see("Requests halted while running: 1", workspace.message("Stopped."));

  await workspace.as("U0ADA", "C0ADMINS");
  await workspace.messages();
  await workspace.see(/\d+ stopped/, workspace.message(`${ACTION}: stopped`));
}
