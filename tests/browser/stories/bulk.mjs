// All rows of a board but one: looked through page by page, approved, done.

import { card, send } from "./asking.mjs";

const BOARD = "Never logged in";
const ACTION = "Freeze user";

export default async function story(workspace) {
  await workspace.as("U0ADA", "C0ADMINS");
  await workspace.say(`/boards ${BOARD}`);
  const board = workspace.message(BOARD);
  const spared = await board.locator("tbody tr").first().locator("td, th").first().innerText();
  await workspace.press("Actions…", board);
  await workspace.window("Actions");
  await workspace.choose(ACTION);
  await workspace.window(ACTION);
  await workspace.dialog.getByLabel(/All \d+ rows of the board/).check();
  await workspace.find("Search", spared);
  await workspace.press("Preview");

  await workspace.window("Preview");
  await workspace.see(/All \d+ rows of “Never logged in”, except 1/);
  await workspace.press("Next records");
  await workspace.see(/Records 51–\d+ of \d+/);
  await send(workspace);

  const asked = await card(workspace, ACTION);
  await workspace.see("except 1", asked);
  await workspace.pressAndConfirm(`Approve: ${ACTION}`, "Approve", asked);
  await workspace.message(`${ACTION}: done`).waitFor();
}
