// Runs one story in a browser: `node run.mjs <story>`. WEFT_PAGE is the address of the page, WEFT_BROWSER the program, WEFT_NODE where
// playwright-core is installed. A story that fails leaves a picture of the page in WEFT_PICTURES, and what could be read there.

import { createRequire } from "node:module";
import { join } from "node:path";
import { Workspace } from "./workspace.mjs";

const { WEFT_PAGE, WEFT_BROWSER, WEFT_NODE, WEFT_PICTURES } = process.env;
const { chromium } = createRequire(join(WEFT_NODE, "package.json"))("playwright-core");
/** Nothing in a story takes this long, also on a machine that is busy. */
const PATIENCE_MS = 60_000;
/** Letters of the page that are printed after a failure. */
const MOST_READ = 3_000;

const name = process.argv[2];
const { default: story } = await import(`./stories/${name}.mjs`);
const browser = await chromium.launch({ executablePath: WEFT_BROWSER, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
page.setDefaultTimeout(PATIENCE_MS);
const broken = [];
page.on("pageerror", (error) => broken.push(error.message));
try {
  await story(new Workspace(page, WEFT_PAGE));
  if (broken.length) throw new Error(`the page broke: ${broken.join("; ")}`);
} catch (error) {
  await page.screenshot({ path: join(WEFT_PICTURES, `${name}.png`) });
  const last = page.locator("[role=dialog]:visible, article.message").last();
  const read = await last.ariaSnapshot().catch(() => "nothing");
  console.error(`${error.stack}\n\nWhat stood last on the page:\n${read.slice(-MOST_READ)}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
