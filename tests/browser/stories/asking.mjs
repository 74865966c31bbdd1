// What stories about actions share: Ada asks for an action on a row of a board, and Grace finds the card.

export const BOARD = "Idle paid seats";

/** Opens the board as Ada and asks for an action on its first row. Answers who stands there. */
export async function ask(workspace, action) {
  await workspace.as("U0ADA", "C0ADMINS");
  await workspace.say(`/boards ${BOARD}`);
  const board = workspace.message(BOARD);
  const name = await board.locator("tbody tr").first().locator("td, th").first().innerText();
  await workspace.find("Act on a row…", name, name, board);
  await workspace.window("Actions");
  await workspace.choose(action);
  await workspace.window(action);
  await workspace.press("Preview");
  await send(workspace);
  return name;
}

/** Sends what the preview shows. */
export async function send(workspace) {
  await workspace.window("Preview");
  await workspace.field("Reason").getByRole("textbox").fill("Nobody uses it");
  await workspace.press("Send request");
  await workspace.window("Request sent");
  await workspace.closeAll();
}

/** The newest card among Grace's messages. */
export async function card(workspace, action) {
  await workspace.as("U0GRACE", "C0ADMINS");
  await workspace.messages();
  const card = workspace.message(`Approval needed: ${action}`);
  await card.waitFor();
  return card;
}
