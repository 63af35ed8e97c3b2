import { screen, within } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { expectAccessible, open } from "./harness";

it("shows who plays what, and what was decided", async () => {
  await open();
  const [alice, bob, grandma] = screen.getAllByTestId("playing");
  expect(alice).toHaveTextContent("Harbor Lights S02E08");
  expect(alice).toHaveTextContent("Alice on Living room TV · Plex");
  expect(bob).toHaveTextContent("Not near the end: 5 episodes left.");
  expect(within(bob as HTMLElement).getByRole("progressbar")).toHaveAttribute("aria-valuenow", "15");
  expect(grandma).toHaveTextContent("A film; only episodes are followed.");
  await expectAccessible();
});

it("says once that there is no keyring", async () => {
  const { host } = await open();
  const advice = "Start a secret service.";
  host.change({
    secrets: { kind: "unavailable", advice },
    warnings: [{ code: "secretStoreUnavailable", message: advice }],
  });
  expect(await screen.findByTestId("keyring-banner")).toHaveTextContent(advice);
  expect(screen.getAllByText(advice)).toHaveLength(1);
  expect(screen.queryByText("Worth knowing")).toBeNull();
});

it("follows every new state", async () => {
  const { host } = await open();
  host.change({ nowPlaying: [], statusLine: "Nobody is watching" });
  expect(await screen.findByText("As soon as somebody plays an episode, it shows up here.")).toBeVisible();
  expect(screen.getByTestId("status-line")).toHaveTextContent("Nobody is watching");
});

it("asks before it deletes more than the configured share", async () => {
  const { click, sent } = await open();
  expect(screen.getByTestId("confirmation")).toHaveTextContent("91.3 GB");
  expect(await screen.findByTestId("confirmation-space")).toHaveTextContent("The space is free at once.");
  await click("confirm-deletion");
  expect(sent("confirm_deletion")).toEqual([{ id: 1 }]);
  expect(screen.queryByTestId("confirmation")).toBeNull();
});

it("pauses and resumes monitoring", async () => {
  const { click, sent } = await open();
  await click("pause");
  await expectAccessible();
  await click("pause-oneHour");
  expect(sent("pause_monitoring")).toEqual([{ pause: "oneHour" }]);
  expect(screen.getByTestId("monitoring-title")).toHaveTextContent(/^Paused until \d\d:\d\d$/);
  await click("resume");
  expect(sent("resume_monitoring")).toHaveLength(1);
});

it("checks now and says what came of it", async () => {
  const { host, click } = await open();
  await click("check-now");
  expect(await screen.findByText("Checked 3 sessions, 1 search sent")).toBeVisible();
  host.failNext("check_sessions", { code: "monitoringDisabled", message: "Monitoring is off." });
  await click("check-now");
  expect(await screen.findByText("Switch monitoring on first.")).toBeVisible();
});

it("does not take looking away for nobody watching", async () => {
  const { click } = await open({ scenario: "quiet" });
  expect(screen.getByTestId("view-now")).toHaveTextContent("Nobody is watching");
  await click("monitoring-switch");
  expect(screen.getByTestId("view-now")).not.toHaveTextContent("Nobody is watching");
  expect(screen.getByTestId("view-now")).toHaveTextContent("it is not known what is played");
});

it("leads through the first three steps", async () => {
  const { host, click, sent } = await open({ scenario: "empty" });
  expect(screen.getByTestId("start-plex")).toBeEnabled();
  expect(screen.getByTestId("start-sonarr")).toBeDisabled();
  await expectAccessible();
  host.change({ connections: host.state.connections });
  await click("start-plex");
  expect(await screen.findByTestId("connection-kind")).toHaveValue("plex");
  expect(sent("save_connection")).toEqual([]);
});

it("does not switch what the environment holds", async () => {
  await open({ held: ["enabled"] });
  expect(screen.getByTestId("monitoring-switch")).toBeDisabled();
});

it("switches monitoring off at once", async () => {
  const { click, sent } = await open();
  await click("monitoring-switch");
  expect(sent("change_settings")).toEqual([{ patch: { enabled: false } }]);
  expect(screen.getByTestId("monitoring-title")).toHaveTextContent("Monitoring is off");
});

it("says what to do about a locked keyring", async () => {
  const { click, sent } = await open({ scenario: "lockedKeyring" });
  expect(screen.getByTestId("keyring-banner")).toHaveTextContent("The keyring is locked");
  await expectAccessible();
  await click("keyring-retry");
  expect(sent("retry_secrets")).toHaveLength(1);
  expect(screen.queryByTestId("keyring-banner")).toBeNull();
});

it("opens the view that the tray asks for", async () => {
  const { host } = await open();
  host.openView("settings");
  expect(await screen.findByTestId("view-settings")).toBeVisible();
  expect(screen.getByTestId("nav-settings")).toHaveAttribute("aria-current", "page");
});
