// The page of the simulated Slack, used as people use it: they act as somebody, type, choose, press, and read what stands there.
// Every step waits until the page shows what it is about; nothing waits for a time.

/** A window that is open. */
const DIALOG = "[role=dialog]:visible";

export class Workspace {
  constructor(page, address) {
    this.page = page;
    this.address = address;
  }

  /** From here on this person, in this channel. What they had open stays open, as in Slack. */
  async as(person, place) {
    await this.page.goto("about:blank");
    await this.page.goto(`${this.address}/#${person}/${place}`);
    await this.page.locator("#places button[aria-current=page]").waitFor();
  }

  /** The person's messages with the app. */
  async messages() {
    await this.page.locator("#places").getByText("Weft messages").click();
    await this.page.locator("#tabs [aria-selected=true]", { hasText: "Messages" }).waitFor();
  }

  async say(text) {
    await this.page.getByLabel("Message", { exact: true }).fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** The newest message with this text. */
  message(text) {
    return this.page.locator("article.message", { hasText: text }).last();
  }

  get dialog() {
    return this.page.locator(DIALOG).last();
  }

  /** Waits until the window in front has this title. */
  async window(title) {
    await this.dialog.locator("h2", { hasText: title }).waitFor();
  }

  /** Waits until the text can be read in a part of the page: the window in front unless another one is named. */
  async see(text, where = this.dialog) {
    await where.getByText(text).first().waitFor();
  }

  async press(name, where = this.dialog) {
    await where.getByRole("button", { name }).last().click();
  }

  /** Presses, and says yes where the app asks whether that is meant. */
  async pressAndConfirm(name, yes, where = this.dialog) {
    await this.press(name, where);
    await this.page.locator("dialog.confirm").getByRole("button", { name: yes }).click();
  }

  /** The buttons below the part of a message that begins with this title. */
  below(title, message) {
    return message.locator(`.block-section:has(b:text-is("${title}")) + .block-actions`);
  }

  /** A field of the window in front, by its label. */
  field(label) {
    return this.dialog.locator(".field", { hasText: label }).first();
  }

  /** Chooses in a select of the window in front, by what stands beside it or in it. */
  async choose(option, where = this.dialog) {
    await where.locator("select", { has: this.page.locator("option", { hasText: option }) }).last().selectOption({ label: option });
  }

  /** Types into a select that searches, and takes the first offer with this text. */
  async find(placeholder, typed, offer = typed, where = this.dialog) {
    const input = where.getByPlaceholder(placeholder).last();
    await input.click();
    await input.fill(typed);
    await where.locator("[role=option]:visible", { hasText: offer }).first().click();
  }

  /** Chooses from the "..." menu of a part of the page. */
  async fromMenu(item, where) {
    await where.getByRole("button", { name: "More actions" }).last().click();
    await where.getByRole("menuitem", { name: item }).last().click();
  }

  async closeAll() {
    while (await this.dialog.count()) {
      const title = await this.dialog.getAttribute("aria-labelledby");
      await this.dialog.getByRole("button", { name: "Close", exact: true }).first().click();
      await this.page.locator(`[aria-labelledby="${title}"]`).waitFor({ state: "detached" });
    }
  }
}
