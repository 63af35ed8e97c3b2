import { screen, within } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { expectAccessible, open } from "./harness";

const row = async (title: string) => screen.findByRole("article", { name: title });

/** Opens the panel of the show that is furthest. */
async function openPanel(title = "Harbor Lights", options = {}) {
  const opened = await open({ view: "shows", ...options });
  await opened.user.click(within(await row(title)).getByTestId("show-toggle"));
  return opened;
}

it("tells of every season what becomes of it", async () => {
  const { host } = await openPanel("Night Ferry");
  const show = await row("Night Ferry");
  expect(await within(show).findByText(/^Season 1 now: everybody who is watching/)).toBeVisible();
  const seasons = within(show).getAllByTestId("season-row");
  expect(seasons).toHaveLength(3);
  expect(seasons[0]).toHaveTextContent("9 files, 18.9 GB");
  expect(seasons[1]).toHaveTextContent("Season 2 on 7 March: Alice watched S02E10 on 28 February");
  expect(seasons[2]).toHaveTextContent("stays");
  expect(host.calls.filter((call) => call.name === "get_outlook").map((call) => call.args)).toEqual([
    { show: 4 },
  ]);
  await expectAccessible();
});

it("keeps a season, and tells anew what becomes of it", async () => {
  const { click, sent } = await openPanel("Night Ferry");
  await screen.findByText(/^Season 1 now/);
  await click("keep-season-1");
  expect(await screen.findByText('Season 1 kept: the season is marked "keep"')).toBeVisible();
  await click("keep-whole");
  expect(await screen.findByText('Season 3 kept: the show is marked "keep"')).toBeVisible();
  expect(screen.getByTestId("keep-season-2")).toBeDisabled();
  expect(sent("keep")).toEqual([
    { show: 4, season: 1, keep: true },
    { show: 4, season: null, keep: true },
  ]);
});

it("says that seasons stay while progressive cleanup is off", async () => {
  await openPanel("Harbor Lights", { scenario: "quiet" });
  expect(await screen.findByText(/^Progressive cleanup is switched off/)).toBeVisible();
});

it("shows each viewer's pace and when they run out", async () => {
  await openPanel();
  const harbor = await row("Harbor Lights");
  expect(
    await within(harbor).findByText(/Alice has four episodes left and runs out on 8 March/),
  ).toBeVisible();
});

it("says why nothing can be foretold", async () => {
  const { host, user } = await open({ view: "shows" });
  host.failNext("get_outlook", { code: "unreachable", message: "Its Sonarr is not connected." });
  await user.click(within(await row("Harbor Lights")).getByTestId("show-toggle"));
  expect(await screen.findByText("Its Sonarr is not connected.")).toBeVisible();
});

it("tells how often things were there in time", async () => {
  await open({ view: "shows" });
  expect(await screen.findByTestId("readiness")).toHaveTextContent(
    "The next episode was there in time in 23 of 25 expansions",
  );
});

it("says nothing about being in time while nothing was measured", async () => {
  await open({ view: "shows", scenario: "empty" });
  await screen.findByText("No Sonarr to enroll shows of");
  expect(screen.queryByTestId("readiness")).toBeNull();
});

it("tells what the recycle bin means for the space before a reset", async () => {
  const { user, click } = await open({ view: "shows" });
  await user.click(within(await row("Harbor Lights")).getByTestId("reset-show"));
  expect(await screen.findByTestId("preview-space")).toHaveTextContent("The space is free at once.");
  await click("confirm-no");
  await click("tab-inactive");
  await click("reset-inactive");
  await screen.findByTestId("preview-total");
  expect(screen.getAllByTestId("preview-space").length).toBeGreaterThan(0);
});

it("lets a root folder keep some space free", async () => {
  const { user, click, sent } = await open({ view: "settings" });
  expect(await screen.findByText("212 GB free · Sonarr")).toBeVisible();
  const switches = screen.getAllByTestId("floor-switch");
  await user.click(switches[1] as HTMLElement);
  const below = screen.getByTestId("floor-below");
  await user.clear(below);
  await user.type(below, "250");
  expect(screen.getByText("At least as much as it begins at.")).toBeVisible();
  expect(screen.getByTestId("settings-save")).toBeDisabled();
  await user.clear(screen.getByTestId("floor-until"));
  await user.type(screen.getByTestId("floor-until"), "300");
  expect(screen.getByTestId("settings-bar")).toHaveTextContent("1 unsaved change");
  await expectAccessible();
  await click("settings-save");
  expect(sent("set_storage_floors")).toEqual([
    { floors: [{ instance: 2, rootFolder: "/tv", beginsBelow: 250_000_000_000, endsAt: 300_000_000_000 }] },
  ]);
  expect(sent("change_settings")).toEqual([]);
  expect(await screen.findByText(/212 GB free · Sonarr · short of space/)).toBeVisible();
  expect(screen.queryByTestId("settings-bar")).toBeNull();
});

it("shows why a floor was refused", async () => {
  const { host, user, click } = await open({ view: "settings" });
  await user.click((await screen.findAllByTestId("floor-switch"))[0] as HTMLElement);
  host.failNext("set_storage_floors", { code: "invalidValue", message: "Floor 1 (/kids): no." });
  await click("settings-save");
  expect(await screen.findByTestId("storage-failure")).toHaveTextContent("Floor 1 (/kids): no.");
  await click("settings-cancel");
  expect(screen.queryByTestId("floor-below")).toBeNull();
});
