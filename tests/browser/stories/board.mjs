// A board over two tools: built, paged through, exported, shared, and lost with access to one of the tools.

const NAME = "Not in Slack";

export default async function story(workspace) {
  const board = () => workspace.message(NAME);
  await workspace.as("U0ADA", "C0ADMINS");
  await build(workspace);
  await workspace.see(/Rows 1–200 of \d+/, board());

  await workspace.press("Next rows", board());
  await workspace.see(/Rows 201–400 of \d+/, board());

  await workspace.press("Export", board());
  await workspace.see("The file is in your messages with this app", workspace.message("The file is in"));
  await workspace.messages();
  await exported(workspace);

  await workspace.as("U0ADA", "C0ADMINS");
  await workspace.press("Share…", board());
  await workspace.find("Choose people", "Linus", "Linus Berg", workspace.field("Who may look at it?"));
  await workspace.press("Share");
  await workspace.see("It is shared as you said.");
  await workspace.closeAll();

  await workspace.as("U0LINUS", "C0ADMINS");
  await workspace.say(`/boards ${NAME}`);
  await workspace.see(/Rows 1–200 of \d+/, board());

  await workspace.as("U0ADA", "C0ADMINS");
  await onlyGraceMayUseSlack(workspace);

  await workspace.as("U0LINUS", "C0ADMINS");
  await workspace.press("Next rows", board());
  await workspace.see("You may not use", workspace.message("You may not use"));
}

async function build(workspace) {
  await workspace.say("/weft new");
  await workspace.choose("Users");
  await workspace.see(/\d+ rows · All records/);
  await workspace.press("Add condition");
  await workspace.find("Choose a field", "slack match", "Which key says that the two are the same");
  await workspace.see("Match is any of");
  await workspace.find("Choose", "no match");
  await workspace.see(/\d+ rows · .*no match/);
  await workspace.field("Name").getByRole("textbox").fill(NAME);
  await workspace.press("Create board");
  await workspace.see("Only you see it until you share it.");
  await workspace.closeAll();
}

/** The file holds a line for each row and one for the titles. */
async function exported(workspace) {
  const message = workspace.message(`${NAME}:`);
  const rows = Number((await message.innerText()).match(/: (\d+) rows/)[1]);
  const address = await message.getByRole("link").getAttribute("href");
  const file = await workspace.page.request.get(new URL(address, workspace.address).href);
  const lines = (await file.text()).trimEnd().split("\r\n");
  if (lines.length !== rows + 1) throw new Error(`${lines.length} lines for ${rows} rows`);
}

async function onlyGraceMayUseSlack(workspace) {
  await workspace.say("/weft connections");
  const tiles = workspace.message("Connected");
  await workspace.fromMenu("Manage permissions…", workspace.below("Acme (Slack)", tiles));
  await workspace.choose("Only these people");
  await workspace.find("Choose people", "Grace", "Grace Hopper");
  await workspace.press("Save");
  await workspace.see("“Acme (Slack)” is for 1 person and admins from now on.");
  await workspace.closeAll();
}
