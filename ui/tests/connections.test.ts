import { screen, within } from "@testing-library/svelte";
import { expect, it } from "vitest";
import { expectAccessible, open } from "./harness";

it("lists every connection with its health", async () => {
  await open({ view: "connections" });
  const [plex, , uhd] = await screen.findAllByTestId("connection-row");
  expect(plex).toHaveTextContent(/connected.*live events.*version 1\.41\.3/s);
  expect(uhd).toHaveTextContent(/unreachable.*Check that it is running/s);
  await expectAccessible();
});

it("tests and saves a new connection", async () => {
  const { user, click, sent } = await open({ view: "connections", scenario: "empty" });
  await click("add-connection");
  expect(screen.getByTestId("connection-save")).toBeDisabled();
  await user.type(screen.getByTestId("connection-url"), "http://nas:32400");
  await user.type(screen.getByTestId("connection-secret"), "token");
  await click("connection-test");
  expect(await screen.findByTestId("connection-result")).toHaveTextContent(
    "“Living room NAS” answers, version 1.41.3.",
  );
  await expectAccessible();
  await click("connection-save");
  const draft = { kind: "plex", name: "Plex", url: "http://nas:32400", secret: "token", verify: true };
  expect(sent("save_connection")).toEqual([{ draft }]);
  expect(await screen.findByTestId("connection-row")).toHaveTextContent("Plex");
  expect(screen.queryByTestId("connection-dialog")).toBeNull();
});

it("says what is wrong and lets the user save all the same", async () => {
  const { user, click, sent } = await open({ view: "connections", scenario: "empty" });
  await click("add-connection");
  await user.type(screen.getByTestId("connection-url"), "http://nas:32400");
  await user.type(screen.getByTestId("connection-secret"), "wrong");
  await click("connection-save");
  expect(await screen.findByTestId("connection-result")).toHaveTextContent("Copy the token or API key again");
  await click("connection-save-anyway");
  expect(sent("save_connection")).toHaveLength(2);
  expect(await screen.findByTestId("connection-row")).toHaveTextContent("not asked yet");
});

it("leaves the secret as it is unless another one is typed", async () => {
  const { user, click, sent } = await open({ view: "connections" });
  await user.click((await screen.findAllByTestId("edit-connection"))[1] as HTMLElement);
  expect(screen.getByTestId("connection-secret")).toHaveAttribute("placeholder", "unchanged");
  expect(screen.getByTestId("connection-kind")).toBeDisabled();
  const url = screen.getByTestId("connection-url");
  await user.clear(url);
  await user.type(url, "http://nas:9999");
  await click("connection-save");
  expect(sent("save_connection")).toEqual([
    { draft: { kind: "sonarr", name: "Sonarr", url: "http://nas:9999", secret: null, verify: true } },
  ]);
});

it("offers to switch monitoring on once everything is connected", async () => {
  const { click, sent } = await open({ view: "connections", scenario: "lockedKeyring" });
  await click("switch-on");
  expect(sent("change_settings")).toEqual([{ patch: { enabled: true } }]);
  expect(screen.queryByTestId("switch-on")).toBeNull();
});

it("starts with a media server, and with Plex among them", async () => {
  const { click } = await open({ view: "connections", scenario: "empty" });
  await expectAccessible();
  await click("connect-first");
  expect(screen.getByTestId("connection-kind")).toHaveValue("plex");
});

it("never overwrites another connection by its name", async () => {
  const { user, click } = await open({ view: "connections" });
  await click("add-connection");
  const name = screen.getByTestId("connection-name");
  expect(name).toHaveValue("Plex 2");
  await user.selectOptions(screen.getByTestId("connection-kind"), "sonarr");
  expect(name).toHaveValue("Sonarr 2");
  await user.clear(name);
  await user.type(name, "sonarr");
  await user.type(screen.getByTestId("connection-url"), "http://nas:8989");
  await user.type(screen.getByTestId("connection-secret"), "key");
  expect(screen.getByText("Another connection has this name.")).toBeVisible();
  expect(screen.getByTestId("connection-save")).toBeDisabled();
});

it("offers every program", async () => {
  const { click } = await open({ view: "connections" });
  await click("add-connection");
  const choices = within(screen.getByTestId("connection-kind")).getAllByRole("option");
  expect(choices.map((choice) => choice.textContent)).toEqual([
    "Plex",
    "Jellyfin",
    "Emby",
    "Tautulli",
    "Sonarr",
  ]);
});

it.each([
  ["plex", "Plex", "Plex token", "server owner’s token", "32400"],
  ["jellyfin", "Jellyfin", "API key", "Dashboard › API Keys", "8096"],
  ["emby", "Emby", "API key", "Settings › API Keys (Advanced)", "8096"],
  ["tautulli", "Tautulli", "API key", "Settings › Web Interface › API key", "8181"],
  ["sonarr", "Sonarr", "API key", "Settings › General", "8989"],
])("says for %s where its key is and where it answers", async (kind, title, secret, where, port) => {
  const { user, click, sent } = await open({ view: "connections", scenario: "empty" });
  await click("add-connection");
  await user.selectOptions(screen.getByTestId("connection-kind"), kind);
  const url = screen.getByTestId("connection-url");
  expect(url).toHaveAttribute("placeholder", `http://192.168.1.10:${port}`);
  const field = screen.getByLabelText(secret);
  expect(field).toHaveAccessibleDescription(expect.stringContaining(where) as string);
  await expectAccessible();
  await user.type(url, `http://nas:${port}`);
  await user.type(field, "key");
  await click("connection-save");
  const draft = { kind, name: title, url: `http://nas:${port}`, secret: "key", verify: true };
  expect(sent("save_connection")).toEqual([{ draft }]);
  expect(await screen.findByTestId("connection-row")).toHaveTextContent(title);
});

it("says what Tautulli cannot do, and that it is asked instead of listened to", async () => {
  const { user, click } = await open({ view: "connections", scenario: "empty" });
  await click("add-connection");
  expect(screen.queryByTestId("connection-about")).toBeNull();
  await user.selectOptions(screen.getByTestId("connection-kind"), "tautulli");
  expect(screen.getByTestId("connection-about")).toHaveTextContent("connect one of the two");
  await user.type(screen.getByTestId("connection-url"), "http://nas:8181");
  await user.type(screen.getByTestId("connection-secret"), "key");
  await click("connection-save");
  expect(await screen.findByTestId("connection-row")).toHaveTextContent(
    /connected.*polling.*version 2\.17\.2/s,
  );
});

it("removes a connection after saying what goes with it", async () => {
  const { user, click, sent } = await open({ view: "connections" });
  await user.click((await screen.findAllByTestId("remove-connection"))[2] as HTMLElement);
  expect(screen.getByTestId("confirm-dialog")).toHaveTextContent("rolling shows with all viewers’ progress");
  await click("confirm-yes");
  expect(sent("remove_connection")).toEqual([{ name: "Sonarr 4K" }]);
  expect(screen.getAllByTestId("connection-row")).toHaveLength(2);
});
