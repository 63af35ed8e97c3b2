import { screen, within } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { expectAccessible, open } from "./harness";

it("tells newest first what was decided and why", async () => {
  const { host } = await open({ view: "journal" });
  const rows = await screen.findAllByTestId("journal-row");
  expect(rows[0]).toHaveTextContent(host.journal[0]?.detail ?? "");
  expect(screen.getByRole("heading", { name: "Today" })).toBeVisible();
  await expectAccessible();
});

it("unfolds a row to its actions", async () => {
  const { user, click } = await open({ view: "journal" });
  await click("journal-only-actions");
  const [row] = await screen.findAllByTestId("journal-row");
  const toggle = within(row as HTMLElement).getByTestId("journal-toggle");
  await user.click(toggle);
  expect(toggle).toHaveAttribute("aria-expanded", "true");
  expect(row).toHaveTextContent(/Because of/);
  expect(within(row as HTMLElement).getAllByRole("listitem").length).toBeGreaterThan(0);
  await expectAccessible();
});

it("filters by words and by actions", async () => {
  const { user, click } = await open({ view: "journal" });
  await user.type(screen.getByTestId("journal-filter"), "orbital");
  for (const row of await screen.findAllByTestId("journal-row")) expect(row).toHaveTextContent("Orbital");
  await click("journal-only-actions");
  for (const row of await screen.findAllByTestId("journal-row")) {
    expect(row).not.toHaveAttribute("data-reason", "notNearEnd");
  }
  await user.type(screen.getByTestId("journal-filter"), " nobody-has-this");
  expect(await screen.findByText("Nothing matches")).toBeVisible();
});

it("keeps ten thousand rows out of the document", async () => {
  const { page } = await open({ view: "journal", scenario: "large" });
  while (!page.journal.complete) await page.journal.more();
  expect(page.journal.entries).toHaveLength(10_000);
  expect(screen.getAllByTestId("journal-row").length).toBeLessThan(60);
});

it("takes in rows that are written while it is open", async () => {
  const { host, click, page } = await open({ view: "journal" });
  await screen.findAllByTestId("journal-row");
  const newest = host.journal[0]?.id ?? 0;
  page.navigation.open("now");
  await click("check-now");
  page.navigation.open("journal");
  await screen.findAllByTestId("journal-row");
  await expect.poll(() => page.journal.entries[0]?.id).toBe(newest + 1);
});

it("says that there is nothing yet", async () => {
  await open({ view: "journal", scenario: "empty" });
  expect(await screen.findByText("Nothing has been decided yet")).toBeVisible();
  await expectAccessible();
});

it("shows a failure and what to do about it", async () => {
  const { host, page } = await open({ view: "journal" });
  host.failNext("get_journal", { code: "unreachable", message: "The server cannot be reached." });
  await page.journal.refresh();
  expect(await screen.findByText(/Check the address and the port/)).toBeVisible();
});
