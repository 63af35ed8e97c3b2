import { screen, waitFor, within } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { comingDayLabel } from "../src/format";
import { expectAccessible, NOW, open } from "./harness";

async function openOutlook(options = {}) {
  const opened = await open({ view: "shows", ...options });
  await opened.click("tab-outlook");
  await screen.findAllByTestId("outlook-heading");
  return opened;
}

const row = async (name: string) => screen.findByRole("article", { name });
const headings = () =>
  screen
    .getAllByTestId("outlook-heading")
    .map((heading) => heading.textContent.replaceAll(/\s+/g, " ").trim());

it("lists over all shows what goes when, what waits first and what is kept last", async () => {
  const { sent } = await openOutlook({ scenario: "quiet" });
  expect(sent("get_outlook")).toEqual([{ show: null }]);
  expect(headings()).toEqual([
    "Saturday, 7 Mar 12 files, 24.0 GB",
    "Sunday, 8 Mar 48 files, 96.0 GB",
    "Monday, 9 Mar 12 files, 24.0 GB",
    "Kept 9 files, 18.9 GB",
  ]);
  expect(await row("Harbor Lights")).toHaveTextContent(
    "Back to the pilot on 9 March: Alice watched it on 2 March",
  );
  expect(screen.getByText(/^Progressive cleanup is switched off: seasons go with/)).toBeVisible();
  await expectAccessible();
});

it("puts what waits for a word on top, to be answered right there", async () => {
  const { click, sent } = await openOutlook();
  expect(headings()[0]).toBe("Not known");
  expect(headings()[1]).toMatch(/^Waits for your word/);
  expect(screen.getByTestId("confirmation")).toHaveTextContent("3 shows would lose 42 files.");
  expect(await row("Night Ferry")).toHaveTextContent("Waits for your word: Nobody has watched it since");
  await expectAccessible();
  const before = sent("get_outlook").length;
  await click("dismiss-deletion");
  expect(sent("dismiss_deletion")).toEqual([{ id: 1 }]);
  await waitFor(() => expect(screen.queryByTestId("confirmation")).toBeNull());
  await waitFor(() => expect(sent("get_outlook").length).toBeGreaterThan(before));
});

it("says that a Sonarr does not answer, and still lists the others", async () => {
  await openOutlook();
  const down = await row("Sonarr 4K");
  expect(down).toHaveTextContent("What becomes of 2 shows is not known.");
  expect(within(down).queryByTestId("outlook-keep")).toBeNull();
  expect(screen.getAllByTestId("outlook-row").length).toBeGreaterThan(5);
});

it("keeps a show or a season right in the list, and tells anew what becomes of it", async () => {
  const { user, sent } = await openOutlook({ scenario: "quiet" });
  const harbor = await row("Harbor Lights");
  await user.click(within(harbor).getByRole("button", { name: "Keep Harbor Lights" }));
  expect(
    await within(await row("Harbor Lights")).findByText('Kept: the show is marked "keep"'),
  ).toBeVisible();
  expect(within(await row("Harbor Lights")).getByText("Do not keep")).toBeVisible();
  await user.click(
    within(await row("Harbor Lights")).getByRole("button", { name: "Do not keep Harbor Lights" }),
  );
  const seasons = await row("Harbor Lights");
  await user.click(within(seasons).getByTestId("outlook-toggle"));
  const first = (await within(await row("Harbor Lights")).findAllByTestId("outlook-season"))[0];
  expect(first).toHaveTextContent("Season 1 goes with the show on 9 March");
  await user.click(
    within(first as HTMLElement).getByRole("button", { name: "Keep season 1 of Harbor Lights" }),
  );
  expect(await row("Harbor Lights, Season 1")).toHaveTextContent(
    'Season 1 kept: the season is marked "keep"',
  );
  expect(sent("keep")).toEqual([
    { show: 1, season: null, keep: true },
    { show: 1, season: null, keep: false },
    { show: 1, season: 1, keep: true },
  ]);
});

