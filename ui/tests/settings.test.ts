import { screen } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { expectAccessible, open } from "./harness";

it("saves what was changed, and shows that something is", async () => {
  const { user, click, sent } = await open({ view: "settings" });
  expect(screen.queryByTestId("settings-bar")).toBeNull();
  await click("setting-dryRun");
  const episodes = screen.getByTestId("setting-remainingEpisodes");
  await user.clear(episodes);
  await user.type(episodes, "4");
  expect(screen.getByTestId("settings-bar")).toHaveTextContent("2 unsaved changes");
  await expectAccessible();
  await click("settings-save");
  expect(sent("change_settings")).toEqual([{ patch: { remainingEpisodes: 4, dryRun: true } }]);
  expect(screen.queryByTestId("settings-bar")).toBeNull();
});

it("says what is out of range, and can go back", async () => {
  const { user, click } = await open({ view: "settings" });
  const episodes = await screen.findByTestId("setting-remainingEpisodes");
  await user.clear(episodes);
  await user.type(episodes, "22");
  expect(screen.getByText("A whole number from 1 to 10.")).toBeVisible();
  expect(episodes).toHaveAttribute("aria-invalid", "true");
  expect(screen.getByTestId("settings-save")).toBeDisabled();
  await click("settings-cancel");
  expect(episodes).toHaveValue(2);
});

it("marks what the environment holds", async () => {
  await open({ view: "settings", held: ["pollingIntervalMinutes"] });
  expect(await screen.findByTestId("setting-pollingIntervalMinutes")).toBeDisabled();
  expect(screen.getByText("Held by the environment variable plexSessionMonitoring.")).toBeVisible();
});

it("takes viewers one by one", async () => {
  const { user, click, sent } = await open({ view: "settings" });
  await user.type(await screen.findByTestId("setting-filterUsers"), "Alice{Enter}Bob,");
  await user.click(screen.getByRole("button", { name: "Remove viewer Alice" }));
  await click("settings-save");
  expect(sent("change_settings")).toEqual([{ patch: { filterUsers: ["Bob"] } }]);
});

it("says that changing a setting deletes nothing", async () => {
  await open({ view: "settings" });
  expect(await screen.findByText(/Changing a setting never deletes anything/)).toBeVisible();
});

it("shows why a change was refused", async () => {
  const { host, click } = await open({ view: "settings" });
  await click("setting-dryRun");
  host.failNext("change_settings", { code: "heldByEnvironment", message: "dryRun is held." });
  await click("settings-save");
  expect(await screen.findByTestId("settings-failure")).toHaveTextContent("dryRun is held.");
  expect(screen.getByTestId("settings-bar")).toBeVisible();
});

it("starts at login when told to", async () => {
  const { host, click } = await open({ view: "settings" });
  await click("setting-autostart");
  expect(host.autostart).toBe(true);
});