it("shows a show's seasons and when its viewers run out below it", async () => {
  const { user } = await openOutlook();
  const ferry = await row("Night Ferry");
  expect(within(ferry).queryByTestId("outlook-viewer")).toBeNull();
  await user.click(within(ferry).getByTestId("outlook-toggle"));
  expect(within(await row("Night Ferry")).getByTestId("outlook-viewer")).toHaveTextContent(
    "has four episodes left and runs out on 8 March",
  );
  await expectAccessible();
});

it("says of what is a large share that it asks first", async () => {
  const { user } = await openOutlook();
  await user.type(screen.getByTestId("shows-filter"), "harbor");
  expect(await row("Harbor Lights")).toHaveTextContent("asks first");
});

it("filters by title and by reason", async () => {
  const { user } = await openOutlook({ scenario: "quiet" });
  const filter = screen.getByTestId("shows-filter");
  await user.type(filter, "harbor");
  expect(screen.getAllByTestId("outlook-row")).toHaveLength(1);
  await user.clear(filter);
  await user.type(filter, "season is marked");
  expect(screen.getAllByTestId("outlook-row")).toHaveLength(1);
  await user.clear(filter);
  await user.type(filter, "no such thing");
  expect(screen.getByText("No show matches")).toBeVisible();
});

it("asks only while it is looked at, and again when shows change", async () => {
  const { host, click, sent } = await open({ view: "shows" });
  await screen.findAllByTestId("show-row");
  host.change({ showsRevision: 1 });
  expect(sent("get_outlook")).toEqual([]);
  await click("tab-outlook");
  await screen.findAllByTestId("outlook-row");
  const asked = sent("get_outlook").length;
  host.change({ showsRevision: 2 });
  await waitFor(() => expect(sent("get_outlook")).toHaveLength(asked + 1));
  host.change({ statusLine: "Bob is watching" });
  await click("outlook-again");
  expect(sent("get_outlook")).toHaveLength(asked + 2);
  await click("tab-all");
  host.change({ showsRevision: 3 });
  await screen.findAllByTestId("show-row");
  expect(sent("get_outlook")).toHaveLength(asked + 2);
});

it("shows a failure, and what was known before it", async () => {
  const { host, click } = await openOutlook({ scenario: "quiet" });
  host.failNext("get_outlook", { code: "busy", message: "The database is busy." });
  await click("outlook-again");
  expect(await screen.findByText("The database is busy.")).toBeVisible();
  expect(screen.getAllByTestId("outlook-row").length).toBeGreaterThan(0);
});

it("says so where nothing will go", async () => {
  const { host, click } = await openOutlook({ scenario: "quiet" });
  host.outlook = { notes: [], rows: [], atBaseline: 3 };
  await click("outlook-again");
  expect(await screen.findByText("Nothing will go")).toBeVisible();
  await expectAccessible();
});

it("explains what a rolling show is while there is none", async () => {
  const { click } = await open({ view: "shows", scenario: "empty" });
  await click("tab-outlook");
  expect(await screen.findByText("No Sonarr to enroll shows of")).toBeVisible();
});

it("stays smooth with thousands of shows", async () => {
  await openOutlook({ scenario: "large" });
  expect(screen.getAllByTestId("outlook-row").length).toBeLessThan(60);
});

it("tells in a show's panel when a reset comes", async () => {
  const { user } = await open({ view: "shows" });
  const harbor = await row("Harbor Lights");
  await user.click(within(harbor).getByTestId("show-toggle"));
  expect(await within(harbor).findByTestId("show-outlook")).toHaveTextContent(
    /^Back to the pilot on 9 March/,
  );
});

it("names the days to come", () => {
  const day = (days: number) => {
    const at = new Date(NOW + days * 86_400_000);
    at.setHours(0, 0, 0, 0);
    return comingDayLabel(at.getTime(), NOW);
  };
  expect([day(-1), day(0), day(1), day(3), day(6), day(7), day(400)]).toEqual([
    "Today",
    "Today",
    "Tomorrow",
    "Saturday, 7 Mar",
    "Tuesday, 10 Mar",
    "11 Mar",
    "8 Apr 2027",
  ]);
});
